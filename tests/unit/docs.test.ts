import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { describeSettings } from '../../config/settings.ts';
import { errorsPage } from '../../tools/docs/errors.ts';
import { limitsPage } from '../../tools/docs/limits.ts';
import { settingsPage } from '../../tools/docs/settings.ts';
import { table } from '../../tools/docs/table.ts';

const ROOT = join(import.meta.dirname, '../..');

test.each([
  ['docs/errors.md', errorsPage],
  ['docs/limits.md', limitsPage],
  ['docs/settings.md', settingsPage],
])('%s says what the code says (else: npm run docs)', (name, page) => {
  expect(readFileSync(join(ROOT, name), 'utf8')).toBe(page());
});

test('every setting says what it means', () => {
  expect(describeSettings().filter(({ text }) => text === '')).toEqual([]);
});

test('a bar in a cell does not split it', () => {
  expect(table(['a'], [['x|y']])).toBe('| a |\n| --- |\n| x\\|y |');
});
