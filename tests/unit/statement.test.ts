import { expect, test } from '@jest/globals';
import { statementOf } from '../../adapters/db/statement.ts';

test('a parameter is a number of its own at each place; casts and text in quotes are left alone', () => {
  const { text, parameters } = statementOf("select :a::text, ':b', ':''c', :a where x = :d");
  expect(text).toBe("select $1::text, ':b', ':''c', $2 where x = $3");
  expect(parameters).toEqual(['a', 'a', 'd']);
});

test.each(['select a from accounts where id = :id', '\n    select count(*) as held from updates'])(
  'what changes and locks nothing may share a connection: %s',
  (sql) => {
    expect(statementOf(sql).reads).toBe(true);
  },
);

test.each([
  'insert into flows (uid_hash) values (:uid)',
  'update accounts set status = :status',
  'with made as (insert into a values (:a) returning b) select b from made',
  'select id from sessions where uid_hash = :uid for update',
  'select id from sessions\n  where uid_hash = :uid for no key update skip locked',
  'select uid_hash from sessions for share',
  'select uid_hash from sessions for  key share',
  'select pg_advisory_xact_lock(:lock)',
  'begin',
])('what changes or locks has a connection of its own: %s', (sql) => {
  expect(statementOf(sql).reads).toBe(false);
});
