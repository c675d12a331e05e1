import type { RunningMire } from '../mire.ts';
import type { Who } from './means.ts';
import type { World } from './world.ts';

/** What a step is drawn with; each move reads what it needs of it. */
export interface Draw {
  readonly who: Who;
  readonly n: number;
  readonly yes: boolean;
}

/** The help desk of a file of sequences: two honest agents. */
export interface Desk {
  readonly agents: readonly [string, string];
}

export interface Scene {
  readonly mire: RunningMire;
  readonly world: World;
  readonly desk: Desk;
  /** Says what is done, in the words that a failing sequence prints. */
  tell(words: string): void;
}

/** One thing that somebody may do. */
export interface Move {
  readonly name: string;
  /** How often it is drawn, against the others. */
  readonly weight: number;
  /** It looks, and changes nothing. */
  readonly looks?: true;
  may(world: World, draw: Draw): boolean;
  act(scene: Scene, draw: Draw): Promise<void>;
}

export const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % list.length];
