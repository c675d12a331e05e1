import { z } from 'zod';

/** What we must remember of a request until its answer comes: kept sealed in the flow, used once. */
export const pending = z.object({
  state: z.string().min(1),
  nonce: z.string().min(1),
  verifier: z.string().min(1),
  startedAt: z.iso.datetime(),
  maxAge: z.int().min(0).optional(),
});
export type Pending = z.infer<typeof pending>;
