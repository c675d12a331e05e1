import type { Pace } from '../../config/pace.ts';
import type { Clock } from '../clock.ts';
import { DirectoryDown } from './directory.ts';
import { createQueue } from './queue.ts';

/** So many outages in a row, and nobody is made to wait for a timeout until the pause is over. */
const OUTAGES = 3;
const PAUSE = 20_000;

interface State {
  outages: number;
  until: number;
}

/** Somebody who was not asked for tells nothing of the directory. */
const isOutage = (error: unknown) => error instanceof DirectoryDown && error.reason !== 'busy';

/**
 * Keeps the outage of one structure from costing anybody else: refuses at once while it lasts, then lets one try. Only
 * what is about the directory counts: whatever else `work` throws is about one person, or about ourselves.
 */
export function createBreaker(clock: Clock, { directoryTurn }: Pick<Pace, 'directoryTurn'>) {
  const states = new Map<string, State>();
  const queue = createQueue(directoryTurn);

  /** Whoever comes first after the pause tries, and keeps the others waiting for the outcome no longer than the pause. */
  function enter(state: State): void {
    if (state.outages < OUTAGES) return;
    const now = clock().getTime();
    if (now < state.until) throw new DirectoryDown('unreachable', 'out of order a moment ago');
    state.until = now + PAUSE;
  }

  return async <T>(id: string, work: () => Promise<T>): Promise<T> => {
    const state = states.get(id) ?? { outages: 0, until: 0 };
    states.set(id, state);
    // Nobody waits in a queue for a directory that is out of order, nor learns it only at the end of the queue.
    if (state.outages >= OUTAGES && clock().getTime() < state.until)
      throw new DirectoryDown('unreachable', 'out of order a moment ago');
    return queue(id, async () => {
      enter(state);
      try {
        const result = await work();
        state.outages = 0;
        return result;
      } catch (error) {
        if (isOutage(error)) {
          state.outages += 1;
          state.until = clock().getTime() + PAUSE;
        } else {
          // It answered about this person, or was not asked at all: whoever comes next may try.
          state.outages = Math.min(state.outages, OUTAGES - 1);
        }
        throw error;
      }
    });
  };
}
export type Breaker = ReturnType<typeof createBreaker>;
