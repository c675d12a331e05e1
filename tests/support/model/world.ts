import type { ModeId } from '../../../config/modes.ts';
import type { Browser, Visited } from '../http/browser.ts';
import type { Intruder } from './intruders.ts';
import type { Means, Owner, Password, Proof, Root, Who } from './means.ts';
import type { Lost } from './taken-back.ts';

export interface Person {
  readonly who: Owner;
  readonly id: string;
  readonly login: string;
  readonly familyName: string;
  readonly number: string;
  readonly profession: string;
}

export interface UndoCode {
  readonly code: string;
  /** The mailbox that it is in. */
  readonly to: string;
  readonly template: string;
  readonly at: number;
  readonly before: Means;
  /** What the change made of it. */
  readonly after: Means;
  /** Milliseconds of the service's clock. */
  readonly madeAt: number;
}

/** One account as the model knows it. */
export interface Dossier {
  readonly person: Person;
  status: 'active' | 'blocked' | 'closed';
  /** The step in which its owner, or whoever stood in for them, closed it last. */
  closedAt: number;
  means: Means;
  /** What was proved before this step counts no more. */
  since: number;
  undosSince: number;
  /** Passwords that were replaced or taken away. */
  readonly former: Password[];
  undos: UndoCode[];
  /** Undo codes that are used or over. */
  readonly dead: Set<string>;
  /** Notices whose undo codes were read. */
  readonly read: Set<string>;
  /** Guesses compared, by the service's clock. */
  guesses: number[];
  /** Codes that the owner asked for and did not use: their own limit is theirs to use up. */
  unspent: number;
}

/** A browser, and what was proved in it. */
export interface Seat {
  readonly name: string;
  readonly browser: Browser;
  session?: { proof: Proof; startedAt: number } | undefined;
  /** Accounts that it signed in with two factors. */
  readonly known: Set<Owner>;
}

export interface Tokens {
  readonly holder: Who;
  readonly proof: Proof;
  readonly client: string;
  readonly access: string;
  refresh: string | undefined;
}

export interface Parked {
  readonly who: Who;
  readonly account: Owner;
  readonly seat: Seat;
  readonly at: number;
  readonly words: string;
  resume(): Promise<Visited>;
  /** What follows when it opened. */
  opened(page: Visited): Promise<void>;
}

/** An application's rules, as an administrator may change them. */
export interface Narrow {
  readonly id: string;
  minimum: 'eidas1' | 'eidas2' | 'eidas3';
  modes: readonly ModeId[] | undefined;
}

export interface World {
  readonly intruder: Intruder;
  readonly dossiers: Readonly<Record<Owner, Dossier>>;
  /** Who reads what is sent to an address or number. */
  readonly readers: Map<string, Who>;
  readonly seats: Readonly<Record<'alice' | 'bob' | 'mallory' | 'ward', Seat>>;
  readonly narrow: Narrow;
  tokens: Tokens[];
  parked: Parked[];
  /** What was taken back from the intruder. */
  readonly lost: Lost[];
  readonly intruderAddress: string;
  /** The agent who may be hostile. */
  readonly agent: string;
  /** Counts steps, and acts within them: what comes later is greater. */
  tick: number;
  /** Addresses and numbers given out so far. */
  handedOut: number;
  /** The number that the intruder has in the register. */
  readonly theirs: string;
}

export const reads = (world: World, who: Who, address: string | undefined): boolean =>
  address !== undefined &&
  (world.readers.get(address) === who ||
    (who === 'mallory' &&
      world.intruder.holds.includes('mailbox') &&
      address === `${world.dossiers.alice.person.login}@x.example`));

export const next = (world: World): number => ++world.tick;

const isBeside = (one: Proof, other: Proof): boolean => one.seat === other.seat && one.account === other.account;

/** Everything proved so far is over, but what was proved in the browser whose session does it. */
export function takeBack(world: World, account: Owner, except?: Proof): void {
  const dossier = world.dossiers[account];
  const { since } = dossier;
  dossier.since = next(world);
  if (!except) return;
  const upheld = world.tokens.map(({ proof }) => proof).filter((proof) => isBeside(proof, except) && proof.at >= since);
  for (const proof of [except, ...upheld]) proof.at = next(world);
}

export const stillCounts = (world: World, { account, at }: Proof): boolean => {
  const { since, status } = world.dossiers[account];
  return status === 'active' && at >= since;
};

export const rootsOf = (means: Means, root: Root): readonly Root[] =>
  root === 'password' ? (means.password?.roots ?? []) : [root];
