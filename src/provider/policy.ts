import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import type { Acr } from '../../config/modes.ts';
import { isAcr, weakest } from '../assurance/levels.ts';
import { type Missing, whyNotOpen } from '../assurance/may-open.ts';
import { type Requirement, requirementOf } from '../assurance/requirement.ts';
import type { MayIntegrate } from '../clients/integrators.ts';
import { type ClientLike, isDesktopApplication, isFirstParty, isSandboxClient, policyOf } from '../clients/metadata.ts';
import { DESKTOP_SCOPE } from '../desktop/caller.ts';
import { professionalOf } from './professional.ts';

const { Check, Prompt, base } = interactionPolicy;

/** What this request requires of a sign-in, from its raw parameters and the application's own minimum. */
export function requirementOfRequest(ctx: KoaContextWithOIDC): Requirement {
  const { client, params } = ctx.oidc;
  return requirementOf(params ?? {}, client ? policyOf(client).minimumAcr : 'eidas3');
}

const provedAcr = (ctx: KoaContextWithOIDC): Acr | undefined =>
  isAcr(ctx.oidc.session?.acr) ? ctx.oidc.session.acr : undefined;
const loggedIn = (ctx: KoaContextWithOIDC): boolean => Boolean(ctx.oidc.result?.login);

/**
 * The account changed between the proof and the redirect that brings it: whoever it is signs in again, here, and reads
 * why. The application is told nothing that it could not have been told before.
 */
export const OVERTAKEN = 'proof_overtaken';
const overtaken = new Check(OVERTAKEN, 'End-User authentication is required', 'login_required', (ctx) =>
  Boolean(ctx.oidc.session?.accountId && professionalOf(ctx)?.overtaken),
);

/**
 * The account of the session is gone or blocked, or the session itself ended (in the database, whatever the session
 * store says): nobody is signed in. Must stand first: the library's own checks read a grant that is not there then.
 */
const unavailable = new Check('account_unavailable', 'End-User authentication is required', 'login_required', (ctx) => {
  const { session } = ctx.oidc;
  if (!session?.accountId) return false;
  const professional = professionalOf(ctx);
  if (professional && !professional.sessionEnded) return false;
  if (loggedIn(ctx) && !professional?.overtaken) throw new errors.AccessDenied('the account is not available');
  return true;
});

/** What this session lacks to open this application, as this request asks. */
function missing(ctx: KoaContextWithOIDC): Missing | undefined {
  const { client, session } = ctx.oidc;
  const professional = professionalOf(ctx);
  const live = professional?.live;
  // Nobody is signed in: another check says so.
  if (!client || !session?.accountId || !live) return undefined;
  const { level } = requirementOfRequest(ctx);
  const proved = provedAcr(ctx);
  if (!proved) return { what: 'level', level };
  // The session says what tokens say; the database knows what was proved.
  const acr = weakest([proved, live.signIn.acr]) ?? proved;
  const application = policyOf(client as unknown as ClientLike);
  return whyNotOpen({ ...live.signIn, acr }, { ...professional.ground, application, required: level });
}

/** Said of a session that stands and does not meet what is asked, whatever it lacks (OIDC Unmet Authentication Requirements). */
const UNMET = 'unmet_authentication_requirements';

/**
 * Signing in again. Silent without a session, so that `prompt=none` answers login_required then. A sign-in that was made
 * and still does not meet what is asked ends the request instead of asking again for ever.
 */
function unmet(reason: string, description: string, kinds: readonly Missing['what'][]): InstanceType<typeof Check> {
  return new Check(reason, description, UNMET, (ctx) => {
    const lacks = missing(ctx);
    if (!lacks || !kinds.includes(lacks.what)) return false;
    if (loggedIn(ctx)) throw new errors.UnmetAuthenticationRequirements(`${description}, after signing in`);
    return true;
  });
}

/** The reason that the interaction is given, by what the session lacks. */
export const UNMET_REASON = { level: 'acr_unmet', mode: 'mode_unmet', structure: 'structure_unmet' } as const;

const UNMET_CHECKS = [
  unmet(UNMET_REASON.level, 'the required authentication level is not met', ['level']),
  unmet(UNMET_REASON.mode, 'the way of signing in is not accepted by the application', ['mode', 'door']),
  unmet(UNMET_REASON.structure, 'the structure that vouched no longer does', ['structure']),
] as const;

