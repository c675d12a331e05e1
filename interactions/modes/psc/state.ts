import { z } from 'zod';
import { pending } from '../../../src/upstream/pending.ts';
import type { Visit } from '../../visit.ts';

/** Why nothing was opened: `psc-` and one of these is the code of the error. */
export const PSC_REFUSALS = [
  'unavailable',
  'denied',
  'error',
  'answer',
  'exchange',
  'token',
  'clock',
  'stale',
  'level',
  'userinfo',
  'national-id',
  'national-id-changed',
] as const;
export type PscRefusal = (typeof PSC_REFUSALS)[number];

/** Where a person stands in this mode, once they left for Pro Santé Connect. */
const state = z.discriminatedUnion('step', [
  /** What must come back with the answer; used once. */
  z.object({ step: z.literal('sent'), pending }),
  /** The page says why until it is tried again, with the code of the refusal. */
  z.object({ step: z.literal('refused'), refusal: z.enum(PSC_REFUSALS), supportCode: z.string() }),
]);
export type PscState = z.infer<typeof state>;

export const ID = 'psc';

export function stateOf({ flow }: Visit): PscState | undefined {
  return flow.stage === 'in-mode' && flow.mode === ID ? state.parse(flow.state) : undefined;
}

export const inMode = (next: PscState) => ({ stage: 'in-mode', mode: ID, state: next }) as const;
