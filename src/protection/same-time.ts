import { setTimeout as wait } from 'node:timers/promises';

/** An answer takes this long at least, in milliseconds, plus a little chance: what is left of a difference drowns. */
const FLOOR = 400;
const CHANCE = 100;

/** Waits until an answer that must not tell anything has taken as long as any other. @param since performance.now() */
export async function sameTime(since: number): Promise<void> {
  const rest = FLOOR + Math.random() * CHANCE - (performance.now() - since);
  if (rest > 0) await wait(rest);
}
