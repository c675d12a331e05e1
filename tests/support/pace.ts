import { PACE, type Pace, type QueuePace } from '../../config/pace.ts';

const none = { least: 0, chance: 0 };

/** Answers as soon as they are ready: for tests whose subject is not how long an answer takes. */
export const WITHOUT_FLOORS = { refusal: none, recovery: none, signUp: none } satisfies Partial<Pace>;

/** A directory of a busy machine keeps its people waiting, and none of them away. */
export const PATIENT_TURN = { directoryTurn: 120_000 } satisfies Partial<Pace>;

/** A job that failed is tried again at once, and who waits for the queue waits as long as a busy machine needs. */
export const PROMPT_QUEUE: QueuePace = {
  ...PACE.queue,
  enqueueWithin: 60_000,
  retryEvery: 20,
  second: 10,
  restartAfter: 100,
  // A machine that is busy with other tests is no silent server.
  silent: 60_000,
};

/** Of a worker that will be gone: its job is soon nobody's. */
export const LOOSE_HOLD: QueuePace = { ...PROMPT_QUEUE, lock: 1000, stalled: 100 };

/** Where a server dies with jobs in the hands of workers that live on: some tries are left for when it is back. */
export const RESTARTED: QueuePace = { ...LOOSE_HOLD, second: 100 };

/** Of the worker that comes after it: looks at once for what is left behind, and keeps its own, however slow it is. */
export const KEEN_EYE: QueuePace = { ...PROMPT_QUEUE, lock: 60_000, stalled: 100 };
