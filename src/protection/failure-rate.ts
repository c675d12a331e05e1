import { Counter, type Registry } from 'prom-client';

/**
 * Wrong passwords over all accounts. Counted in each process: a counter that all share would make every sign-in wait for
 * every other, and the alarm adds the processes up.
 */
export interface FailureRate {
  failed(mode: string): void;
  succeeded(mode: string): void;
  /** So many fail that who is not known proves to be human first, where there is a way to. */
  isStorm(): boolean;
}

const WINDOW = 5 * 60 * 1000;
/** Failures of one process within the window; a region of 20,000 professionals has some tens. */
const STORM = 300;

export function createFailureRate(registry: Registry, factor: number, now: () => number = Date.now): FailureRate {
  const results = new Counter({
    name: 'mire_passwords_total',
    help: 'Passwords checked, by mode and outcome',
    labelNames: ['mode', 'outcome'],
    registers: [registry],
  });
  /** A bucket for each ten seconds. */
  let buckets: { at: number; count: number }[] = [];
  const recent = () => {
    buckets = buckets.filter(({ at }) => now() - at < WINDOW);
    return buckets.reduce((sum, { count }) => sum + count, 0);
  };
  return {
    failed(mode) {
      results.inc({ mode, outcome: 'wrong' });
      const at = Math.floor(now() / 10_000) * 10_000;
      const last = buckets.at(-1);
      if (last?.at === at) last.count += 1;
      else buckets.push({ at, count: 1 });
    },
    succeeded: (mode) => results.inc({ mode, outcome: 'right' }),
    isStorm: () => recent() >= STORM * factor,
  };
}
