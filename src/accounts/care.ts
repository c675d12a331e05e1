import type { ModeId } from '../../config/modes.ts';
import type { SignIn } from '../provider/sign-ins.ts';
import type { Channel } from './account.ts';

/** One line of a person's history. */
export interface PastSignIn extends Pick<SignIn, 'id' | 'clientId' | 'mode' | 'acr' | 'amr' | 'authenticatedAt'> {
  readonly place: string | undefined;
  readonly userAgent: string | undefined;
  readonly passkeyId: string | undefined;
  /** The desktop application that vouched for it. */
  readonly deviceId: string | undefined;
}

export interface Consent {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly givenAt: Date;
}

/** A line of the audit that its own person may read. */
export interface OwnLine {
  readonly at: Date;
  readonly event: string;
  readonly clientId: string | undefined;
  readonly supportCode: string | undefined;
  readonly details: unknown;
}

/** How a contact could be changed. */
export type ContactChange = 'done' | 'taken' | 'overtaken';

/** What people read and change of their own account; implemented on PostgreSQL in adapters/db/care.ts. */
export interface Care {
  /**
   * Compare-and-set on the value that stood: two browsers that change it at once do not overwrite each other. `replacing`
   * left out: whatever stood.
   */
  setContact(
    accountId: string,
    channel: Channel,
    to: { value: string | undefined; verified: boolean },
    replacing?: { value: string | undefined },
  ): Promise<ContactChange>;
  passwordHash(accountId: string): Promise<string | undefined>;
  passwordSince(accountId: string): Promise<Date | undefined>;
  /** No password opens the account any more, until another one is chosen. */
  removePassword(accountId: string): Promise<boolean>;
  identities(accountId: string): Promise<{ source: string; since: Date }[]>;
  /** Newest first. */
  history(accountId: string, limit: number): Promise<PastSignIn[]>;
  consents(accountId: string): Promise<Consent[]>;
  closedDoors(accountId: string): Promise<{ mode: ModeId; at: Date }[]>;
  closeDoor(accountId: string, mode: ModeId, at: Date): Promise<void>;
  openDoor(accountId: string, mode: ModeId): Promise<boolean>;
  /** Newest first. */
  auditLines(accountId: string, limit: number): Promise<OwnLine[]>;
}
