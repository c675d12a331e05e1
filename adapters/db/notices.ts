import { randomUUID } from 'node:crypto';
import { localeOf } from '../../src/delivery/mail-frame.ts';
import type { Notices } from '../../src/delivery/notice.ts';
import type { Locale } from '../../src/delivery/ports.ts';
import { isTemplate, paramsOf } from '../../src/delivery/templates.ts';
import type { Vault } from '../../src/protection/secrets.ts';
import { first, type Queryable, query } from './query.ts';

interface NoticeRow {
  readonly id: string;
  readonly template: string;
  readonly account_id: string | null;
  readonly destination: Buffer;
  readonly params: Buffer;
  readonly locale: Locale;
  readonly created_at: Date;
  readonly sent_at: Date | null;
  readonly given_up_at: Date | null;
}

const contextOf = (id: string, column: 'destination' | 'params') => `notice:${id}:${column}`;

export function createNotices(database: Queryable, vault: Vault): Notices {
  return {
    async write({ template, to, locale, at, params = {}, accountId }) {
      // Said here, where the caller is, rather than by a worker that nobody reads.
      const missing = paramsOf(template).filter((name) => params[name] === undefined);
      if (missing.length > 0) throw new Error(`the notice ${template} needs ${missing.join(', ')}`);
      const id = randomUUID();
      await query(
        database,
        `insert into notices (id, template, account_id, destination, params, locale, created_at)
         values (:id, :template, :accountId, :destination, :params, :locale, :at)`,
        {
          id,
          template,
          accountId,
          destination: vault.seal(to, contextOf(id, 'destination')),
          params: vault.seal(JSON.stringify(params), contextOf(id, 'params')),
          locale: localeOf(locale),
          at,
        },
      );
      return id;
    },

    async byId(id) {
      const row = await first<NoticeRow>(
        database,
        `select id, template, account_id, destination, params, locale, created_at, sent_at, given_up_at
         from notices where id = :id`,
        { id },
      );
      // A template of another version of Mire: that one sends it.
      if (!row || !isTemplate(row.template)) return undefined;
      return {
        id: row.id,
        template: row.template,
        accountId: row.account_id ?? undefined,
        to: vault.open(row.destination, contextOf(id, 'destination')).toString(),
        params: JSON.parse(vault.open(row.params, contextOf(id, 'params')).toString()) as Record<string, string>,
        locale: row.locale,
        createdAt: row.created_at,
        sentAt: row.sent_at ?? undefined,
        givenUpAt: row.given_up_at ?? undefined,
      };
    },

    async templatesOf(ids) {
      const rows = await query<{ template: string }>(
        database,
        'select template from notices where id = any (cast(:ids as uuid[]))',
        { ids: [...ids] },
      );
      return rows.map(({ template }) => template).filter(isTemplate);
    },

    async markSent(id, at) {
      await query(database, 'update notices set sent_at = :at where id = :id', { id, at });
    },

    async markGivenUp(id, at) {
      await query(database, 'update notices set given_up_at = :at where id = :id', { id, at });
    },

    async unsent({ from, to }, limit) {
      const rows = await query<{ id: string }>(
        database,
        `select id from notices where sent_at is null and given_up_at is null and created_at >= :from and created_at < :to
         order by created_at limit :limit`,
        { from, to, limit },
      );
      return rows.map(({ id }) => id);
    },
  };
}
