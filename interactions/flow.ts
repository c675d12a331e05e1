import { z } from 'zod';
import { ACR_VALUES, MODE_IDS } from '../config/modes.ts';
import { outsideIdentity, statement } from '../src/accounts/statement.ts';
import { BESIDE } from '../src/assurance/mailbox.ts';
import { upstream } from '../src/provider/upstream.ts';
import type { FlowRow } from '../src/storage.ts';

/**
 * Where one person stands in one interaction. One row per interaction uid; every move is a compare-and-set on its
 * version, so that a double click moves once.
 *
 *   choosing ──► in-mode ──► (signing-up) ──► (proved) ──► done
 *       └─────────────────────────────────────────┘
 *   partial: a password is proved, which is not enough here, and which a code may complete;
 *   signing-up: whom the mode proved has no account yet; proved: something is still asked (whose session, new terms, a mail that
 *   works)
 */
const ground = z.object({
  mode: z.enum(MODE_IDS),
  acr: z.enum(ACR_VALUES),
  amr: z.array(z.string()),
  /** ISO dates: a flow row is JSON. */
  at: z.iso.datetime(),
  provedAt: z.iso.datetime().optional(),
  passwordAt: z.iso.datetime().optional(),
  deviceId: z.uuid().optional(),
  passkeyId: z.uuid().optional(),
  beside: z.enum(BESIDE).optional(),
  full: z.boolean(),
  statement: statement.optional(),
  upstream: upstream.optional(),
});

const proof = ground.extend({
  accountId: z.uuid(),
  /** The person said yes to taking the place of somebody else's session. */
  switched: z.boolean().optional(),
});

/** A proof of somebody who has no account. */
const strangerProof = ground.extend({ subject: outsideIdentity });

const flow = z.discriminatedUnion('stage', [
  z.object({ stage: z.literal('choosing'), partial: proof.optional() }),
  /** A mode under way; its state is read by the mode alone, with a schema of its own. */
  z.object({ stage: z.literal('in-mode'), mode: z.enum(MODE_IDS), state: z.unknown(), partial: proof.optional() }),
  /** The draft is read by the sign-up screen alone, with a schema of its own. */
  z.object({ stage: z.literal('signing-up'), proof: strangerProof, draft: z.unknown().optional() }),
  /** `mail`: the code that was sent to another address, where one is asked for. */
  z.object({ stage: z.literal('proved'), proof, mail: z.uuid().optional() }),
  z.object({ stage: z.literal('done') }),
]);

export type Flow = z.infer<typeof flow>;
export type Stage = Flow['stage'];
export type StoredProof = z.infer<typeof proof>;
export type StrangerProof = z.infer<typeof strangerProof>;

export const CHOOSING = { stage: 'choosing' } as const satisfies Flow;

export const toRow = ({ stage, ...data }: Flow): Pick<FlowRow, 'stage' | 'data'> => ({ stage, data });

/** @throws {ZodError} on a row that no version of Mire wrote. */
export const fromRow = (row: FlowRow): Flow => flow.parse({ ...(row.data as object), stage: row.stage });
