import type { LdapStructure } from './structure.ts';

/** An entry of a structure's directory, as far as the structure lets us read it. */
export interface DirectoryEntry {
  /** Immutable: `entryUUID`, `objectGUID`, … */
  readonly entryId: string;
  readonly dn: string;
  readonly disabled: boolean;
  readonly roles: readonly string[];
  readonly familyName?: string;
  readonly givenName?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly profession?: string;
  readonly nationalId?: string;
}

/** Why a directory lets somebody not in. */
export const DIRECTORY_REFUSALS = [
  'wrong',
  'password-expired',
  'must-change',
  'locked',
  'disabled',
  'not-now',
] as const;
export type DirectoryRefusal = (typeof DIRECTORY_REFUSALS)[number];

/** One thing that `mire structures test` looked at. */
export interface Finding {
  readonly step: 'secret' | 'dns' | 'tcp' | 'tls' | 'bind' | 'filter' | 'attribute' | 'groups' | 'provider';
  readonly server?: string;
  readonly ok: boolean;
  readonly said: string;
}

/** Implemented on LDAP in adapters/ldap/directory.ts. Every call ends within the structure's own timeout, one way or the other. */
export interface Directory {
  /** @throws {DirectoryDown} */
  find(login: string): Promise<DirectoryEntry | undefined>;
  /**
   * Hands the password to the directory and to nobody else, once: a try that was sent is never sent again.
   * @param entry undefined: nobody has this login; the same exchange takes place, so that it takes the same time
   * @throws {DirectoryDown}
   */
  check(entry: DirectoryEntry | undefined, password: string): Promise<DirectoryRefusal | undefined>;
  /** Those of these entries that are there. @throws {DirectoryDown} */
  standing(entryIds: readonly string[]): Promise<ReadonlyMap<string, 'active' | 'disabled'>>;
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
  readonly reason: 'unreachable' | 'untrusted' | 'misconfigured';
  constructor(reason: DirectoryDown['reason'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}
