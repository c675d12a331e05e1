import type { StatusChange } from './status.ts';

/** A professional's record ("compte SARA") as the service sees it. */
export interface Account {
  readonly id: string;
  readonly login: string | undefined;
  readonly email: string | undefined;
  readonly emailVerified: boolean;
  /** Since when its own server refuses the mail; undefined: it does not, or nobody knows. */
  readonly emailRefusedAt?: Date | undefined;
  /** When they put off giving another one: asked of src/accounts/dead-mail.ts alone. */
  readonly mailAskedAt?: Date | undefined;
  /** E.164. */
  readonly phone: string | undefined;
  readonly phoneVerified: boolean;
  /** Since when nothing reaches the phone; undefined: it is reached, or nobody knows. */
  readonly phoneRefusedAt?: Date | undefined;
  /** Code of the nomenclature: civilité or titre. */
  readonly title: string | undefined;
  readonly familyName: string;
  readonly givenName: string;
  /** Code of TRE_G15-ProfessionSante. */
  readonly profession: string | undefined;
  readonly specialty: string | undefined;
  readonly locale: string | undefined;
  /** Standard claims (OIDC Core §5.1) that Mire only hands on. */
  readonly extraClaims: Readonly<Record<string, unknown>>;
  readonly roles: readonly string[];
  readonly termsVersion: string | undefined;
  readonly preferredChannel: Channel | undefined;
  readonly status: AccountStatus;
  readonly updatedAt: Date;
  /** What was proved before counts no more: asked of src/accounts/since.ts alone. */
  readonly proofsSince?: Date | undefined;
  readonly undosSince?: Date | undefined;
  /** When its mail alone gave it a new password: asked of src/assurance/mailbox.ts alone. */
  readonly mailResetAt?: Date | undefined;
  /** When two agents of the help desk gave it this mail: asked of src/accounts/mail-reset.ts alone. */
  readonly mailVouchedAt?: Date | undefined;
  /** Somebody else wrote the mail down: the code of a forgotten password proves it, and nothing else is sent there. */
  readonly mailToProve?: boolean;
}

export type Channel = 'mail' | 'sms';
export type AccountStatus = 'active' | 'blocked' | 'closed';

/** Dates and marks that the account gets by what is done to it. */
type Marks =
  | 'updatedAt'
  | 'proofsSince'
  | 'undosSince'
  | 'mailResetAt'
  | 'mailVouchedAt'
  | 'mailToProve'
  | 'emailRefusedAt'
  | 'mailAskedAt'
  | 'phoneRefusedAt';

export type NewAccount = Partial<Omit<Account, Marks>> & Pick<Account, 'id' | 'familyName' | 'givenName'>;

/** The queries of this room; implemented on PostgreSQL in adapters/db/accounts.ts. */
export interface Accounts {
  byId(id: string): Promise<Account | undefined>;
  /** By login or mail, in their normal form (see login-key.ts), with the password hash: one query. */
  byLoginKey(key: string): Promise<{ account: Account; passwordHash: string | undefined } | undefined>;
  /** @throws {AccountTaken} when the login, mail or id is somebody's. */
  insert(account: NewAccount): Promise<void>;
  /** Writes the hash; with `replacing`, only if that one still stands. */
  setPasswordHash(id: string, hash: string, replacing?: string): Promise<void>;
  setProfile(
    id: string,
    profile: Pick<Account, 'familyName' | 'givenName' | 'title' | 'profession' | 'specialty'>,
  ): Promise<void>;
  setPreferredChannel(id: string, channel: Channel): Promise<void>;
  /** @returns false when it is so already, or this one may not: see status.ts */
  setStatus(id: string, change: StatusChange): Promise<boolean>;
  /** Never back. @returns where it stands now, or undefined for nobody */
  moveSince(id: string, at: Date, undosBefore?: Date): Promise<Date | undefined>;
  setMailReset(id: string, at: Date | undefined): Promise<void>;
  /** @returns whether that reset still stood. */
  endMailReset(id: string, standing: Date): Promise<boolean>;
  setMailVouched(id: string, at: Date | undefined): Promise<void>;
  setMailAsked(id: string, at: Date): Promise<void>;
  setRoles(id: string, roles: readonly string[]): Promise<boolean>;
  acceptTerms(id: string, version: string): Promise<void>;
  /** Links an outside identity; the same one to the same account twice is no error. @throws {AccountTaken} */
  linkIdentity(accountId: string, source: string, externalId: string, road?: IdentityRoad): Promise<void>;
  /** Another number of the same person, by which they are found too. @returns false when it is somebody else's. */
  linkAlias(accountId: string, source: string, externalId: string): Promise<boolean>;
  /** @param aliasOnly leaves it where it is an identity of its own */
  unlinkIdentity(accountId: string, source: string, externalId: string, aliasOnly?: boolean): Promise<boolean>;
  /** The oldest first, in clear, for what changes them. */
  identitiesOf(accountId: string): Promise<LinkedIdentity[]>;
  /** The mail is to be proved by a forgotten password, or was proved by one. */
  setMailToProve(id: string, toProve: boolean): Promise<void>;
  byIdentity(source: string, externalId: string): Promise<Account | undefined>;
  /** The identity in clear, for the claims of its owner. */
  identity(accountId: string, source: string): Promise<string | undefined>;
}

/** How an identity came to an account. */
export const IDENTITY_ROADS = ['sign-up', 'owner', 'register', 'help-desk', 'import', 'unknown'] as const;
export type IdentityRoad = (typeof IDENTITY_ROADS)[number];

export interface LinkedIdentity {
  readonly id: string;
  readonly source: string;
  readonly externalId: string;
  readonly road: IdentityRoad;
  readonly alias: boolean;
  readonly since: Date;
}

export class AccountTaken extends Error {
  override readonly name = 'AccountTaken';
}

/** The source of an identity that is a national id (RPPS or ADELI). */
export const NATIONAL_ID = 'national-id';

/**
 * Where a code can be sent: verified channels only, the preferred one first. An address or a number that nothing reaches
 * only where there is nothing else: its server may be wrong about its own people for an hour, and nobody is to be locked
 * out by that.
 * @param counts leaves out those that would do nothing here, so that what is left is not taken for something else to use
 */
export function channelsOf(account: Account, counts: (channel: Channel) => boolean = () => true): Channel[] {
  const { email, emailVerified, emailRefusedAt, phone, phoneVerified, phoneRefusedAt } = account;
  const verified: { id: Channel; dead: boolean }[] = [];
  if (email && emailVerified) verified.push({ id: 'mail', dead: emailRefusedAt !== undefined });
  if (phone && phoneVerified) verified.push({ id: 'sms', dead: phoneRefusedAt !== undefined });
  const here = verified.filter(({ id }) => counts(id));
  const alive = here.filter(({ dead }) => !dead);
  const channels = (alive.length > 0 ? alive : here).map(({ id }) => id);
  return channels.sort((a, b) => Number(b === account.preferredChannel) - Number(a === account.preferredChannel));
}

/** Where the code of a forgotten password goes; that of a mail which nobody proved yet proves it. */
export const recoveryMailOf = ({ status, email, emailVerified, mailToProve }: Account): string | undefined =>
  status === 'active' && (emailVerified || mailToProve) ? email : undefined;
