import type { Structure, StructureDefinition } from './structure.ts';

/** A secret that was given with the definition; else the one of before stays, or goes. */
export type SavedSecret = { readonly given: string } | { readonly kept: boolean };

/** The structures known here; implemented in adapters/db/structures.ts. */
export interface Structures {
  byId(id: string): Promise<Structure | undefined>;
  /** All of them, by name. */
  list(): Promise<Structure[]>;
  /** Those that are open, whose name, town or FINESS holds every word; by name. */
  search(text: string, limit: number): Promise<Structure[]>;
  /** The open one with this number, if it is alone. */
  byFiness(finess: string): Promise<Structure | undefined>;
  /** The networks of those that are open. */
  networks(): Promise<{ readonly id: string; readonly network: string }[]>;
  save(definition: StructureDefinition, secret: SavedSecret): Promise<'added' | 'changed' | 'unchanged'>;
  /** @returns false when it was so already, or there is no such structure. */
  setEnabled(id: string, enabled: boolean): Promise<boolean>;
  /** The sealed secret, in clear. */
  secret(id: string): Promise<string | undefined>;
  /** Whoever gets it looks for leavers. @returns false when one began after `begunBefore`, or worked after `workedBefore` */
  claimCheck(id: string, now: Date, due: { begunBefore: Date; workedBefore: Date }): Promise<boolean>;
  checkWorked(id: string, at: Date): Promise<void>;
  /** @returns since when none has worked */
  checkFailed(id: string, at: Date, said: string): Promise<Date>;
  /** How the checks of each went. */
  checks(): Promise<StructureChecks[]>;
  /** Whether the directory refused its service account with this secret. */
  isRefused(id: string, account: string, secret: string): Promise<boolean>;
  /** @returns false when it was known */
  refuseSecret(id: string, account: string, secret: string): Promise<boolean>;
  acceptSecret(id: string): Promise<void>;
}

export interface StructureChecks {
  readonly id: string;
  /** When its people were last looked for. */
  readonly verifiedAt: Date | undefined;
  readonly failingSince: Date | undefined;
  readonly failure: string | undefined;
  /** The directory refused its service account, with the secret that is known or a former one that nothing replaced yet. */
  readonly secretRefused: boolean;
}

/** Somebody of a structure who has an account here. */
export interface Member {
  readonly accountId: string;
  readonly entryId: string;
}

/** Who of a structure was seen here; entries and logins are kept as keyed hashes. */
export interface StructureMembers {
  /** The structure vouched for this entry, under this login. */
  seen(structureId: string, entryId: string, login: string, at: Date): Promise<void>;
  /** @returns false when it was known already */
  left(structureId: string, entryId: string, at: Date): Promise<boolean>;
  /** Who last signed in under this login. */
  byLogin(structureId: string, login: string): Promise<Member | undefined>;
  /** Those who have not left. */
  present(structureId: string): Promise<Member[]>;
}

/** Wrong passwords of one entry of a directory, counted until the directory itself would have forgotten them. */
export interface DirectoryTries {
  /**
   * Counts one try before it is made, in one statement.
   * @param key the same for all structures that share a directory
   * @returns undefined when it may be made, else when the next one may
   */
  take(key: string, now: Date, most: { attempts: number; minutes: number }): Promise<Date | undefined>;
  /** A try that the directory did not judge. */
  giveBack(key: string): Promise<void>;
  /** As many as the directory itself says. */
  set(key: string, failures: number, now: Date): Promise<void>;
  forget(key: string): Promise<void>;
}
