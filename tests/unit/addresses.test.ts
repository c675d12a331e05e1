import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');

/** What a request, or a proxy, says of the host it is for. */
const SAID =
  /\b(?:ctx|context|request|req)(?:\.req|\.request)?\.(?:host|hostname|origin|href|URL)\b|headers\.host\b|x-forwarded-host/;

test('no address is made of what a request says of its host', () => {
  const reading = globSync('{src,adapters,interactions}/**/*.ts', { cwd: ROOT })
    .filter((file) => !/^(?:src|interactions)\/sandbox\/|^src\/main\/conformance/.test(file))
    .filter((file) => SAID.test(readFileSync(join(ROOT, file), 'utf8')));
  // The one compares it with the settings' own; the other drops it.
  expect(reading.sort()).toEqual(['src/http/host.ts', 'src/http/trusted-proxy.ts']);
});
