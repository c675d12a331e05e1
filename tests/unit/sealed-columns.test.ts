import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { SEALED_COLUMNS, SHORT_LIVED } from '../../adapters/db/sealed-columns.ts';

const ROOT = join(import.meta.dirname, '../..');

test('every adapter that seals a column has it in adapters/db/sealed-columns.ts, or its key could never be retired', () => {
  const sealing = globSync('adapters/**/*.ts', { cwd: ROOT }).filter((file) =>
    readFileSync(join(ROOT, file), 'utf8').includes('vault.seal('),
  );
  const tables = [...SEALED_COLUMNS.map(({ table }) => table), ...SHORT_LIVED];
  const unknown = sealing
    .filter((file) => file !== 'adapters/db/rewrap.ts' && file !== 'adapters/oidc/codec.ts')
    .filter((file) => {
      const source = readFileSync(join(ROOT, file), 'utf8');
      const named =
        file === 'adapters/db/sign-in-row.ts'
          ? ['sign_ins']
          : [...source.matchAll(/(?:into|update) (\w+)/g)].map(([, name]) => name);
      return !named.some((name) => tables.includes(name ?? ''));
    });
  expect(sealing.length).toBeGreaterThan(5);
  expect(unknown).toEqual([]);
});
