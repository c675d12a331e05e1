import type { Clock } from '../clock.ts';
import { DirectoryDown } from './directory.ts';

/** So many outages in a row, and nobody is made to wait for a timeout until the pause is over. */
const OUTAGES = 3;
const PAUSE = 20_000;
/** Sign-ins of one structure under way at once: a slow directory holds no more of this process than that. */
const AT_ONCE = 40;

/** Keeps the outage of one structure from costing anybody else: refuses at once while it lasts, then lets one try. */
export function createBreaker(clock: Clock) {
  const states = new Map<string, { outages: number; until: number; underWay: number }>();
  return async <T>(id: string, work: () => Promise<T>): Promise<T> => {
    const state = states.get(id) ?? { outages: 0, until: 0, underWay: 0 };
    states.set(id, state);
    const now = clock().getTime();
    if (state.outages >= OUTAGES && now < state.until)
      throw new DirectoryDown('unreachable', 'out of order a moment ago');
    if (state.underWay >= AT_ONCE) throw new DirectoryDown('unreachable', 'too many sign-ins wait for it');
    // The one that tries keeps the others waiting for its outcome no longer than the pause.
    if (state.outages >= OUTAGES) state.until = now + PAUSE;
    state.underWay += 1;
    try {
      const result = await work();
      state.outages = 0;
      return result;
    } catch (error) {
      if (error instanceof DirectoryDown) {
        state.outages += 1;
        state.until = clock().getTime() + PAUSE;
      }
      throw error;
    } finally {
      state.underWay -= 1;
    }
  };
}
export type Breaker = ReturnType<typeof createBreaker>;
