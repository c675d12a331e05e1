import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { INTRUDERS } from '../support/model/intruders.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

describe('docs/security.md', () => {
  const page = read('docs/security.md');
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  const who = rows.map((line) => line.split('|').map((cell) => cell.trim())).filter((cells) => cells.length === 6);

  test('says of each who may be hostile what they have, the most they get and what stops them', () => {
    const ids = who.map(([, id]) => id?.replaceAll('`', ''));
    expect(ids.sort()).toEqual(INTRUDERS.map(({ id }) => id as string).sort());
    for (const { id, most } of INTRUDERS) {
      const [, , , says = ''] = who.find(([, named]) => named === `\`${id}\``) ?? [];
      expect([id, most === undefined || says.includes(`\`${most}\``)]).toEqual([id, true]);
    }
    for (const cells of who) expect(cells.slice(1, 5).every((cell) => cell !== '')).toBe(true);
    for (const [, id, , , stops = ''] of who) expect([id, /`(?:src|interactions)\//.test(stops)]).toEqual([id, true]);
  });

  test('names files that are there, and what is in them', () => {
    const named = [...page.matchAll(/`((?:src|interactions|adapters|config|tests)\/[^`]*)`/g)].map(
      ([, path = '']) => path,
    );
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    const parts = [...page.matchAll(/(?:`(\w+)` and )?`(\w+)` in `([^`]+\.ts)`/g)];
    expect(parts.length).toBeGreaterThan(5);
    for (const [, first, second = '', file = ''] of parts)
      for (const name of [first, second])
        if (name) expect([file, name, read(file).includes(name)]).toEqual([file, name, true]);
  });

  test('and SECURITY.md are found from the README', () => {
    for (const link of ['](SECURITY.md)', '](docs/security.md)']) expect(read('README.md')).toContain(link);
  });
});
