import type { Acr, ModeId } from '../../config/modes.ts';

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
}

/** Session uids and grant ids come in clear; the adapter hashes them. */
export interface SignIns {
  insert(signIn: SignIn): Promise<void>;
  byId(id: string): Promise<SignIn | undefined>;
  /** Opens the session, or raises it to another sign-in; an ended session is not opened again. */
  openSession(uid: string, signIn: Pick<SignIn, 'id' | 'accountId'>, at: Date, from: { userAgent?: string | undefined; place?: string | undefined }): Promise<void>;
  session(uid: string): Promise<LiveSession | undefined>;
  sessionsOf(accountId: string): Promise<{ uidHash: Buffer; startedAt: Date; userAgent: string | undefined; place: string | undefined; signIn: SignIn }[]>;
  /** Marks sessions ended and says which grants rest on them. */
  endSessions(which: { uid: string } | { accountId: string } | { uidHash: Buffer; accountId: string }, by: string, at: Date): Promise<SessionGrant[]>;
  bindGrant(grant: SessionGrant, sessionUid: string, signIn: Pick<SignIn, 'id' | 'accountId'>): Promise<void>;
  /** The sign-in behind a grant: whose claims a token may carry. */
  ofGrant(grantId: string): Promise<SignIn | undefined>;
}
