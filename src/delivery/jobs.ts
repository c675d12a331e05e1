import { z } from 'zod';

/** What the queue carries: which code of which challenge. Never the code, nor where it goes. */
export const codeJob = z.object({
  challengeId: z.uuid(),
  counter: z.number().int().min(1),
  /** Epoch milliseconds of the person's click: the delay to hand-over is measured from here. */
  requestedAt: z.number().int(),
});
export type CodeJob = z.infer<typeof codeJob>;

/** The producer's side of the queue; implemented by adapters/queue/bullmq.ts. */
export interface CodeQueue {
  /** Resolves when the queue has it durably. @throws when it cannot be reached in time. */
  send(job: CodeJob): Promise<void>;
}