/** Nobody can meet it, whoever signs in. */
const impossible = new Check('acr_impossible', 'no such authentication level', UNMET, (ctx) => {
  if (requirementOfRequest(ctx).impossible)
    throw new errors.UnmetAuthenticationRequirements('no such authentication level');
  return false;
});

/** Who holds this scope approves sign-ins: it is for the applications that an administrator marked. */
const desktopScope = new Check('desktop_scope', 'the scope is not for this application', 'invalid_scope', (ctx) => {
  const { client, params } = ctx.oidc;
  const asked = String(params?.scope ?? '')
    .split(' ')
    .includes(DESKTOP_SCOPE);
  if (asked && !(client && isDesktopApplication(client)))
    throw new errors.InvalidScope('the scope is for desktop applications alone', DESKTOP_SCOPE);
  return false;
});
/** An application that is being tried out signs in those who make applications, and nobody else. */
const triedOut = (mayIntegrate: MayIntegrate) =>
  new Check('tried_out', 'the application is being tried out', 'access_denied', async (ctx) => {
    const { client } = ctx.oidc;
    const professional = professionalOf(ctx);
    if (!client || !isSandboxClient(client) || !professional || professional.sessionEnded) return false;
    // Somebody else is about to sign in.
    if (ctx.oidc.promptPending('login') || (await mayIntegrate(professional.account))) return false;
    throw new errors.AccessDenied('the application is being tried out: integrators alone sign in to it');
  });

/** A built-in check that would stay true after somebody else signed in must end the request, not loop. */
function endAfterLogin(check: InstanceType<typeof Check>): void {
  const original = check.check;
  check.check = async (ctx) => {
    const failed = await original(ctx);
    if (failed && loggedIn(ctx)) throw new errors.LoginRequired(check.description);
    return failed;
  };
}

/**
 * The library reads the hint when a request comes, and no more when the person comes back from signing in: somebody
 * else would then be answered for (OIDC Core §3.1.2.1). The stored parameter was checked when the request came.
 */
async function readHint({ oidc }: KoaContextWithOIDC): Promise<void> {
  const hint = oidc.params?.id_token_hint;
  if (oidc.entities.IdTokenHint || typeof hint !== 'string' || !oidc.client) return;
  try {
    oidc.entity('IdTokenHint', (await oidc.provider.IdToken.validate(hint, oidc.client)) as never);
  } catch (cause) {
    throw Object.assign(new errors.LoginRequired('the id_token_hint is no longer valid'), { cause });
  }
}

/** The policy of every authorization request. */
export function createPolicy(mayIntegrate: MayIntegrate): interactionPolicy.DefaultPolicy {
  const policy = base();
  const login = policy.get('login');
  const consent = policy.get('consent');
  if (!login || !consent) throw new Error('the library lost its login or consent prompt');
  // Ours covers them, and they loop.
  login.checks.remove('essential_acrs');
  login.checks.remove('essential_acr');
  for (const reason of ['id_token_hint', 'claims_id_token_sub_value']) {
    const check = login.checks.get(reason);
    if (check) endAfterLogin(check);
  }
  const hinted = login.checks.get('id_token_hint');
  if (hinted) {
    const original = hinted.check;
    hinted.check = async (ctx) => {
      await readHint(ctx);
      return original(ctx);
    };
  }
  // The person says which account to go on with; whether it is strong enough is asked after that.
  policy.add(new Prompt({ name: 'select_account', requestable: true }), 0);
  for (const check of [impossible, ...UNMET_CHECKS].reverse()) login.checks.add(check, 0);
  login.checks.add(triedOut(mayIntegrate), 0);
  login.checks.add(overtaken, 0);
  login.checks.add(unavailable, 0);
  login.checks.add(desktopScope, 0);
  // The platform's own native applications need no consent either.
  const native = consent.checks.get('native_client_prompt');
  if (native) {
    const original = native.check;
    native.check = (ctx) => (ctx.oidc.client && isFirstParty(ctx.oidc.client) ? false : original(ctx));
  }
  return policy;
}
