import { setTimeout as wait } from 'node:timers/promises';

/** A refusal takes this long at least, in milliseconds, plus a little chance: what is left of a difference drowns. */
const FLOOR = 250;
const CHANCE = 85;

/** @param since from `performance.now()`, when the try began */
export async function refuse(since: number, error: Error): Promise<never> {
  const rest = FLOOR + Math.random() * CHANCE - (performance.now() - since);
  if (rest > 0) await wait(rest);
  throw error;
}
