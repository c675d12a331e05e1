import type { Due, LifecycleStep, Lifecycles } from '../../src/accounts/lifecycle.ts';
import { changed, type Queryable, query } from './query.ts';

const LAST_SIGN_IN = `greatest(a.created_at, (select max(i.created_at) from sign_ins i where i.account_id = a.id),
  case when a.status = 'active' then a.status_since end)`;

/** When a step is due, of the table `accounts` under the alias `a`. */
const WHEN: Readonly<Record<LifecycleStep, string>> = {
  'recheck-mail': `a.status = 'active' and a.email_verified and coalesce(a.email_checked_at, a.created_at) < :before
    and (a.mail_recheck_told_at is null or a.mail_recheck_told_at < a.email_checked_at)`,
  'unverify-mail': `a.status = 'active' and a.email_verified and coalesce(a.email_checked_at, a.created_at) < :before
    and a.mail_recheck_told_at < :toldBefore
    and (a.email_checked_at is null or a.email_checked_at < a.mail_recheck_told_at)`,
  'warn-idle': `a.status = 'active' and ${LAST_SIGN_IN} < :before
    and (a.idle_told_at is null or a.idle_told_at < ${LAST_SIGN_IN})`,
  'suspend-idle': `a.status = 'active' and a.idle_told_at < :toldBefore and ${LAST_SIGN_IN} < :before
    and a.idle_told_at >= ${LAST_SIGN_IN}`,
  erase: "a.status = 'closed' and a.status_since < :before",
};

const DO: Readonly<Record<LifecycleStep, string>> = {
  'recheck-mail': 'update accounts a set mail_recheck_told_at = :now',
  'unverify-mail': 'update accounts a set email_verified = false, updated_at = now()',
  'warn-idle': 'update accounts a set idle_told_at = :now',
  'suspend-idle': `update accounts a set status = 'blocked', status_reason = 'idle', status_since = :now`,
  erase: 'delete from accounts a',
};

/** Only what the statement names: a value without a place is an error. */
const bound = (sql: string, { before, toldBefore, now }: Due) =>
  Object.fromEntries(Object.entries({ before, toldBefore, now }).filter(([name]) => sql.includes(`:${name}`)));

export function createLifecycles(database: Queryable): Lifecycles {
  return {
    async due(step, due, limit) {
      const sql = `select a.id from accounts a where ${WHEN[step]} order by a.id limit :limit`;
      const rows = await query<{ id: string }>(database, sql, { ...bound(sql, due), limit });
      return rows.map(({ id }) => id);
    },

    async take(step, accountId, due) {
      const sql = `${DO[step]} where a.id = :accountId and ${WHEN[step]}`;
      const done = await changed(database, sql, { ...bound(sql, due), accountId });
      // Sessions and grants went with the account; what the protocol stored by its id goes too.
      if (done && step === 'erase')
        await query(database, 'delete from oidc_models where account_id = :accountId', { accountId });
      return done;
    },

    async mailChecked(accountId, at) {
      await query(database, 'update accounts set email_checked_at = :at where id = :accountId', { accountId, at });
    },
  };
}
