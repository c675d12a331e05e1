import { setTimeout as wait } from 'node:timers/promises';
import type { Target } from './target.ts';

/** One measured stretch of work against one server. */
export interface Sample {
  readonly operations: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Milliseconds of the server's processor for one operation. */
  readonly cpu: number;
  /** Milliseconds. */
  readonly median: number;
  readonly p99: number;
  readonly shed: number;
  readonly errors: readonly string[];
}

type Operation = () => Promise<void>;

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;

class Tally {
  readonly #latencies: number[] = [];
  readonly #errors: string[] = [];
  #shed = 0;

  async time(operation: Operation, since = performance.now()): Promise<void> {
    try {
      await operation();
      this.#latencies.push(performance.now() - since);
    } catch (error) {
      if ((error as { status?: number }).status === 503) this.#shed += 1;
      else this.#errors.push((error as Error).message);
    }
  }

  sample(seconds: number, cpu: number): Sample {
    const sorted = this.#latencies.sort((a, b) => a - b);
    return {
      operations: sorted.length,
      seconds,
      perSecond: sorted.length / seconds,
      cpu: cpu / Math.max(1, sorted.length),
      median: quantile(sorted, 0.5),
      p99: quantile(sorted, 0.99),
      shed: this.#shed,
      errors: this.#errors,
    };
  }
}

/** As fast as they are answered, by as many at once as there are operations. */
export async function closedLoop(target: Target, workers: readonly Operation[], seconds: number): Promise<Sample> {
  const tally = new Tally();
  const before = await target.usage();
  const since = performance.now();
  const until = since + seconds * 1000;
  await Promise.all(
    workers.map(async (operation) => {
      while (performance.now() < until) await tally.time(operation);
    }),
  );
  const took = (performance.now() - since) / 1000;
  return tally.sample(took, (await target.usage()).cpu - before.cpu);
}

/** At a rate of its own, whether or not the server keeps up: what waits, waits since the moment it should have begun. */
export async function openLoop(
  target: Target,
  operation: Operation,
  perSecond: number,
  seconds: number,
): Promise<Sample> {
  const tally = new Tally();
  const before = await target.usage();
  const since = performance.now();
  const under: Promise<void>[] = [];
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
