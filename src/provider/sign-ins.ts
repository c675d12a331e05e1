import type { Acr, ModeId } from '../../config/modes.ts';
import type { Upstream } from './upstream.ts';

/** One accepted proof: what a session, and every grant given in it, rests on. */
export interface SignIn {
  readonly id: string;
  readonly accountId: string;
  readonly clientId: string;
  readonly mode: ModeId;
  readonly acr: Acr;
  readonly amr: readonly string[];
  /** When the password was given, if one was: what a code may complete. */
  readonly passwordAt: Date | undefined;
  /** When the last factor was given: becomes `auth_time`. */
  readonly authenticatedAt: Date;
  /**
   * When this service saw it proved, or a change of the account upheld it; `authenticatedAt` where left out. Whether it
   * still counts is asked of src/accounts/since.ts.
   */
  readonly provedAt?: Date | undefined;
  /** What an outside provider said with it. */
  readonly upstream?: Upstream | undefined;
  /** The desktop that approved it. */
  readonly deviceId?: string | undefined;
  /** The structure in whose network it was, in words, and with which browser: for its owner's history. */
  readonly place?: string | undefined;
  readonly userAgent?: string | undefined;
  /** The passkey that proved it. */
  readonly passkeyId?: string | undefined;
}

/** A session as the database knows it, whatever Redis says. */
export interface LiveSession {
  readonly accountId: string;
  readonly startedAt: Date;
  readonly endedAt: Date | undefined;
  readonly signIn: SignIn;
}

export interface SessionGrant {
  readonly grantId: string;
  readonly clientId: string;
  /** Given with `offline_access`: outlives the session, though not the account's blocking. */
  readonly offline: boolean;
  /** The session's name for this application, as its ID tokens say. */
  readonly sid: string | undefined;
}

/** An application that had tokens in a session, to be told that the session ended. */
export interface SessionClient {
  readonly clientId: string;
  readonly accountId: string;
  readonly sid: string | undefined;
}

/** One line of a person's list of sessions. */
export interface ListedSession {
  readonly uidHash: Buffer;
  readonly startedAt: Date;
  readonly userAgent: string | undefined;
  /** That of its sign-in. */
  readonly place: string | undefined;
  readonly signIn: SignIn;
  readonly clientIds: readonly string[];
}

/** As a logout token of another provider names them: one session, or all that rest on what it said of one person. */
export interface UpstreamSessions {
  readonly provider: string;
  readonly sid: string | undefined;
  readonly subject: string | undefined;
}

export type WhichSessions =
  | { uid: string }
  /** All, or all but the one of this uid. */
  | { accountId: string; except?: string }
  | { uidHash: Buffer; accountId: string }
  /** Those that a desktop approved. */
  | { deviceId: string; accountId: string }
  /** What rests on these sign-ins: sessions, and the grants that outlived theirs. */
  | { accountId: string; signInIds: readonly string[] }
  | { upstream: UpstreamSessions };

/** Session uids and grant ids come in clear; the adapter hashes them. */
export interface SignIns {
  insert(signIn: SignIn): Promise<void>;
  /** None whose desktop was revoked meanwhile. */
  byId(id: string): Promise<SignIn | undefined>;
  /**
   * Opens the session, or moves it to another sign-in; `startedAt` replaces what stood.
   * @throws {SessionEnded} when it was ended: an ended session is not opened again.
   */
  openSession(
    uid: string,
    signIn: Pick<SignIn, 'id' | 'accountId'>,
    startedAt: Date,
    from: { userAgent?: string | undefined },
  ): Promise<void>;
  /** What the session, and the grants given in it, rest on counts from now; `offline`: what lasting grants rest on too. */
  uphold(which: { accountId: string; session?: string | undefined; offline: boolean }, since: Date): Promise<void>;
  session(uid: string): Promise<LiveSession | undefined>;
  /** Those of an account that a live session or a grant rests on: the grant may have outlived its session. */
  resting(accountId: string): Promise<SignIn[]>;
  /** What was said with it from outside is said anew. */
  reword(signIn: Pick<SignIn, 'id' | 'upstream'>): Promise<void>;
  /** Live ones, newest first. */
  sessionsOf(accountId: string): Promise<ListedSession[]>;
  /**
   * Ends live sessions and deletes the grants that rest on them, and their refresh tokens, in the same statement, so
   * that nothing restored from elsewhere can revive them. Grants with `offline_access` go only when the whole account
   * is ended (`everything`).
   * @returns how many sessions ended, and the applications concerned.
   */
  endSessions(
    which: WhichSessions,
    by: string,
    at: Date,
    everything?: boolean,
  ): Promise<{ ended: number; clients: SessionClient[] }>;
  /** Deletes every grant that an account gave to one application, whatever the session. */
  endGrants(accountId: string, clientId: string): Promise<SessionClient[]>;
  /** Ends the session of a desktop application itself, and deletes the grant it rests on. */
  endDesktop(deviceId: string, at: Date): Promise<SessionClient[]>;
  /** @throws {SessionEnded} */
  bindGrant(grant: SessionGrant, sessionUid: string, signIn: Pick<SignIn, 'id' | 'accountId'>): Promise<void>;
  /** Remembers a logout token of another provider. @returns false when it was used before. */
  spendLogoutToken(token: { provider: string; jti: string; expiresAt: Date }): Promise<boolean>;
  /** The sign-in behind a grant: whose claims a token may carry. */
  ofGrant(grantId: string): Promise<SignIn | undefined>;
}

/** The session was ended meanwhile: nothing revives it, and no grant may rest on it. */
export class SessionEnded extends Error {
  override readonly name = 'SessionEnded';
}
