import { z } from 'zod';
import { ACR_VALUES } from '../../../config/modes.ts';
import { statement } from '../../../src/accounts/statement.ts';
import { CARD_REFUSALS } from '../../../src/cards/card.ts';
import type { Visit } from '../../visit.ts';

/** Where a person stands in this mode, once a card was read. */
const state = z.discriminatedUnion('step', [
  /** It opened nothing: the page says why until another one is read, with the code of the refusal. */
  z.object({ step: z.literal('refused'), refusal: z.enum(CARD_REFUSALS), supportCode: z.string() }),
  /** It is accepted, and about to expire: its holder is told so once. */
  z.object({
    step: z.literal('read'),
    nationalId: z.string(),
    statement,
    acr: z.enum(ACR_VALUES),
    at: z.iso.datetime(),
    days: z.int(),
  }),
]);
export type CardState = z.infer<typeof state>;

export const ID = 'cps';

export function stateOf({ flow }: Visit): CardState | undefined {
  return flow.stage === 'in-mode' && flow.mode === ID ? state.parse(flow.state) : undefined;
}

export const inMode = (next: CardState) => ({ stage: 'in-mode', mode: ID, state: next }) as const;
