import { setTimeout as wait } from 'node:timers/promises';
import { ROUNDS, type Round } from '../../config/rounds.ts';
import type { Log } from '../log.ts';
import type { RoundWatch } from './round-watch.ts';

export interface Rounds {
  readonly log: Pick<Log, 'warn' | 'error'>;
  readonly rounds: RoundWatch;
  readonly round: Round;
  /** What a round that failed is called in the log. */
  readonly failed: string;
  /** Milliseconds, where a test wants others than the product's. */
  readonly every?: number;
  readonly limit?: number;
}

/** Why the signal of a round says to end, when it is not that the process stops. */
export const HUNG = 'hung';
/** Milliseconds: one that failed is not left for hours. */
const AGAIN = 30_000;

/** Whether it ended in time. What it does later is nobody's concern any more. @throws what it throws in time */
async function within(limit: number, work: Promise<unknown>): Promise<boolean> {
  const timer = new AbortController();
  const late = wait(limit, false, { signal: timer.signal }).catch(() => false);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    timer.abort();
  }
}

/**
 * Does something at once, and again now and then. A round that fails is tried again; one that outlasts its turn is not
 * joined by another; one that hangs is given up, and the next takes its place.
 * @param work ends soon once the signal says so: the process stops, or the round HUNG
 * @returns how to stop, once the round in hand has ended.
 */
export function startRounds(
  { log, rounds, round, failed, every = ROUNDS[round].every * 1000, limit = ROUNDS[round].limit * 1000 }: Rounds,
  work: (signal: AbortSignal) => Promise<unknown>,
): () => Promise<void> {
  const stopping = new AbortController();

  async function once(): Promise<boolean> {
    const given = new AbortController();
    const signal = AbortSignal.any([given.signal, stopping.signal]);
    try {
      const working = work(signal);
      if (await within(limit, working)) {
        rounds.succeeded(round);
        return true;
      }
      rounds.failed(round, 'hung');
      log.error({ round, seconds: limit / 1000 }, `${failed}: it hung, and gave its place up`);
      given.abort(HUNG);
      // It was said that it hung: how it ends says nothing more.
      working.catch(() => undefined);
    } catch (err) {
      rounds.failed(round, 'error');
      log.warn({ err, round }, `${failed}; it is tried again later`);
    }
    return false;
  }

  async function run(): Promise<void> {
    rounds.begun(round);
    while (!stopping.signal.aborted) {
      const pause = (await once()) ? every : Math.min(every, AGAIN);
      await wait(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    rounds.stopped(round);
  }

  const running = run();
  return async () => {
    stopping.abort();
    await running;
  };
}
