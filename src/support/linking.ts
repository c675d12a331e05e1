import { randomUUID } from 'node:crypto';
import { type Account, AccountTaken } from '../accounts/account.ts';
import { kindOf } from '../accounts/facts.ts';
import { beforeLinking } from '../accounts/identities.ts';
import { identityWords } from '../accounts/identity-words.ts';
import { isLikeName, type PersonName } from '../accounts/names.ts';
import { stands } from '../accounts/since.ts';
import type { OutsideIdentity, Statement } from '../accounts/statement.ts';
import type { Changing } from '../accounts/telling.ts';
import type { AuditLine } from '../audit/audit.ts';
import { FlowError } from '../http/errors.ts';
import type { Storage } from '../storage.ts';
import type { HelpParams } from './help-desk.ts';
import type { Approval } from './recovering.ts';

/** Longer than what two agents do between them: the person may have to send a paper. */
const OPEN_FOR = 7 * 24 * 60 * 60 * 1000;

/** Whether a person has to look before it is joined: its source would give the account a name unlike its own. */
export function needsDecision(statement: Statement | undefined, account: Account): boolean {
  if (!statement) return false;
  const unsaid = statement.familyName === undefined || statement.givenName === undefined;
  return (kindOf(statement.source) === 'register' && unsaid) || !isLikeName(statement, account);
}

/** A name unlike the account's: an agent decides, who sees both. The same request is not made twice. */
export async function askToLink(
  tx: Storage,
  account: Account,
  identity: OutsideIdentity & PersonName,
  now: Date,
  line: Omit<AuditLine, 'event'>,
): Promise<void> {
  const waiting = await tx.helpDesk.open(now);
  const same = waiting.some(
    ({ accountId, askedAt, params }) =>
      accountId === account.id &&
      stands(account, askedAt) &&
      params.identity?.source === identity.source &&
      params.identity.externalId === identity.externalId,
  );
  if (!same)
    await tx.helpDesk.insert({
      id: randomUUID(),
      accountId: account.id,
      action: 'link-identity',
      params: { identity },
      askedBy: account.id,
      askedAt: now,
      expiresAt: new Date(now.getTime() + OPEN_FOR),
    });
  const details = { action: 'link-identity', by: account.id };
  await tx.audit.write({ ...line, event: 'help-desk.asked', accountId: account.id, details });
}

/** @throws {FlowError} `proof-overtaken` when the account was taken back meanwhile; `account-changed` */
export function createApprovedLink(change: Changing, storage: Storage) {
  return async ({ account, asking, by, approvedBy }: Approval, params: HelpParams, askedAt: Date): Promise<void> => {
    const { identity } = params;
    if (!identity) throw new FlowError('account-changed');
    if (!stands(account, askedAt)) throw new FlowError('proof-overtaken');
    await change({
      account,
      asking,
      event: 'account.identity-linked',
      details: { source: identity.source, by, approvedBy },
      tell: [{ template: 'identity-linked', params: { identity: identityWords(identity.source, asking.locale) } }],
      before: await beforeLinking(storage, account, identity),
      async work(tx) {
        try {
          await tx.accounts.linkIdentity(account.id, identity.source, identity.externalId, 'help-desk');
        } catch (error) {
          if (error instanceof AccountTaken) throw new FlowError('account-changed', {}, error);
          throw error;
        }
      },
    });
  };
}
