import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { emptyDatabase, type TestDatabase } from '../support/storage/database.ts';

let started: TestDatabase;
beforeAll(async () => {
  started = await emptyDatabase('pglite');
});
afterAll(() => started.stop());

async function connect(url = started.url): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

describe('several connections on the one session', () => {
  test('a connection only ever receives the rows of its own queries and transactions', async () => {
    const clients = await Promise.all(Array.from({ length: 9 }, () => connect()));
    await clients[0]?.query('create table stress (id integer primary key, text text not null)');
    const rounds = 300;
    await Promise.all(
      clients.map(async (client, index) => {
        for (let round = 0; round < rounds; round++) {
          const id = index * 10_000 + round;
          if (index % 3 === 0) {
            const { rows } = await client.query('select $1::int as one', [id]);
            expect(rows).toEqual([{ one: id }]);
          } else if (index % 3 === 1) {
            const { rows } = await client.query('select $1::text as text, $2::int as two', [`text ${id}`, id]);
            expect(rows).toEqual([{ text: `text ${id}`, two: id }]);
          } else {
            await client.query('begin');
            await client.query('insert into stress values ($1, $2)', [id, `row ${id}`]);
            const { rows } = await client.query('select text from stress where id = $1', [id]);
            expect(rows).toEqual([{ text: `row ${id}` }]);
            await client.query(round % 2 === 0 ? 'commit' : 'rollback');
          }
        }
      }),
    );
    const { rows } = await (clients[0] as pg.Client).query('select count(*)::int as kept from stress');
    expect(rows).toEqual([{ kept: (3 * rounds) / 2 }]);
    await Promise.all(clients.map((client) => client.end()));
  });

  test('an error in one connection reaches that one alone, and it goes on', async () => {
    const [wrong, right] = await Promise.all([connect(), connect()]);
    for (let round = 0; round < 50; round++) {
      const [failed, passed] = await Promise.allSettled([
        wrong.query('select $1::int / $2::int', [1, 0]),
        right.query('select $1::int as n', [round]),
      ]);
      expect(failed).toMatchObject({ status: 'rejected', reason: { code: '22012' } });
      expect(passed).toMatchObject({ status: 'fulfilled', value: { rows: [{ n: round }] } });
    }
    await Promise.all([wrong.end(), right.end()]);
  });

  test('another connection sees nothing of an open transaction: it waits for its end', async () => {
    const [one, other] = await Promise.all([connect(), connect()]);
    await one.query('create table waiting (n integer)');
    await one.query('begin');
    await one.query('insert into waiting values (1)');
    const order: string[] = [];
    const count = other.query('select count(*)::int as n from waiting').then(({ rows }) => {
      order.push('counted');
      return rows;
    });
    await one.query('insert into waiting values (2)');
    await one.query('commit').then(() => order.push('committed'));
    expect(await count).toEqual([{ n: 2 }]);
    expect(order).toEqual(['committed', 'counted']);
    await Promise.all([one.end(), other.end()]);
  });

  test('a connection cut off in a transaction leaves nothing behind and blocks nobody', async () => {
    const [cut, other] = await Promise.all([connect(), connect()]);
    cut.on('error', () => undefined);
    await cut.query('create table cut_off (n integer)');
    await cut.query('begin');
    await cut.query('insert into cut_off values (1)');
    const count = other.query('select count(*)::int as n from cut_off');
    (cut as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    expect((await count).rows).toEqual([{ n: 0 }]);
    await other.end();
  });

  test('a notification reaches the connection that listens, whoever sent it', async () => {
    const [listener, sender] = await Promise.all([connect(), connect()]);
    const heard = new Promise<string | undefined>((resolve) => {
      listener.on('notification', ({ payload }) => resolve(payload));
    });
    await listener.query('listen news');
    await sender.query("notify news, 'hello'");
    expect(await heard).toBe('hello');
    await Promise.all([listener.end(), sender.end()]);
  });
});

test('without the password of run.json nobody of the machine gets in', async () => {
  const url = new URL(started.url);
  url.password = 'guess';
  await expect(connect(url.href)).rejects.toMatchObject({ code: '28P01' });
});
