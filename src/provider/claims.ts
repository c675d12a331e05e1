import type { AccountClaims, KoaContextWithOIDC } from 'oidc-provider';
import { type Concept, PROFESSIONS, SPECIALTIES } from '../../config/nomenclatures.ts';
import { type Account, NATIONAL_ID } from '../accounts/account.ts';
import { identitySources } from '../accounts/facts.ts';
import type { Storage } from '../storage.ts';
import type { SignIn } from './sign-ins.ts';

/** Only what is known: an absent claim is left out rather than sent empty (OIDC Core §5.3.2). */
function known(claims: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined && value !== ''));
}

/** An unknown code is handed on as it is, without inventing its system. */
function coded(table: Readonly<Record<string, Concept>>, code: string | undefined) {
  if (code === undefined) return undefined;
  const concept = table[code];
  return concept ? { code, system: concept.system, label: concept.label } : { code };
}

/** The standard claims and those of `identite_ps` that the account itself gives. */
export function accountClaims(account: Account, nationalId: string | undefined): AccountClaims {
  return {
    sub: account.id,
    ...known({
      ...account.extraClaims,
      name: `${account.givenName} ${account.familyName}`,
      family_name: account.familyName,
      given_name: account.givenName,
      preferred_username: account.login,
      locale: account.locale,
      updated_at: Math.floor(account.updatedAt.getTime() / 1000),
      email: account.email,
      email_verified: account.email === undefined ? undefined : account.emailVerified,
      phone_number: account.phone,
      phone_number_verified: account.phone === undefined ? undefined : account.phoneVerified,
      national_id: nationalId,
      title: account.title,
      profession: coded(PROFESSIONS, account.profession),
      specialty: coded(SPECIALTIES, account.specialty),
    }),
  };
}

/** A token as far as it says what its bearer may know. */
export interface AskingToken {
  readonly scopes?: Set<string>;
  /** The parameter `claims` of the request (OIDC Core §5.5). */
  readonly claims?: { readonly id_token?: object | undefined; readonly userinfo?: object | undefined } | undefined;
}

/** Asked for by name, whatever the scopes. */
function asksByName({ oidc }: KoaContextWithOIDC, token: AskingToken | undefined): boolean {
  if (!token) return oidc.requestParamClaims.has('national_id');
  const { id_token = {}, userinfo = {} } = token.claims ?? {};
  return 'national_id' in id_token || 'national_id' in userinfo;
}

/**
 * The claims of one token or answer. What belongs to a sign-in comes from the sign-in behind the token's own grant,
 * never from the last one of the account: two browsers of one person must not mix.
 */
export async function claimsOf(
  storage: Storage,
  ctx: KoaContextWithOIDC,
  account: Account,
  signIn: SignIn | undefined,
  token: AskingToken | undefined,
): Promise<AccountClaims> {
  const wantsIdentity = token?.scopes?.has('identite_ps') ?? ctx.oidc.requestParamScopes?.has('identite_ps') ?? false;
  const [nationalId, facts] = await Promise.all([
    wantsIdentity || asksByName(ctx, token) ? storage.accounts.identity(account.id, NATIONAL_ID) : undefined,
    wantsIdentity ? storage.facts.of(account.id) : undefined,
  ]);
  return {
    ...signInClaims(signIn),
    ...accountClaims(account, nationalId),
    ...(facts ? { identity_sources: identitySources(account, nationalId, facts) } : {}),
  };
}

function signInClaims(signIn: SignIn | undefined): Record<string, unknown> {
  if (!signIn) return {};
  const { claims, structure } = signIn.upstream ?? {};
  return { ...claims, ...(structure ? { structure } : {}), mire_mode: signIn.mode };
}
