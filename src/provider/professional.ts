import {
  type Client,
  errors,
  type FindAccount,
  type KoaContextWithOIDC,
  type Account as OidcAccount,
} from 'oidc-provider';
import type { Settings } from '../../config/settings.ts';
import type { Account } from '../accounts/account.ts';
import { signInStands } from '../accounts/since.ts';
import type { Missing } from '../assurance/may-open.ts';
import type { ClientLike } from '../clients/metadata.ts';
import type { Clock } from '../clock.ts';
import { requestInfo } from '../http/request.ts';
import { randomToken } from '../protection/secrets.ts';
import type { Storage } from '../storage.ts';
import { claimsOf } from './claims.ts';
import type { Logout } from './logout.ts';
import { type Ground, vouchingOf, whyNotOpenNow } from './opening.ts';
import type { LiveSession, SignIn } from './sign-ins.ts';
import type { SessionStanding } from './standing.ts';

/** The account as oidc-provider holds it, with what the policy and the grants need of the session it came in. */
export interface Professional extends OidcAccount {
  readonly account: Account;
  /** Only at the authorization endpoint. */
  readonly live: LiveSession | undefined;
  readonly sessionEnded: boolean;
  /** The account changed between the sign-in that this request brings and this request. */
  readonly overtaken: boolean;
  /** The sign-in behind the token's grant or, at the authorization endpoint, behind the grant this application has. */
  readonly ofGrant: SignIn | undefined;
  /** What stands for or against the sign-in of the session, or of the token's grant. */
  readonly ground: Ground;
}

export const professionalOf = (ctx: KoaContextWithOIDC): Professional | undefined =>
  ctx.oidc.account as Professional | undefined;

/** What a finished interaction carries for us beside `accountId`, `acr`, `amr`, `ts`. */
export interface LoginResult {
  readonly accountId: string;
  readonly acr: string;
  readonly amr: string[];
  readonly ts: number;
  readonly signInId: string;
  /** A full sign-in starts a session's absolute life anew; a completed one does not. */
  readonly full: boolean;
}

export function isOver(live: LiveSession, now: Date, absolute: number): boolean {
  return live.endedAt !== undefined || now.getTime() >= live.startedAt.getTime() + absolute * 1000;
}

export interface FindAccountParts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly settings: Pick<Settings, 'SESSION_ABSOLUTE' | 'MODES'>;
  readonly logout: Logout;
}

const AUTHORIZATION = new Set(['authorization', 'resume', 'device_resume', 'code_verification']);

/** What a token says of itself, as far as it is asked whether it is still good. */
interface Presented {
  readonly grantId?: string | undefined;
  readonly clientId?: string | undefined;
}

/** The application that a token was given to: not the one that calls, in a token exchange. */
async function applicationOf({ oidc }: KoaContextWithOIDC, { clientId }: Presented): Promise<Client | undefined> {
  return clientId === undefined || clientId === oidc.client?.clientId
    ? oidc.client
    : oidc.provider.Client.find(clientId);
}

/**
 * `findAccount` of oidc-provider: undefined for an account that is gone or blocked. At the authorization endpoint it also
 * ties a fresh sign-in to its session, and drops a session that is over. Whoever presents a code, a token or an answered
 * request is asked again whether the sign-in behind it may open the application: the rules may have changed meanwhile.
 */
