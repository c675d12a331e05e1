import { createHash } from 'node:crypto';
import { z } from 'zod';
import { PURPOSES } from '../challenges/challenge.ts';

/** One kind of work that waits in a queue of its own. Nothing in a job is a secret. */
export interface JobKind<Job extends object> {
  readonly name: string;
  readonly schema: z.ZodType<Job>;
  /** The same work asked for twice is one job. Without `:`, which BullMQ keeps for itself. */
  id(job: Job): string;
  /** Seconds between one try and the next; after the last of them it is given up. */
  readonly pauses: readonly number[];
  /** What of it may stand in a log line. */
  logged(job: Job): Readonly<Record<string, unknown>>;
}

export const triesOf = ({ pauses }: Pick<JobKind<never>, 'pauses'>): number => pauses.length + 1;

/** 1, 2, 4, 8, … */
export const doubling = (pauses: number): number[] => Array.from({ length: pauses }, (_, i) => 2 ** i);
const times = (count: number, pause: number): number[] => Array<number>(count).fill(pause);
const HOUR = 3600;

/** The producer's side of a queue; implemented by adapters/queue/bullmq.ts. */
export interface JobQueue<Job extends object> {
  /** Resolves when the queue has it durably. @throws {UpstreamError} when it cannot be reached in time. */
  send(job: Job): Promise<void>;
}

/** Which code of which challenge is to be sent. Never the code, nor where it goes. */
export const codeJob = z.object({
  challengeId: z.uuid(),
  counter: z.number().int().min(1),
  /** Epoch milliseconds of the person's click: the delay to hand-over is measured from here. */
  requestedAt: z.number().int(),
  /** For the metrics of who asks. An older release leaves it out. */
  kind: z.object({ channel: z.enum(['mail', 'sms']), purpose: z.enum(PURPOSES) }).optional(),
});
export type CodeJob = z.infer<typeof codeJob>;
export type CodeQueue = JobQueue<CodeJob>;

export const CODES: JobKind<CodeJob> = {
  name: 'codes',
  schema: codeJob,
  id: ({ challengeId, counter }) => `${challengeId}-${counter}`,
  // As long as a code lives, and often enough for who waits; once it has expired there is nothing left to send.
  pauses: [1, 2, 4, 8, 15, 20, ...times(9, 30)],
  logged: ({ challengeId, counter }) => ({ challengeId, counter }),
};

/** Which application is to be told that whose session ended. The logout token is made at each attempt. */
export const logoutJob = z.object({ clientId: z.string().min(1), accountId: z.uuid(), sid: z.string().min(1) });
export type LogoutJob = z.infer<typeof logoutJob>;
export type LogoutQueue = JobQueue<LogoutJob>;

export const LOGOUTS: JobKind<LogoutJob> = {
  name: 'logouts',
  schema: logoutJob,
  id: ({ clientId, sid }) => createHash('sha256').update(`${clientId}\0${sid}`).digest('hex'),
  // More than an hour: an application that restarts, or is away for a while, still learns it.
  pauses: doubling(12),
  logged: ({ clientId }) => ({ clientId }),
};

/** Which notice is to be sent. Its address and its words stay in the database. */
export const noticeJob = z.object({ noticeId: z.uuid() });
export type NoticeJob = z.infer<typeof noticeJob>;
export type NoticeQueue = JobQueue<NoticeJob>;

export const NOTICES: JobKind<NoticeJob> = {
  name: 'notices',
  schema: noticeJob,
  id: ({ noticeId }) => noticeId,
  // Three days (NOTICE_LIFE): it may be what takes a change back. A few dozen tries, of which most come on the first day.
  pauses: [
    5,
    10,
    20,
    40,
    60,
    120,
    300,
    600,
    900,
    1800,
    ...times(5, HOUR),
    ...times(6, 2 * HOUR),
    ...times(14, 4 * HOUR),
  ],
  logged: ({ noticeId }) => ({ noticeId }),
};

/** Which request of an application without a browser was answered; where and with what it is told is looked up. */
export const pingJob = z.object({ requestId: z.uuid(), clientId: z.string().min(1) });
export type PingJob = z.infer<typeof pingJob>;
export type PingQueue = JobQueue<PingJob>;

export const PINGS: JobKind<PingJob> = {
  name: 'pings',
  schema: pingJob,
  id: ({ requestId }) => requestId,
  // A minute in all: after that the application has asked by itself, or its request is over.
  pauses: doubling(6),
  logged: ({ requestId, clientId }) => ({ requestId, clientId }),
};

/** Which account is to be looked after, and how. Whether it is still due is asked when it is done. */
export const lifecycleJob = z.object({
  accountId: z.uuid(),
  step: z.enum(['recheck-mail', 'unverify-mail', 'warn-idle', 'suspend-idle', 'erase']),
});
export type LifecycleJob = z.infer<typeof lifecycleJob>;
export type LifecycleQueue = JobQueue<LifecycleJob>;

export const LIFECYCLES: JobKind<LifecycleJob> = {
  name: 'lifecycles',
  schema: lifecycleJob,
  id: ({ accountId, step }) => `${accountId}-${step}`,
  pauses: doubling(4),
  logged: ({ accountId, step }) => ({ accountId, step }),
};
