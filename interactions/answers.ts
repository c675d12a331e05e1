import type { Settings } from '../config/settings.ts';
import type { AuditLine } from '../src/audit/audit.ts';
import type { Storage } from '../src/storage.ts';
import type { Question } from './steps.ts';

interface Given {
  readonly accountId: string;
  readonly at: Date;
  readonly settings: Pick<Settings, 'TERMS_VERSION'>;
  readonly line: Omit<AuditLine, 'event'>;
}

/** What the answer to a question leaves behind. */
export const ANSWERS: Readonly<Partial<Record<Question, (tx: Storage, given: Given) => Promise<void>>>> = {
  async terms(tx, { accountId, settings, line }) {
    await tx.accounts.acceptTerms(accountId, settings.TERMS_VERSION);
    await tx.audit.write({ event: 'account.terms-accepted', ...line, details: { version: settings.TERMS_VERSION } });
  },
  /** "Later": whoever gives an address instead has none left that is asked about. */
  async mail(tx, { accountId, at, line }) {
    await tx.accounts.setMailAsked(accountId, at);
    await tx.audit.write({ event: 'account.mail-put-off', ...line });
  },
};
