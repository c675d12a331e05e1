import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Notifier } from '../delivery/notifier.ts';
import { randomToken } from '../protection/secrets.ts';
import type { Storage } from '../storage.ts';
import { mailAddress, personName } from './person-fields.ts';

/** Who is invited, and what is said of them; all of it is theirs to correct. */
export const invitationContent = z.strictObject({
  email: mailAddress,
  familyName: personName.optional(),
  givenName: personName.optional(),
  profession: z.string().max(10).optional(),
  locale: z.enum(['fr', 'en']).default('fr'),
});
export type InvitationContent = z.infer<typeof invitationContent>;

export interface Invitation {
  readonly id: string;
  readonly content: InvitationContent;
  /** Read by the sign-up screens alone, with a schema of their own. */
  readonly draft: unknown;
  readonly version: number;
}

/** Implemented on PostgreSQL in adapters/db/invitations.ts. The token comes in clear; the adapter hashes it. */
export interface Invitations {
  insert(id: string, token: string, content: InvitationContent, expiresAt: Date): Promise<void>;
  /** One that is neither used nor over. */
  byToken(token: string, now: Date): Promise<Invitation | undefined>;
  /** Compare-and-set on the version. @returns false when another tab moved it first, or it is used. */
  move(id: string, from: number, draft: unknown): Promise<boolean>;
  /** Once. @returns false when it is used already */
  use(id: string, from: number, accountId: string, at: Date): Promise<boolean>;
}

export interface Invited {
  readonly id: string;
  readonly expiresAt: Date;
}

/**
 * Invites somebody: the link goes by mail and stands nowhere else.
 * @param by who invites, in the words of the mail
 * @throws {ZodError} naming the fields that are wrong
 */
export async function invite(
  { storage, notifier, clock }: { storage: Storage; notifier: Notifier; clock: Clock },
  input: unknown,
  { issuer, days, by }: { issuer: string; days: number; by: string },
): Promise<Invited> {
  const content = invitationContent.parse(input);
  const id = randomUUID();
  const token = randomToken();
  const at = clock();
  const expiresAt = new Date(at.getTime() + days * 24 * 60 * 60 * 1000);
  const params = { by, days: String(days), link: `${issuer}/invitation/${token}` };
  const noticeId = await storage.transaction(async (tx) => {
    await tx.invitations.insert(id, token, content, expiresAt);
    await tx.audit.write({ event: 'account.invited', details: { invitation: id } });
    return tx.notices.write({ template: 'invitation', to: content.email, locale: content.locale, at, params });
  });
  await notifier.announce([noticeId]);
  return { id, expiresAt };
}
