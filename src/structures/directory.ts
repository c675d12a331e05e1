import type { Answer, Standing } from './reading.ts';
import type { LdapStructure } from './structure.ts';

/** Somebody of a structure's directory, as far as the structure lets us read. */
export interface DirectoryEntry {
  /** Immutable: `entryUUID`, `objectGUID`, … */
  readonly entryId: string;
  readonly roles: readonly string[];
  readonly familyName?: string;
  readonly givenName?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly profession?: string;
  readonly nationalId?: string;
}

/** The entry of a login. */
export interface Found {
  readonly dn: string;
  readonly standing: Standing;
  /** Undefined: the entry does not say who it is of, and its owner cannot be let in. */
  readonly entry: DirectoryEntry | undefined;
}

/** What the groups of a directory make of some of its people. */
export interface RolesRead {
  /** By entry id; nothing is known of whoever is not here. */
  readonly of: ReadonlyMap<string, readonly string[]>;
  /** Roles whose groups cannot be read: nobody gets one by this reading, and nobody loses one. */
  readonly unknown: ReadonlySet<string>;
}

/** One thing that `mire structures test` looked at. */
export interface Finding {
  readonly step:
    | 'secret'
    | 'dns'
    | 'tcp'
    | 'tls'
    | 'bind'
    | 'filter'
    | 'attribute'
    | 'groups'
    | 'standing'
    | 'lockout'
    | 'login'
    | 'provider';
  readonly server?: string;
  readonly ok: boolean;
  readonly said: string;
}

/** When whoever asks stops waiting (performance.now()): whatever is asked of how many servers ends by then. */
export type Deadline = number;

export const deadlineOf = ({ connector }: Pick<LdapStructure, 'connector'>): Deadline =>
  performance.now() + connector.timeout * 1000;

/** Implemented on LDAP in adapters/ldap/directory.ts. Without a deadline, a call ends within the structure's own timeout. */
export interface Directory {
  /** @throws {DirectoryDown} */
  find(login: string, by?: Deadline): Promise<Found | undefined>;
  /**
   * Hands the password to the directory and to nobody else. It is sent a second time only to another server, where the
   * first one broke off.
   * @param found undefined: nobody has this login; the same exchange takes place, so that it takes the same time
   * @throws {DirectoryDown}
   */
  check(found: Found | undefined, password: string, by?: Deadline): Promise<Answer>;
  /** Wrong passwords that the directory itself holds against an entry; undefined: it does not say. @throws {DirectoryDown} */
  counted(found: Found | undefined, by?: Deadline): Promise<number | undefined>;
  /** What becomes of these entries. @throws {DirectoryDown} */
  standing(entryIds: readonly string[]): Promise<ReadonlyMap<string, Standing>>;
  /** Which roles these entries have. @throws {DirectoryDown} */
  roles(entryIds: readonly string[]): Promise<RolesRead>;
  /** What is right and wrong, from the first step on. */
  diagnose(login?: string): Promise<Finding[]>;
  close(): Promise<void>;
}

/** The open directories of this process. */
export interface Directories {
  of(structure: LdapStructure): Promise<Directory>;
  close(): Promise<void>;
}

/** The structure's side does not answer, or is not who it should be; nothing that the person did. */
export class DirectoryDown extends Error {
  override readonly name = 'DirectoryDown';
  /** `busy`: so many people ask at once that this one is not asked for. */
  readonly reason: 'unreachable' | 'untrusted' | 'misconfigured' | 'busy';
  constructor(reason: DirectoryDown['reason'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}

/** What Mire's own account at a directory is asked with. A secret that was refused is not sent again: it would lock it. */
export interface ServiceSecret {
  /** @throws {DirectoryDown} where it cannot be read */
  read(): string | undefined;
  /** Whether this secret was refused before, by any process. */
  refused(): Promise<boolean>;
  refuse(said: string): Promise<void>;
  accept(): Promise<void>;
}
