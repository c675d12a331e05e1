import type { Account } from '../accounts/account.ts';
import type { PersonName } from '../accounts/names.ts';
import type { OutsideIdentity } from '../accounts/statement.ts';

/** The role that opens the help desk; only the command line gives it. */
export const HELP_DESK = 'helpdesk';

/** What an agent may do alone, and what takes two. */
export const ACTIONS = {
  unlock: { fourEyes: false },
  'end-sessions': { fourEyes: false },
  'revoke-passkey': { fourEyes: false },
  'revoke-authenticator': { fourEyes: false },
  'revoke-codes': { fourEyes: false },
  unblock: { fourEyes: true },
  recovery: { fourEyes: true },
  /** Asked by the person, on the page that may not decide it: see src/support/linking.ts. */
  'link-identity': { fourEyes: true, byPerson: true },
} as const satisfies Readonly<Record<string, { fourEyes: boolean; byPerson?: true }>>;
export type HelpAction = keyof typeof ACTIONS;
/** Those that an agent may ask for. */
export const HELP_ACTIONS = (Object.keys(ACTIONS) as HelpAction[]).filter((action) => !('byPerson' in ACTIONS[action]));

export interface HelpParams {
  /** The address of a supervised recovery. */
  readonly email?: string | undefined;
  /** The day to which a supervised recovery takes the account back (ISO 8601); none: all that lets somebody in goes. */
  readonly since?: string | undefined;
  readonly passkey?: string | undefined;
  /** What somebody wants joined to the account, and the name by which its source knows them. */
  readonly identity?: (OutsideIdentity & PersonName) | undefined;
}

export interface HelpRequest {
  readonly id: string;
  readonly accountId: string;
  readonly action: HelpAction;
  readonly params: HelpParams;
  readonly askedBy: string;
  readonly askedAt: Date;
}

/** One line of the trace that a support code leads to. */
export interface Trace {
  readonly at: Date;
  readonly event: string;
  readonly accountId: string | undefined;
  readonly clientId: string | undefined;
  readonly mode: string | undefined;
}

/** The queries of the help desk; implemented on PostgreSQL in adapters/db/help-desk.ts. */
export interface HelpDesk {
  byName(name: string, limit: number): Promise<Account[]>;
  /** Oldest first. */
  trace(supportCode: string, limit: number): Promise<Trace[]>;
  recent(accountId: string, limit: number): Promise<(Trace & { supportCode: string | undefined })[]>;
  /** Whether this agent looked at this account since. */
  lookedSince(accountId: string, agentId: string, since: Date): Promise<boolean>;
  insert(request: HelpRequest & { expiresAt: Date }): Promise<void>;
  /** Those that wait, oldest first. */
  open(now: Date): Promise<HelpRequest[]>;
  /** Compare-and-set, by somebody who neither asked nor is concerned. @returns the request, for one caller only */
  settle(id: string, by: string, approved: boolean, now: Date): Promise<HelpRequest | undefined>;
}
