import type Router from '@koa/router';
import { ownData } from '../../src/accounts/own-data.ts';
import { noStore } from '../../src/http/headers.ts';
import type { AccountPages } from './account.ts';
import type { Person } from './frame.ts';

const HERE = '/compte/donnees';

/** A value as a line of the readable page. */
const readable = (value: unknown): string =>
  value instanceof Date
    ? value.toISOString()
    : typeof value === 'object' && value !== null
      ? JSON.stringify(value)
      : String(value);

const rowsOf = (record: object) =>
  Object.entries(record)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => ({ name, value: readable(value) }));

/** All that is kept of the person, to read and to take away. */
export function data(router: Router, { frame, storage }: AccountPages): void {
  const collect = async (person: Person) => {
    const { supportCode, address } = person.asking.request;
    await storage.audit.write({ event: 'account.exported', accountId: person.account.id, supportCode, address });
    return ownData(storage, person.account);
  };

  router.get(
    '/donnees',
    frame.page(async (ctx, person) => {
      const { account, ways_to_sign_in: ways, ...lists } = await collect(person);
      await frame.show(ctx, person, {
        view: 'data',
        title: 'account.data.title',
        locals: (t) => ({
          parts: [
            { title: t('account.data.account'), rows: rowsOf(account) },
            { title: t('account.data.ways'), rows: rowsOf(ways) },
          ],
          lists: Object.entries(lists).map(([name, lines]) => ({
            title: t(`account.data.${name}`),
            lines: lines.map((line) => rowsOf(line).map(({ name: key, value }) => `${key} : ${value}`)),
          })),
        }),
      });
    }, 'export'),
  );

  router.get(
    '/donnees.json',
    frame.page(
      async (ctx, person) => {
        noStore(ctx);
        ctx.attachment('mire.json');
        ctx.type = 'json';
        ctx.body = JSON.stringify(await collect(person), null, 2);
      },
      'export',
      HERE,
    ),
  );
}
