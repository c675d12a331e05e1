import { setTimeout as wait } from 'node:timers/promises';
import { TestTimedOut } from './timed-out.ts';

/** In milliseconds. A safety net, far above what a machine at a quarter of the speed needs; jest's own is longer. */
const LONG = 120_000;
const BETWEEN = 10;

/**
 * Looks again and again, for what has no event to await.
 * @param what is waited for, in words; or how to put it once it has not come
 * @returns the first look that sees something. @throws {TestTimedOut}
 */
export async function until<T>(
  what: string | (() => string),
  look: () => T | Promise<T>,
  within = LONG,
): Promise<Exclude<T, undefined | null | false>> {
  const end = performance.now() + within;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== null && seen !== false) return seen as Exclude<T, undefined | null | false>;
    if (performance.now() > end) throw new TestTimedOut(`in vain: ${typeof what === 'string' ? what : what()}`);
    await wait(BETWEEN);
  }
}

/** What a promise brings. @throws {TestTimedOut} when it brings nothing */
export async function inTime<T>(what: string, promise: Promise<T>, within = LONG): Promise<T> {
  const ended = new AbortController();
  const late = wait(within, undefined, { signal: ended.signal }).then(
    () => {
      throw new TestTimedOut(`in vain: ${what}`);
    },
    // The promise was faster.
    () => promise,
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    ended.abort();
  }
}
