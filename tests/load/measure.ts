import { setTimeout as wait } from 'node:timers/promises';
import type { Usage } from './target.ts';

/** One measured stretch of work against one server. Times are milliseconds. */
export interface Sample {
  readonly operations: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** The server's processor for one operation. */
  readonly cpu: number;
  readonly median: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  /** Answered 503 with when to come back. */
  readonly shed: number;
  /** Everything else that went wrong; the first few in words. */
  readonly failed: number;
  readonly errors: readonly string[];
}

/** False: there is no more of it to do. */
export type Operation = () => Promise<unknown>;

/** What is measured: one server, or several that count as one. */
export interface Measured {
  usage(): Promise<Usage>;
}

export const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;

export interface Quantiles {
  readonly median: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
}

export function quantilesOf(values: readonly number[]): Quantiles {
  const sorted = [...values].sort((a, b) => a - b);
  const [median = 0, p90 = 0, p99 = 0, p999 = 0] = [0.5, 0.9, 0.99, 0.999].map((q) => quantile(sorted, q));
  return { median, p90, p99, p999 };
}

const ERRORS_KEPT = 5;

class Tally {
  readonly #latencies: number[] = [];
  readonly #errors: string[] = [];
  #failed = 0;
  #shed = 0;

  async time(operation: Operation, since = performance.now()): Promise<boolean> {
    try {
      if ((await operation()) === false) return false;
      this.#latencies.push(performance.now() - since);
    } catch (error) {
      const { status, retryAfter, message } = error as { status?: number; retryAfter?: string; message: string };
      if (status === 503 && retryAfter !== undefined) this.#shed += 1;
      else {
        this.#failed += 1;
        if (this.#errors.length < ERRORS_KEPT) this.#errors.push(message);
      }
    }
    return true;
  }

  sample(seconds: number, cpu: number): Sample {
    const operations = this.#latencies.length;
    return {
      operations,
      seconds,
      perSecond: operations / seconds,
      cpu: cpu / Math.max(1, operations),
      ...quantilesOf(this.#latencies),
      shed: this.#shed,
      failed: this.#failed,
      errors: this.#errors,
    };
  }
}

/** As fast as they are answered, by as many at once as there are operations. */
export async function closedLoop(target: Measured, workers: readonly Operation[], seconds: number): Promise<Sample> {
  const tally = new Tally();
  const before = await target.usage();
  const since = performance.now();
  const until = since + seconds * 1000;
  await Promise.all(
    workers.map(async (operation) => {
      while (performance.now() < until && (await tally.time(operation)));
    }),
  );
  const took = (performance.now() - since) / 1000;
  return tally.sample(took, (await target.usage()).cpu - before.cpu);
}

/** At a rate of its own, whether or not the server keeps up: what waits, waits since the moment it should have begun. */
export async function openLoop(
  target: Measured,
  operation: Operation,
  perSecond: number,
  seconds: number,
): Promise<Sample> {
  const tally = new Tally();
  const before = await target.usage();
  const since = performance.now();
  const under: Promise<unknown>[] = [];
  const count = Math.floor(perSecond * seconds);
  for (let i = 0; i < count; i += 1) {
    const due = since + (i / perSecond) * 1000;
    const early = due - performance.now();
    if (early > 1) await wait(early);
    under.push(tally.time(operation, due));
  }
  await Promise.all(under);
  const took = (performance.now() - since) / 1000;
  return tally.sample(took, (await target.usage()).cpu - before.cpu);
}
