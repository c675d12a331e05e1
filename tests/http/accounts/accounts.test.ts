import { createHash, pbkdf2Sync, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import bcrypt from 'bcryptjs';
import { addAccount, importAccounts } from '../../../src/accounts/import.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { auditOf, beginLogin } from '../../support/sign-in/steps.ts';

const PASSWORD = 'Un-long-mot-de-passé-1';

const ssha = (algorithm: string, name: string) => {
  const salt = randomBytes(8);
  return `{${name}}${Buffer.concat([createHash(algorithm).update(PASSWORD).update(salt).digest(), salt]).toString('base64')}`;
};
const passlib = (bytes: Buffer) => bytes.toString('base64').replaceAll('+', '.').replace(/=+$/, '');
const SALT = Buffer.from('a-salt-of-16-byt');

const LEGACY: readonly (readonly [string, string])[] = [
  ['SSHA', ssha('sha1', 'SSHA')],
  ['SSHA256', ssha('sha256', 'SSHA256')],
  ['SSHA512', ssha('sha512', 'SSHA512')],
  ['bcrypt', bcrypt.hashSync(PASSWORD, 4)],
  ['PBKDF2 of Django', `pbkdf2_sha256$1000$sel$${pbkdf2Sync(PASSWORD, 'sel', 1000, 32, 'sha256').toString('base64')}`],
  [
    'PBKDF2 of passlib',
    `$pbkdf2-sha512$1000$${passlib(SALT)}$${passlib(pbkdf2Sync(PASSWORD, SALT, 1000, 64, 'sha512'))}`,
  ],
];

async function* lines(...texts: string[]): AsyncGenerator<string> {
  yield* texts;
}
const person = (login: string, more: Record<string, unknown> = {}) =>
  JSON.stringify({ login, family_name: 'Garnier', given_name: 'Lucie', terms_version: '2026-01', ...more });

describe('accounts of another system are imported', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());

  const storage = () => mire.sandbox.parts.storage;
  const hashOf = async (login: string) => (await storage().accounts.byLoginKey(login))?.passwordHash;
  const attempt = async (login: string, password: string) => {
    const { browser } = await beginLogin(mire);
    const { status, url } = await browser.submit({ login, password });
    return url.searchParams.has('code') ? 'in' : status;
  };

  test('the clock of a person is imported with them, and one that there is not is refused', async () => {
    const given = lines(
      person('horloge', { zoneinfo: 'Indian/Reunion' }),
      person('mars', { zoneinfo: 'Mars/Olympus' }),
    );
    expect(await importAccounts(storage(), given)).toMatchObject({ added: 1, refused: [{ line: 2 }] });
    const { account } = (await storage().accounts.byLoginKey('horloge')) ?? {};
    expect(mire.sandbox.parts.circumstances.zoneOf(account)).toBe('Indian/Reunion');
  });

  test.each(LEGACY)('a password under %s signs in, and is hashed anew at that moment only', async (kind, hash) => {
    const login = `import-${LEGACY.findIndex(([name]) => name === kind)}`;
    expect(await importAccounts(storage(), lines(person(login, { password_hash: hash })))).toEqual({
      added: 1,
      known: 0,
      refused: [],
    });
    expect(await attempt(login, 'wrong')).toBe(401);
    expect(await hashOf(login)).toBe(hash);
    expect(await attempt(login, PASSWORD)).toBe('in');
    expect(await hashOf(login)).toMatch(/^\$argon2id\$/);
    expect(await attempt(login, 'wrong')).toBe(401);
    expect(await attempt(login, PASSWORD.normalize('NFD'))).toBe('in');
    expect((await auditOf(mire, 'account.password-upgraded')).length).toBeGreaterThan(0);
  });

  test('an import that was cut off is run again: who is there already is known, and unchanged', async () => {
    const first = [person('reprise-1'), person('reprise-2', { national_id: '899900001114' })];
    await importAccounts(storage(), lines(...first));
    const again = await importAccounts(
      storage(),
      lines(person('REPRISE-1', { given_name: 'Autre' }), ...first, '', person('reprise-3')),
    );
    expect(again).toEqual({ added: 1, known: 3, refused: [] });
    expect((await storage().accounts.byLoginKey('reprise-1'))?.account.givenName).toBe('Lucie');
    expect(await importAccounts(storage(), lines(person('reprise-4', { national_id: '899900001114' })))).toMatchObject({
      known: 1,
    });
    expect(await storage().accounts.byLoginKey('reprise-4')).toBeUndefined();
  });

  test('a bad line is reported by its number and its fields, never its values, and the rest goes on', async () => {
    const report = await importAccounts(
      storage(),
      lines(
        '{',
        person('ligne-2'),
        person('ligne-3', { email: 'secret-value' }),
        person('ligne-4', { phone: '12' }),
        person('ligne-5', { unknown_field: 'secret-value' }),
        person('ligne-6', { password_hash: 'secret-value' }),
        '"text"',
        'null',
        person('ligne-9', { phone: '06 12 34 56 78', phone_verified: true }),
        person('ligne-10', { phone: '0692 12 34 56' }),
      ),
    );
    expect(report).toMatchObject({ added: 3, known: 0 });
    expect(report.refused.map(({ line }) => line)).toEqual([1, 3, 4, 5, 6, 7, 8]);
    expect(JSON.stringify(report)).not.toContain('secret-value');
    expect(report.refused.find(({ line }) => line === 3)?.reason).toContain('email');
    expect((await storage().accounts.byLoginKey('ligne-9'))?.account.phone).toBe('+33612345678');
    expect((await storage().accounts.byLoginKey('ligne-10'))?.account.phone).toBe('+262692123456');
  });

  test('text that no database can hold is a refused line, not a failed import', async () => {
    const report = await importAccounts(
      storage(),
      lines(
        person('nul-1', { family_name: 'a\u0000b' }),
        person('nul-2', { given_name: '\ud800' }),
        person('nul-\u0000'),
        person('nul-4'),
        person('nul-5', { password_hash: '$argon2id$\u0000' }),
      ),
    );
    expect(report.refused.map(({ line }) => line)).toEqual([1, 2, 3, 5]);
    expect(report.added).toBe(1);
  });

  test('the login of one is not the mail of another', async () => {
    await addAccount(storage(), { login: 'croise@hopital.example', family_name: 'A', given_name: 'B' }, 'test');
    expect(
      await addAccount(
        storage(),
        { login: 'croise-2', email: 'Croise@hopital.example', family_name: 'A', given_name: 'B' },
        'test',
      ),
    ).toBe('known');
  });
});
