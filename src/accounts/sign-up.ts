import type { AuditLine } from '../audit/audit.ts';
import type { Storage } from '../storage.ts';
import { NATIONAL_ID } from './account.ts';
import { effective, kindOf, type Profile, type Said, saidBy } from './facts.ts';
import type { OutsideIdentity, Statement } from './statement.ts';

/** All that makes an account: who they are, what they said, and what was verified. */
export interface NewPerson {
  readonly id: string;
  /** None for somebody who was invited. */
  readonly identity: OutsideIdentity | undefined;
  readonly statement: Statement | undefined;
  /** What the person says; the register's word is stronger. */
  readonly said: Said & Profile;
  readonly email: string;
  readonly phone: string | undefined;
  readonly login: string | undefined;
  readonly passwordHash: string | undefined;
  readonly locale: string;
  readonly termsVersion: string;
}

/**
 * Makes one account whole, in the caller's transaction: identity, password, facts and audit lines, or nothing.
 * @throws {AccountTaken} when somebody has the identity, the mail or the identifier: the transaction is to be given up
 */
export async function makeAccount(
  tx: Storage,
  { id, identity, statement, said, email, phone, login, passwordHash, locale, termsVersion }: NewPerson,
  at: Date,
  line: Omit<AuditLine, 'event'>,
): Promise<void> {
  const facts = [
    ...(statement ? [{ source: statement.source, statedAt: at, said: saidBy(statement) }] : []),
    { source: 'person', statedAt: at, said },
  ];
  await tx.accounts.insert({
    id,
    login,
    email,
    emailVerified: true,
    phone,
    phoneVerified: phone !== undefined,
    locale,
    termsVersion,
    ...effective(said, facts),
  });
  if (identity) await tx.accounts.linkIdentity(id, identity.source, identity.externalId, 'sign-up');
  const others = statement && kindOf(statement.source) === 'register' ? (statement.otherNationalIds ?? []) : [];
  for (const number of others) await tx.accounts.linkAlias(id, NATIONAL_ID, number);
  if (passwordHash) await tx.accounts.setPasswordHash(id, passwordHash);
  for (const fact of facts) await tx.facts.record(id, fact.source, fact.said, fact.statedAt);
  const of = { ...line, accountId: id };
  await tx.audit.write({ ...of, event: 'account.created', details: { by: statement?.source ?? 'sign-up' } });
  if (identity) await tx.audit.write({ ...of, event: 'account.identity-linked', details: { source: identity.source } });
  await tx.audit.write({ ...of, event: 'account.terms-accepted', details: { version: termsVersion } });
}
