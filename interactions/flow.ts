import { z } from 'zod';
import { ACR_VALUES, MODE_IDS } from '../config/modes.ts';
import type { FlowRow } from '../src/storage.ts';

/**
 * Where one person stands in one interaction. One row per interaction uid; every move is a compare-and-set on its
 * version, so that a double click moves once.
 *
 *   choosing ──► in-mode ──► (proved) ──► done
 *       └───────────────────────┘   proved: something is still asked (whose session, new terms)
 */
const proof = z.object({
  mode: z.enum(MODE_IDS),
  accountId: z.uuid(),
  acr: z.enum(ACR_VALUES),
  amr: z.array(z.string()),
  /** ISO dates: a flow row is JSON. */
  at: z.iso.datetime(),
  passwordAt: z.iso.datetime().optional(),
  full: z.boolean(),
  /** The person said yes to taking the place of somebody else's session. */
  switched: z.boolean().optional(),
});

const flow = z.discriminatedUnion('stage', [
  z.object({ stage: z.literal('choosing') }),
  /** A mode under way; its state is read by the mode alone, with a schema of its own. */
  z.object({ stage: z.literal('in-mode'), mode: z.enum(MODE_IDS), state: z.unknown() }),
  z.object({ stage: z.literal('proved'), proof }),
  z.object({ stage: z.literal('done') }),
]);

export type Flow = z.infer<typeof flow>;
export type Stage = Flow['stage'];
export type StoredProof = z.infer<typeof proof>;

export const CHOOSING = { stage: 'choosing' } as const satisfies Flow;

export const toRow = ({ stage, ...data }: Flow): Pick<FlowRow, 'stage' | 'data'> => ({ stage, data });

/** @throws {ZodError} on a row that no version of Mire wrote. */
export const fromRow = (row: FlowRow): Flow => flow.parse({ ...(row.data as object), stage: row.stage });
