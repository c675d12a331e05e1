import { z } from 'zod';
import type { OutsideIdentity } from './statement.ts';

/**
 * What outlives the interaction of a first sign-in that was cut off: what its person typed, and what they had verified.
 * It is found again by who they are, once that is proved again.
 */
export const keptDraft = z.object({
  typed: z.record(z.string(), z.string()),
  mail: z.string().optional(),
  phone: z.string().optional(),
});
export type KeptDraft = z.infer<typeof keptDraft>;

/** Implemented on PostgreSQL in adapters/db/sign-up-drafts.ts. */
export interface SignUpDrafts {
  keep(identity: OutsideIdentity, draft: KeptDraft, expiresAt: Date): Promise<void>;
  of(identity: OutsideIdentity, now: Date): Promise<KeptDraft | undefined>;
  forget(identity: OutsideIdentity): Promise<void>;
}
