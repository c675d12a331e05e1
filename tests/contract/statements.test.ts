import { expect, test } from '@jest/globals';
import { atomically, first, query } from '../../adapters/db/query.ts';
import { parallel } from '../support/accounts/sample-accounts.ts';
import { onEachDatabase } from '../support/storage/each-database.ts';

/** How statements are sent: by name, several at once in a transaction, their columns told once. */
onEachDatabase('statements', (ground) => {
  const database = () => ground().database;

  test('every kind of value goes out and comes back as it was, nulls too', async () => {
    const at = new Date('2026-11-24T07:59:59.123Z');
    const bytes = Buffer.from([0, 1, 92, 39, 255]);
    const words = ['plain', 'with "quotes"', 'with \\ backslash', 'a,b', '{c}', '', 'NULL', 'été'];
    const read = () =>
      first(
        database(),
        `select cast(:at as timestamptz) as at, cast(:bytes as bytea) as bytes, cast(:words as text[]) as words,
           cast(:yes as boolean) as yes, cast(:number as integer) as number, cast(:text as text) as text,
           cast(:nothing as text) as nothing`,
        { at, bytes, words, yes: true, number: -7, text: "it's 100 %", nothing: undefined },
      );
    const wanted = { at, bytes, words, yes: true, number: -7, text: "it's 100 %", nothing: null };
    expect(await read()).toEqual(wanted);
    // Again on the same connection, whose columns are known by now.
    expect(await read()).toEqual(wanted);
  });

  test('many at once of one statement: each gets its own answer', async () => {
    const answers = await parallel(60, async (index) =>
      first<{ twice: number }>(database(), 'select cast(:index as integer) * 2 as twice', { index }),
    );
    expect(answers.map((row) => row?.twice)).toEqual(Array.from({ length: 60 }, (_, index) => index * 2));
  });

  test('of those who read in one turn of the event loop, the one whose statement fails is the only one told so', async () => {
    const divide = (by: number) => first<{ q: number }>(database(), 'select 10 / cast(:by as integer) as q', { by });
    // More than share a connection, and more than there are connections.
    const answers = await Promise.allSettled(Array.from({ length: 40 }, (_, by) => divide(by)));
    expect(answers.map(({ status }) => status)).toEqual(['rejected', ...Array(39).fill('fulfilled')]);
    expect(answers[0]).toMatchObject({ reason: { code: '22012' } });
    // Every connection went back.
    const again = await Promise.all(
      Array.from({ length: 40 }, () => atomically(database(), (tx) => first(tx, 'select 1'))),
    );
    expect(again).toHaveLength(40);
  });

  test('no row, and many rows', async () => {
    const upTo = (most: number) =>
      query<{ n: number }>(database(), 'select n from generate_series(1, cast(:most as integer)) as n', { most });
    expect(await upTo(0)).toEqual([]);
    expect((await upTo(500)).map(({ n }) => n)).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
  });

  test('a statement that fails says why, and the connection goes on', async () => {
    const divide = (by: number) => first<{ q: number }>(database(), 'select 10 / cast(:by as integer) as q', { by });
    await expect(divide(0)).rejects.toMatchObject({ code: '22012' });
    expect(await divide(5)).toEqual({ q: 2 });
    await expect(query(database(), 'select no_such_column, :x', { x: 1 })).rejects.toMatchObject({ code: '42703' });
    expect(await divide(2)).toEqual({ q: 5 });
  });

  test('statements of one transaction that are sent together run in their order', async () => {
    await query(database(), 'create table if not exists trail (place serial, step text)');
    const rows = await atomically(database(), async (tx) => {
      const step = (name: string) => query(tx, 'insert into trail (step) values (:name)', { name });
      await Promise.all(['one', 'two', 'three'].map(step));
      return query<{ step: string }>(tx, 'select step from trail where :all order by place', { all: true });
    });
    expect(rows.map(({ step }) => step)).toEqual(['one', 'two', 'three']);
    await query(database(), 'drop table trail');
  });

  test('one of several that fails takes the others with it, and says why it failed itself', async () => {
    await query(database(), 'create table if not exists lone (digit integer primary key)');
    const insert = (only: number) => ({ sql: 'insert into lone (digit) values (:only)', bindings: { only } });
    const work = atomically(database(), async (tx) => {
      await Promise.all([1, 2, 2, 3].map((n) => query(tx, insert(n).sql, insert(n).bindings)));
    });
    await expect(work).rejects.toMatchObject({ code: '23505' });
    expect(await query(database(), 'select digit from lone where :all', { all: true })).toEqual([]);
    // The same statement, on connections that may have seen it fail.
    await parallel(8, (index) => query(database(), insert(index).sql, insert(index).bindings));
    expect(await query(database(), 'select digit from lone where :all', { all: true })).toHaveLength(8);
    await query(database(), 'drop table lone');
  });

  test('a transaction whose storage failed says so, whichever of its statements is heard first', async () => {
    const work = atomically(database(), async (tx) => {
      let next: Promise<unknown> = Promise.resolve();
      const divide = async () => query(tx, 'select 10 / cast(:by as integer)', { by: 0 });
      // Its failure comes up later than that of the statement sent after it.
      const failing = divide().catch(async (error: unknown) => {
        await Promise.allSettled([next]);
        throw error;
      });
      next = query(tx, 'select cast(:n as integer)', { n: 1 });
      await Promise.all([failing, next]);
    });
    await expect(work).rejects.toMatchObject({ code: '22012' });
  });

  test('what goes on after its transaction was given up is not sent into somebody else’s', async () => {
    let late: Promise<unknown> = Promise.resolve();
    const over = Promise.withResolvers<void>();
    const work = atomically(database(), async (tx) => {
      late = over.promise.then(() => query(tx, 'select cast(:n as integer)', { n: 1 }));
      throw new Error('given up');
    });
    await expect(work).rejects.toThrow('given up');
    over.resolve();
    await expect(late).rejects.toThrow('the transaction is over');
  });
});
