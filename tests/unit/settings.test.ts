import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SECRETS } from '../../config/secret-settings.ts';
import { readSettings, SettingsError } from '../../config/settings.ts';

const key = () => randomBytes(32).toString('base64');
const secrets = () => ({
  COOKIE_KEYS: key(),
  DATA_KEYS: `1:${key()}`,
  INDEX_KEY: key(),
  PAIRWISE_KEY: key(),
  DPOP_KEY: key(),
});
const never = () => {
  throw new Error('production invents no secret');
};
const PRODUCTION = {
  MIRE_ENV: 'production',
  ISSUER: 'https://mire.sante.fr',
  DATABASE_URL: 'postgres://mire@db/mire',
  MAIL_URL: 'smtps://mail.sante.fr',
  MAIL_FROM: 'Mire <ne-pas-repondre@sante.fr>',
  SMS_URL: 'https://sms.sante.fr/send',
  SUPPORT_URL: 'https://assistance.sante.fr/',
  ...secrets(),
};

/** The names of the settings that are wrong, sorted. */
function wrong(env: Record<string, string>): string[] {
  try {
    readSettings(env, never);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    for (const { name } of error.problems) expect(error.message).toContain(`  ${name}: `);
    return [...new Set(error.problems.map(({ name }) => name))].sort();
  }
  return [];
}

