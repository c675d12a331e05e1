import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/**
 * Every cookie of ours. Signed or authenticated: a changed one is none. Random: its value is looked up and says nothing.
 * A choice: one word of a closed list, which opens nothing, whoever writes it. A request: what any link may ask of `/authorize`.
 */
const COOKIES: Readonly<
  Record<string, readonly [name: string, kind: 'signed' | 'sealed' | 'random' | 'choice' | 'request', how: RegExp]>
> = {
  'src/upstream/logout.ts': ['mire_onward', 'sealed', /vault\.seal\(/],
  'src/protection/known-devices.ts': ['mire_device', 'sealed', /mac: macOf\(/],
  'interactions/remembered-mode.ts': ['mire_mode', 'choice', /MODE_IDS\.find\(/],
  'interactions/layout/lang.ts': ['mire_lang', 'choice', /isLang\(remembered\)/],
  'interactions/invitation/invitation.ts': ['mire_invitation', 'signed', /signed: true/],
  'interactions/modes/compte-local/remembered-structure.ts': ['mire_structure', 'signed', /signed: true/],
  'interactions/recovery/recovery.ts': ['mire_recovery', 'random', /randomToken\(\)/],
  'src/provider/begin-again.ts': ['mire_request', 'request', /`\$\{ROUTES\.authorization\}\?/],
  'interactions/visitor.ts': ['mire_visitor', 'random', /randomToken\(\)/],
};

test('every cookie is signed, sealed, random, or a choice or a request that opens nothing', () => {
  const setting = globSync('{src,adapters,interactions}/**/*.ts', { cwd: ROOT }).filter(
    (file) => !/^src\/sandbox\/|^interactions\/sandbox\//.test(file) && /cookies\.set\(|'set-cookie'/i.test(read(file)),
  );
  expect(setting.sort()).toEqual(Object.keys(COOKIES).sort());
  for (const [file, [name, , how]] of Object.entries(COOKIES))
    expect([file, read(file).includes(name), how.test(read(file))]).toEqual([file, true, true]);
});

test("the library's are signed, each of them", () => {
  const configuration = read('src/provider/configuration.ts');
  expect(configuration).toMatch(/long: \{[^}]*httpOnly: true[^}]*signed: true/);
  expect(configuration).toMatch(/short: \{[^}]*httpOnly: true[^}]*signed: true/);
});

test('no cookie is read where a changed one would be believed', () => {
  const reading = globSync('{src,interactions}/**/*.ts', { cwd: ROOT }).filter(
    (file) => !/^src\/sandbox\/|^interactions\/sandbox\//.test(file) && /cookies\.get\(/.test(read(file)),
  );
  // The interaction's, by the library's own name, and signed.
  const own = new Set([...Object.keys(COOKIES), 'interactions/visit.ts', 'src/http/request.ts']);
  expect(reading.filter((file) => !own.has(file))).toEqual([]);
  expect(read('interactions/visit.ts')).toContain("cookies.get(current.cookieName('interaction'), { signed: true })");
});
