import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');

/**
 * Before the first release nothing serves while these run, so they may still reshape what others made. After it each one
 * only expands, or says which release stopped using what it takes away.
 */
const BEFORE_FIRST_RELEASE = '20261125';
const CONTRACTS = /-- contract: unused since \d+\.\d+/;
const TAKES_AWAY =
  /\bdrop\s+(?:table|column)\b|\brename\s+(?:to|column)\b|\balter\s+column\s+\w+\s+(?:type|set\s+not\s+null)\b|\badd\s+column\s+(?:if\s+not\s+exists\s+)?\w+\s+(?![^,;]*\bdefault\b)[^,;]*\bnot\s+null\b/i;

const upOf = (source: string): string => source.split(/export async function down\b/)[0] ?? '';

const breaks = (source: string): boolean => TAKES_AWAY.test(upOf(source)) && !CONTRACTS.test(source);

test.each([
  ['alter table a drop column b', true],
  ['alter table a rename to b', true],
  ['alter table a rename column b to c', true],
  ['alter table a alter column b type bigint', true],
  ['alter table a alter column b set not null', true],
  ['alter table a add column b text not null', true],
  ["alter table a add column b text not null default ''", false],
  ['alter table a add column b text', false],
  ['create table a (b text not null)', false],
  ['create index a on b (c)', false],
  ['drop table a -- contract: unused since 1.4', false],
])('%s, while the version before serves: %s', (sql, expected) => {
  expect(breaks(`knex.raw(\`${sql}\`)`)).toBe(expected);
});

test('no migration takes away what the version before it still uses (docs/operations.md, releases)', () => {
  const files = globSync('migrations/*.ts', { cwd: ROOT }).sort();
  expect(files.length).toBeGreaterThan(10);
  const late = files.filter((file) => (file.split('/').at(-1) ?? '') >= BEFORE_FIRST_RELEASE);
  expect(late.filter((file) => breaks(readFileSync(join(ROOT, file), 'utf8')))).toEqual([]);
});
