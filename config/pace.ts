/**
 * How long things wait, in milliseconds. What stands in `Pace` is no setting: nobody may weaken a floor by mistake. Only
 * tests hand a part another one.
 */

/** Seconds that a page waits for an answer of PostgreSQL, and of Redis: what DATABASE_PATIENCE and REDIS_PATIENCE are unset. */
export const DATABASE_PATIENCE = 4;
export const REDIS_PATIENCE = 1;

/**
 * Seconds that one statement may take, by the work it is part of. A page waits for DATABASE_PATIENCE; a round gives up
 * well within the minute in which everything is to be sealed after a server that went silent; a report reads months of
 * the audit, a migration builds an index of a whole table.
 */
export const STATEMENT_LIMITS = { round: 20, report: 600, migration: 3600 } as const;
/** Milliseconds without a word before a connection is asked whether its other end is still there. */
export const KEEP_ALIVE_AFTER = 5000;

/** Milliseconds that a provider of SMS has to answer. */
export const SMS_WITHIN = 5000;

/** Jobs of one kind that a worker has in hand at once; a connection of the mail server waits for each. */
export const AT_ONCE = 10;

/** An answer that must not tell anything takes so long at least, plus a little chance: what is left of a difference drowns. */
export interface Floor {
  readonly least: number;
  readonly chance: number;
}

export interface QueuePace {
  /** How long a page waits for the queue before it says so. */
  readonly enqueueWithin: number;
  /** Between two tries of a page to reach the queue. */
  readonly retryEvery: number;
  /** What a second lasts in the pauses between the tries of a job. */
  readonly second: number;
  /** A worker that lost its queue opens it again after so long. */
  readonly restartAfter: number;
  /** A job is its worker's for so long after it was heard from; who looks for those left behind does it so often. */
  readonly lock: number;
  readonly stalled: number;
  /** A worker leaves a Redis that owes it an answer for so long, and finds another. */
  readonly silent: number;
  /** A worker waits at Redis for a job so long at most before it asks again: an answer is owed after that. */
  readonly wait: number;
}

export interface Pace {
  /** Refused passwords, of our own and of structures. */
  readonly refusal: Floor;
  /** Answers of a forgotten password or identifier, as of a refused password. */
  readonly recovery: Floor;
  /** Answers of the sign-up. */
  readonly signUp: Floor;
  readonly queue: QueuePace;
  /** Between two looks at the requests that browsers wait for: an answer of a desktop is known so soon. */
  readonly watch: number;
  /** Between two rounds that seal the audit: with the round itself, well within the two seconds that a line may wait. */
  readonly sealing: number;
  /** `/readyz` waits for each part so long. */
  readonly health: number;
  /** A sign-in waits for its turn at the directory of its structure so long, before the page says that many ask. */
  readonly directoryTurn: number;
}

export const PACE: Pace = {
  refusal: { least: 250, chance: 85 },
  recovery: { least: 250, chance: 85 },
  signUp: { least: 400, chance: 100 },
  queue: {
    enqueueWithin: 2000,
    retryEvery: 100,
    second: 1000,
    restartAfter: 1000,
    // A killed worker's job is found within about the sum of both.
    lock: 6000,
    stalled: 4000,
    silent: 3000,
    wait: 2000,
  },
  watch: 1000,
  sealing: 1000,
  health: 2000,
  directoryTurn: 20_000,
};
