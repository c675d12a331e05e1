import { z } from 'zod';
import { CARD_REFUSALS } from './card.ts';

/** Where a person stood when they were sent to the card's host. */
export const handoverOrigin = z.object({ uid: z.string(), clientId: z.string(), lang: z.string() });
export type HandoverOrigin = z.infer<typeof handoverOrigin>;

/** What reading the card came to, as it is carried back. */
export const cardOutcome = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    /** A verdict without one would be a pseudonym card, which is refused. */
    nationalId: z.string(),
    familyName: z.string(),
    givenName: z.string(),
    profession: z.string().optional(),
    notAfter: z.iso.datetime(),
    degraded: z.boolean(),
  }),
  z.object({ ok: z.literal(false), refusal: z.enum(CARD_REFUSALS), supportCode: z.string() }),
]);
export type CardOutcome = z.infer<typeof cardOutcome>;

/** Tokens, tickets and uids come in clear; the adapter hashes them. */
export interface CardHandovers {
  /** In place of one of the same interaction that no card was read for. */
  insert(token: string, origin: HandoverOrigin, expiresAt: Date): Promise<void>;
  /** One that is not over, whether or not a card was read for it. */
  origin(token: string, now: Date): Promise<HandoverOrigin | undefined>;
  /** Once for each hand-over. @returns false when a card was read for it already, or it is over. */
  issueTicket(token: string, ticket: string, outcome: CardOutcome, now: Date, expiresAt: Date): Promise<boolean>;
  /** Once, for the interaction it was issued to, before it expires. */
  redeem(ticket: string, uid: string, now: Date): Promise<CardOutcome | undefined>;
}
