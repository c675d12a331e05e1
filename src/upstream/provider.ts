import type { Pending } from './pending.ts';

/** Another OpenID Connect provider that vouches for people: Pro Santé Connect, or a structure's own. */
export interface UpstreamProvider {
  /** `psc`, or `structure:<id>`. */
  readonly id: string;
  /** Where its pages stand: browsers hold our own forms to it. Any https address until its document was read. */
  formTargets(): readonly string[];
  /** False while it has failed too often to be worth asking: its tab says so. */
  available(): boolean;
  /** @throws {UpstreamRefused} `unavailable` when it does not answer: nobody is sent to a dead end. */
  start(state: string, wish: Wish): Promise<{ readonly url: URL; readonly pending: Pending }>;
  /**
   * Turns what the browser brought back into who the person is: code exchanged, ID token and userinfo checked.
   * @throws {UpstreamRefused}
   */
  finish(answer: URLSearchParams, pending: Pending): Promise<UpstreamAnswer>;
  /** Where the browser ends its session there as well; undefined when it has no such place, or is away. */
  logoutUrl(request: { idToken: string; returnTo: string; state: string }): Promise<URL | undefined>;
  /** @throws {UpstreamRefused} `logout` when it is not a logout token of this provider for us. */
  checkLogoutToken(token: string): Promise<LogoutToken>;
}

/** What one sign-in asks for beyond what the provider's settings always ask. */
export interface Wish {
  /** Seconds since the person last proved themselves there, at most; 0: they do it now (OIDC Core §3.1.2.1). */
  readonly maxAge?: number | undefined;
  readonly prompt?: 'login' | undefined;
  /** Handed over as it is, such as `login_hint`, `kc_idp_hint` or `ui_locales`. */
  readonly hints?: Readonly<Record<string, string>>;
}

type Claims = Readonly<Record<string, unknown>>;

export interface UpstreamAnswer {
  readonly subject: string;
  /** The name of its session, as its logout tokens will say it. */
  readonly sid: string | undefined;
  readonly acr: string | undefined;
  /** When the person proved themselves there, if it says so. */
  readonly authenticatedAt: Date | undefined;
  readonly idToken: string;
  readonly idClaims: Claims;
  /** Empty when this provider is not asked for it. */
  readonly userinfo: Claims;
}

/** What a logout token ends: one session, or every session of one person (Back-Channel Logout §2.4). */
export interface LogoutToken {
  readonly issuer: string;
  readonly jti: string;
  readonly expiresAt: Date;
  readonly sid: string | undefined;
  readonly subject: string | undefined;
}

export const UPSTREAM_FAULTS = [
  /** No answer, too late, or 5xx. */
  'unavailable',
  /** The person said no there. */
  'denied',
  /** It answered with an error of its own. */
  'error',
  /** The answer is not the one to our question: state, or another issuer (RFC 9207). */
  'answer',
  /** It does not take our code, or us. */
  'exchange',
  /** The ID token is not for us, not its own, or not of this sign-in. */
  'token',
  /** Its clock and ours do not agree. */
  'clock',
  /** The person proved themselves too long ago. */
  'stale',
  /** A level that means nothing here. */
  'level',
  /** No userinfo, or somebody else's. */
  'userinfo',
  /** A logout token that is none. */
  'logout',
] as const;
export type UpstreamFault = (typeof UPSTREAM_FAULTS)[number];

export class UpstreamRefused extends Error {
  override readonly name = 'UpstreamRefused';
  readonly fault: UpstreamFault;
  /** For the log: a code of the protocol or the library, never a value that somebody sent. */
  readonly reason: string | undefined;
  constructor(fault: UpstreamFault, reason?: string, cause?: unknown) {
    super(reason === undefined ? fault : `${fault}: ${reason}`, cause === undefined ? undefined : { cause });
    this.fault = fault;
    this.reason = reason;
  }
}
