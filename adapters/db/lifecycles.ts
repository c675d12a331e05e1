import type { Due, LifecycleStep, Lifecycles } from '../../src/accounts/lifecycle.ts';
import { loginKey } from '../../src/accounts/login-key.ts';
import { mayBecome } from '../../src/accounts/status.ts';
import { changed, first, type Queryable, query } from './query.ts';

const LAST_SIGN_IN = `greatest(a.created_at, (select max(i.created_at) from sign_ins i where i.account_id = a.id),
  case when a.status = 'active' then a.status_since end)`;

/** The same, as it was last looked up: never later than the truth, and an index knows it. */
const KNOWN_USE = 'coalesce(a.last_use_at, a.created_at)';
const CHECKED = 'coalesce(a.email_checked_at, a.created_at)';

/** By what the steps are looked for, longest due first: the accounts whose time has come, and no others. */
const ORDER: Readonly<Record<LifecycleStep, string>> = {
  'recheck-mail': CHECKED,
  'unverify-mail': CHECKED,
  'warn-idle': KNOWN_USE,
  'suspend-idle': KNOWN_USE,
  erase: 'a.status_since',
};

const MAY_SUSPEND = mayBecome('lifecycle', 'blocked')
  .map((status) => `'${status}'`)
  .join(', ');

/** When a step is due, of the table `accounts` under the alias `a`. */
const WHEN: Readonly<Record<LifecycleStep, string>> = {
  'recheck-mail': `a.status = 'active' and a.email_verified and ${CHECKED} < :before
    and (a.mail_recheck_told_at is null or a.mail_recheck_told_at < a.email_checked_at)`,
  'unverify-mail': `a.status = 'active' and a.email_verified and ${CHECKED} < :before
    and a.mail_recheck_told_at < :toldBefore
    and (a.email_checked_at is null or a.email_checked_at < a.mail_recheck_told_at)`,
  'warn-idle': `a.status = 'active' and ${KNOWN_USE} < :before and ${LAST_SIGN_IN} < :before
    and (a.idle_told_at is null or a.idle_told_at < ${LAST_SIGN_IN})`,
  'suspend-idle': `a.status in (${MAY_SUSPEND}) and ${KNOWN_USE} < :before and a.idle_told_at < :toldBefore and ${LAST_SIGN_IN} < :before
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

/** Accounts looked up at once. */
const PAGE = 1000;

/** Of those who seem idle, notes who is not. Each account comes up here once for each time that it may have been idle. */
async function lookUpUses(database: Queryable, before: Date): Promise<void> {
  let last: KnownUse | undefined = { known: '-infinity', id: '00000000-0000-0000-0000-000000000000' };
  while (last) {
    const rows: KnownUse[] = await query<KnownUse>(
      database,
      `with page as (
         select a.id, ${KNOWN_USE} as known, ${LAST_SIGN_IN} as use from accounts a
         where a.status = 'active' and ${KNOWN_USE} < :before
           and (${KNOWN_USE}, a.id) > (cast(:known as timestamptz), cast(:id as uuid))
         order by ${KNOWN_USE}, a.id limit ${PAGE}
       ), noted as (
         update accounts u set last_use_at = page.use from page where u.id = page.id and page.use >= :before
       )
       select cast(page.known as text) as known, page.id from page order by page.known, page.id`,
      { before, known: last.known, id: last.id },
    );
    last = rows.length < PAGE ? undefined : rows.at(-1);
  }
}

interface KnownUse {
  /** To the microsecond: many accounts may be as old as each other. */
  readonly known: string;
  readonly id: string;
}

/** Only what the statement names: a value without a place is an error. */
const bound = (sql: string, { before, toldBefore, now }: Due) =>
  Object.fromEntries(Object.entries({ before, toldBefore, now }).filter(([name]) => sql.includes(`:${name}`)));

export function createLifecycles(database: Queryable): Lifecycles {
  return {
    async due(step, due, limit) {
      if (ORDER[step] === KNOWN_USE) await lookUpUses(database, due.before);
      const sql = `select a.id from accounts a where ${WHEN[step]} order by ${ORDER[step]} limit :limit`;
      const rows = await query<{ id: string }>(database, sql, { ...bound(sql, due), limit });
      return rows.map(({ id }) => id);
    },

    async isDue(step, accountId, due) {
      const sql = `select 1 from accounts a where a.id = :accountId and ${WHEN[step]}`;
      return (await first(database, sql, { ...bound(sql, due), accountId })) !== undefined;
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
      await query(
        database,
        'update accounts set email_checked_at = :at, email_refused_at = null where id = :accountId',
        { accountId, at },
      );
    },

    mailRefused: (accountId, to, at) =>
      changed(
        database,
        `update accounts set email_refused_at = :at
         where id = :accountId and email_key = :key and email_refused_at is null
           and (email_checked_at is null or email_checked_at <= :at)`,
        { accountId, key: loginKey(to), at },
      ),

    async phoneReached(accountId, to, at) {
      await query(
        database,
        `update accounts set phone_checked_at = greatest(phone_checked_at, cast(:at as timestamptz)),
           phone_refused_at = case when phone_refused_at > :at then phone_refused_at end
         where id = :accountId and phone = :to`,
        { accountId, to, at },
      );
    },

    phoneRefused: (accountId, to, at) =>
      changed(
        database,
        `update accounts set phone_refused_at = :at
         where id = :accountId and phone = :to and phone_refused_at is null
           and (phone_checked_at is null or phone_checked_at < :at)`,
        { accountId, to, at },
      ),
  };
}
