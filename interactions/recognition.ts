import { kindOf } from '../src/accounts/facts.ts';
import type { AuditLine } from '../src/audit/audit.ts';
import type { Storage } from '../src/storage.ts';
import type { Proof } from './mode.ts';
import type { KnownProof } from './stored-proof.ts';

/**
 * Who of ours it is, if anybody. Somebody whom the register knew by another number before, such as an ADELI number, is
 * the same person: the account gets the new number with the sign-in.
 */
export async function recognised(
  storage: Storage,
  proof: Proof,
  line: Omit<AuditLine, 'event'>,
): Promise<KnownProof | undefined> {
  const { subject, statement } = proof;
  if ('accountId' in subject) return { ...proof, subject };
  const account = await storage.accounts.byIdentity(subject.source, subject.externalId);
  if (account) return { ...proof, subject: { accountId: account.id } };
  // What the register says is the same person, and nobody else's word for it.
  const others = statement && kindOf(statement.source) === 'register' ? (statement.otherNationalIds ?? []) : [];
  for (const number of others) {
    const known = await storage.accounts.byIdentity(subject.source, number);
    if (!known) continue;
    const accountId = known.id;
    return {
      ...proof,
      subject: { accountId },
      spend: async (tx) => {
        await proof.spend?.(tx);
        await tx.accounts.linkIdentity(accountId, subject.source, subject.externalId, 'register');
        const details = { source: subject.source, by: 'register' };
        await tx.audit.write({ ...line, event: 'account.identity-linked', accountId, details });
      },
    };
  }
  return undefined;
}
