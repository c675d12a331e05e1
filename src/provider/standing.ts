import type { ModeId } from '../../config/modes.ts';
import type { Account } from '../accounts/account.ts';
import type { LiveSession, SignIn } from './sign-ins.ts';

/** An account, with what it stands on in this request: read together, since every protocol request needs both. */
export interface Standing {
  readonly account: Account;
  /** The sign-in behind the grant that was asked about: whose claims its tokens carry. */
  readonly ofGrant: SignIn | undefined;
  /** Ways of signing in that the person closed. */
  readonly closedDoors: readonly ModeId[];
}

export interface SessionStanding extends Standing {
  /** The session as the database knows it, whatever Redis says. */
  readonly session: LiveSession | undefined;
  /** The sign-in that was asked about, if it is this account's. */
  readonly brought: SignIn | undefined;
}

/** An account at the end of its sign-in. */
export interface Arrival {
  readonly account: Account;
  /** Ways of signing in that the person closed. */
  readonly closedDoors: readonly ModeId[];
  /** The person wishes to be told of each sign-in. */
  readonly tellsEach: boolean;
}

/** Ids of grants and sessions come in clear; the adapter hashes them. Each call is one round trip. */
export interface Standings {
  ofArrival(accountId: string): Promise<Arrival | undefined>;
  ofGrant(accountId: string, grantId: string | undefined): Promise<Standing | undefined>;
  /**
   * @param signInId the sign-in that this request brings
   * @param grantId the grant that the session has for this application
   */
  ofSession(
    accountId: string,
    sessionUid: string,
    signInId: string | undefined,
    grantId: string | undefined,
  ): Promise<SessionStanding | undefined>;
}