describe('settings', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'mire-settings-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test('the sandbox needs none, and production with all of them starts', () => {
    expect(readSettings({}, secrets)).toMatchObject({
      MIRE_ENV: 'sandbox',
      ISSUER: 'http://localhost:3000',
      RATE_LIMIT_FACTOR: 20,
    });
    expect(readSettings(PRODUCTION, never)).toMatchObject({
      ISSUER: PRODUCTION.ISSUER,
      RATE_LIMIT_FACTOR: 1,
      METRICS_PORT: 9464,
      TRUSTED_PROXIES: [],
    });
  });

  test('the port of the sandbox is that of its issuer', () => {
    expect(readSettings({ PORT: '4567' }, secrets).ISSUER).toBe('http://localhost:4567');
  });

  test('production names everything that is missing, at once', () => {
    expect(wrong({ MIRE_ENV: 'production' })).toEqual(
      [...SECRETS, 'DATABASE_URL', 'ISSUER', 'MAIL_URL', 'SMS_URL', 'SUPPORT_URL', 'MAIL_FROM'].sort(),
    );
  });

  test('a host for client software needs a proxy that proves itself, and is no other host', () => {
    const MTLS = {
      MTLS_ORIGIN: 'https://api.sante.fr',
      MTLS_PROXY_SECRET: 's'.repeat(32),
      TRUSTED_PROXIES: '10.0.0.1',
    };
    expect(wrong({ ...PRODUCTION, ...MTLS })).toEqual([]);
    for (const origin of ['http://api.sante.fr', 'https://mire.sante.fr'])
      expect(wrong({ ...PRODUCTION, ...MTLS, MTLS_ORIGIN: origin })).toEqual(['MTLS_ORIGIN']);
    expect(wrong({ ...PRODUCTION, ...MTLS, MTLS_PROXY_SECRET: 'short' })).toEqual(['MTLS_PROXY_SECRET']);
    expect(wrong({ ...PRODUCTION, MTLS_ORIGIN: MTLS.MTLS_ORIGIN })).toEqual(['MTLS_PROXY_SECRET', 'TRUSTED_PROXIES']);
  });

  test.each([
    ['ISSUER', 'http://mire.sante.fr'],
    ['SMS_URL', 'http://sms.sante.fr/'],
    ['RATE_LIMIT_FACTOR', '20'],
    ['RATE_LIMIT_FACTOR', '0'],
    ['RATE_LIMIT_FACTOR', '-1'],
    ['RATE_LIMIT_FACTOR', 'NaN'],
    ['ARGON2_MEMORY', '64'],
    ['SUPPORT_URL', 'https://support.example.org/'],
    ['COOKIE_KEYS', 'short'],
    ['COOKIE_KEYS', ','],
    ['INDEX_KEY', Buffer.alloc(16).toString('base64')],
    ['PAIRWISE_KEY', 'changeme'],
    ['DPOP_KEY', 'x'],
    ['DATA_KEYS', key()],
    ['DATA_KEYS', `0:${key()}`],
    ['DATA_KEYS', `1:${key()},1:${key()}`],
    ['ISSUER', 'https://mire.sante.fr/path'],
    ['ISSUER', 'https://user@mire.sante.fr'],
    ['ISSUER', 'mire.sante.fr'],
    ['MODES', 'login-mdp,unknown'],
    ['PORT', '0'],
    ['PORT', '70000'],
    ['SESSION_IDLE', '86400'],
    ['SESSION_ABSOLUTE', '86400'],
    ['MAIL_URL', 'http://mail.sante.fr'],
    ['DATABASE_URL', 'mysql://db'],
    ['SMS_HEADERS', '{'],
    ['SMS_HEADERS', '[]'],
  ])('%s=%s is refused in production, by name and alone', (name, value) => {
    expect(wrong({ ...PRODUCTION, [name]: value })).toEqual([name]);
  });

  test('the host of the cards must be https too', () => {
    expect(wrong({ ...PRODUCTION, CPS_ORIGIN: 'http://cps.sante.fr' })).toContain('CPS_ORIGIN');
  });

  test('a value that cannot be read does not hide what else is wrong', () => {
    expect(
      wrong({ ...PRODUCTION, PORT: 'x', RATE_LIMIT_FACTOR: '20', INDEX_KEY: 'x', SMS_URL: 'http://sms.sante.fr/' }),
    ).toEqual(['INDEX_KEY', 'PORT', 'RATE_LIMIT_FACTOR', 'SMS_URL']);
  });

  test('a proxy that is no address is refused by name', () => {
    expect(wrong({ ...PRODUCTION, TRUSTED_PROXIES: '10.0.0.0/8,everybody' })).toEqual(['TRUSTED_PROXIES']);
    expect(readSettings({ ...PRODUCTION, TRUSTED_PROXIES: '10.0.0.0/8, ::1' }, never).TRUSTED_PROXIES).toEqual([
      '10.0.0.0/8',
      '::1',
    ]);
  });

  test('a key that is a run of one byte is no secret', () => {
    expect(
      wrong({
        ...PRODUCTION,
        INDEX_KEY: Buffer.alloc(32).toString('base64'),
        DATA_KEYS: `1:${Buffer.alloc(32, 7).toString('base64')}`,
        COOKIE_KEYS: 'x'.repeat(40),
      }),
    ).toEqual(['COOKIE_KEYS', 'DATA_KEYS', 'INDEX_KEY']);
  });

  test('one key in two places is refused: the one would give the other away', () => {
    expect(wrong({ ...PRODUCTION, DPOP_KEY: PRODUCTION.INDEX_KEY })).toEqual(['DPOP_KEY']);
  });

  test('NAME_FILE stands in for NAME; a file that is not there is named, an empty value is none', () => {
    const file = join(directory, 'index-key');
    const value = key();
    writeFileSync(file, `${value}\n`);
    const { INDEX_KEY: _index, ...rest } = PRODUCTION;
    expect(readSettings({ ...rest, INDEX_KEY_FILE: file }, never).INDEX_KEY).toBe(value);
    expect(wrong({ ...rest, INDEX_KEY_FILE: join(directory, 'absent') })).toEqual(['INDEX_KEY']);
    writeFileSync(file, '\n');
    expect(wrong({ ...rest, INDEX_KEY_FILE: file })).toEqual(['INDEX_KEY']);
    expect(wrong({ ...PRODUCTION, INDEX_KEY: '' })).toEqual(['INDEX_KEY']);
  });

  test('no message repeats a value', () => {
    try {
      readSettings(
        {
          ...PRODUCTION,
          INDEX_KEY: 'a-secret-that-is-short',
          COOKIE_KEYS: 'another-secret',
          DATABASE_URL: 'mysql://user:a-password@db',
        },
        never,
      );
    } catch (error) {
      expect((error as Error).message).not.toMatch(/a-secret|another-secret|a-password/);
      return;
    }
    throw new Error('these settings were taken');
  });
});