export function createFindAccount({ storage, clock, settings, logout }: FindAccountParts): FindAccount {
  /** What the database knows of this request's session, of the sign-in it brings, and of the grant it has. */
  function standingOfSession({ oidc }: KoaContextWithOIDC, accountId: string): Promise<SessionStanding | undefined> {
    const { session, result, client } = oidc;
    const login = result?.login as LoginResult | undefined;
    const grantId = client && session?.grantIdFor(client.clientId);
    return storage.standings.ofSession(accountId, session?.uid ?? '', login?.signInId, grantId);
  }

  /** The session, after the sign-in that this request brings, if it brings one. */
  async function liveSession(
    ctx: KoaContextWithOIDC,
    { session: known, brought: signIn }: SessionStanding,
  ): Promise<LiveSession | undefined> {
    const { session, result } = ctx.oidc;
    const login = result?.login as LoginResult | undefined;
    if (!session) return undefined;
    if (!login?.signInId || known?.signIn.id === login.signInId || !signIn) return known;
    const startedAt = login.full || !known ? clock() : known.startedAt;
    await storage.signIns.openSession(session.uid, signIn, startedAt, {
      userAgent: requestInfo(ctx.req).userAgent,
    });
    return { accountId: signIn.accountId, startedAt, endedAt: undefined, signIn };
  }

  /**
   * The session is over, whatever its store says: the cookie goes on as another session, which nobody is signed in to
   * (see the policy), so that the next sign-in does not meet an ended one.
   */
  async function drop(ctx: KoaContextWithOIDC, live: LiveSession | undefined): Promise<void> {
    const { session } = ctx.oidc;
    if (!session) return;
    if (live && live.endedAt === undefined)
      await logout.end({ uid: session.uid }, 'expired', { line: { accountId: live.accountId } });
    session.uid = randomToken();
    session.authorizations = {};
    session.resetIdentifier();
  }

  /** What stands against a token that rests on this sign-in; a grant that nothing stands behind opens nothing. */
  async function whyRefused(
    ctx: KoaContextWithOIDC,
    token: Presented,
    signIn: SignIn | undefined,
    ground: Ground,
  ): Promise<Missing['what'] | 'application' | 'sign-in' | undefined> {
    const client = await applicationOf(ctx, token);
    if (!client) return 'application';
    return signIn ? whyNotOpenNow(signIn, client as unknown as ClientLike, ground)?.what : 'sign-in';
  }

  return async (ctx, sub, token) => {
    const asked = token === undefined && AUTHORIZATION.has(ctx.oidc.route);
    const ofSession = asked ? await standingOfSession(ctx, sub) : undefined;
    const standing = asked ? ofSession : await storage.standings.ofGrant(sub, token?.grantId);
    if (standing?.account.status !== 'active') return undefined;
    const { account } = standing;
    // Under the rows that end with a change, what no row could end: a proof that nobody followed, a store of the past.
    if (!asked && standing.ofGrant && !signInStands(account, standing.ofGrant)) return undefined;
    const brought = ofSession?.brought;
    const overtaken = brought !== undefined && !signInStands(account, brought);
    if (overtaken) {
      const { supportCode, address } = requestInfo(ctx.req);
      const line = { accountId: account.id, clientId: ctx.oidc.client?.clientId, supportCode, address };
      await storage.audit.write({ event: 'sign-in.refused', ...line, details: { reason: 'still stands' } });
    }
    const live = ofSession && (overtaken ? ofSession.session : await liveSession(ctx, ofSession));
    const over =
      asked &&
      (overtaken ||
        !live ||
        live.accountId !== account.id ||
        isOver(live, clock(), settings.SESSION_ABSOLUTE) ||
        !signInStands(account, live.signIn));
    if (over) await drop(ctx, live);
    const { ofGrant, closedDoors } = standing;
    const structure = await vouchingOf(storage, live?.signIn ?? ofGrant);
    const ground = { offered: settings.MODES, closedDoors, structure };
    const missing = token?.grantId && !asked ? await whyRefused(ctx, token, ofGrant, ground) : undefined;
    if (missing) {
      if (ctx.oidc.route !== 'token') return undefined;
      throw new errors.InvalidGrant(`the sign-in behind it may no longer open this application: ${missing}`);
    }
    const professional: Professional = {
      accountId: account.id,
      account,
      live: over ? undefined : live,
      sessionEnded: over,
      overtaken,
      ofGrant,
      ground,
      claims: () => claimsOf(storage, ctx, account, live?.signIn ?? ofGrant, token),
    };
    return professional;
  };
}
