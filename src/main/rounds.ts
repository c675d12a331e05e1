import type { Log } from '../log.ts';

export interface Rounds {
  readonly log: Pick<Log, 'warn'>;
  /** Milliseconds from one to the next. */
  readonly every: number;
  /** What a round that failed is called in the log. */
  readonly failed: string;
}

/**
 * Does something at once, and again now and then. A round that fails is tried again at its next turn; one that outlasts
 * its turn is not joined by another.
 * @returns how to stop, once the round in hand has ended.
 */
export function startRounds({ log, every, failed }: Rounds, work: () => Promise<unknown>): () => Promise<void> {
  let round: Promise<void> | undefined;
  const run = () => {
    round ??= work()
      .then(
        () => undefined,
        (err: unknown) => log.warn({ err }, `${failed}; it is tried again later`),
      )
      .finally(() => {
        round = undefined;
      });
  };
  const timer = setInterval(run, every);
  run();
  return async () => {
    clearInterval(timer);
    await round;
  };
}
