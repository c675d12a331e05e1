import { describe, expect, test } from '@jest/globals';
import { readSettings, SettingsError } from '../../config/settings.ts';
import { ConfigError } from '../../src/http/errors.ts';
import { trustOfSettings } from '../../src/main/cards.ts';
import { testSecrets } from '../support/mire.ts';

const PRODUCTION = {
  MIRE_ENV: 'production',
  ISSUER: 'https://mire.sante.fr',
  DATABASE_URL: 'postgres://mire@db/mire',
  MAIL_URL: 'smtps://mail.sante.fr',
  MAIL_FROM: 'Mire <ne-pas-repondre@sante.fr>',
  SMS_URL: 'https://sms.sante.fr/send',
  SUPPORT_URL: 'https://assistance.sante.fr/',
  ...testSecrets(),
};
const CARD = {
  CPS_ORIGIN: 'https://cps.mire.sante.fr',
  TRUSTED_PROXIES: '10.0.0.1',
  CARD_HEADER_FORMAT: 'nginx',
  CARD_PROXY_SECRET: 'x'.repeat(32),
  CARD_ANCHORS_FILE: '/etc/mire/anchors.pem',
  CARD_INTERMEDIATES_FILE: '/etc/mire/intermediates.pem',
  CARD_CRL_URLS: 'http://crl.sante.fr/a.crl',
};
const read = (env: Record<string, string>) => readSettings({ ...PRODUCTION, ...env }, testSecrets);

function wrong(env: Record<string, string>): string[] {
  try {
    read(env);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return [...new Set(error.problems.map(({ name }) => name))].sort();
  }
  return [];
}

describe('settings of the card', () => {
  test('production without a host for cards does not offer the mode', () => {
    expect(read({}).MODES).not.toContain('cps');
    expect(read(CARD).MODES).toContain('cps');
  });

  test('the mode asked for by name, or its host alone: everything that is missing is said at once', () => {
    const all = Object.keys(CARD).sort();
    expect(wrong({ MODES: 'login-mdp,cps' })).toEqual(all);
    expect(wrong({ CPS_ORIGIN: CARD.CPS_ORIGIN })).toEqual(all.filter((name) => name !== 'CPS_ORIGIN'));
  });

  test.each(Object.keys(CARD).filter((name) => name !== 'CPS_ORIGIN'))('%s is needed', (name) => {
    expect(wrong({ ...CARD, [name]: '' })).toEqual([name]);
  });

  test.each([
    ['CARD_PROXY_SECRET', 'x'.repeat(31)],
    ['CARD_HEADER_FORMAT', 'guess'],
    ['CARD_HEADER', 'X_Mire_Card'],
    ['CARD_TYPES', 'CPS,VIP'],
    ['CARD_CRL_URLS', 'ldap://annuaire/x'],
    ['CARD_OCSP_URL', 'ldap://annuaire/x'],
    ['CPS_ORIGIN', 'http://cps.mire.sante.fr'],
    ['CPS_ORIGIN', PRODUCTION.ISSUER],
    ['CARD_DEGRADED', 'maybe'],
  ])('%s=%s is refused', (name, value) => {
    expect(wrong({ ...CARD, [name]: value })).toEqual([name]);
  });

  test('every card that names somebody is accepted, unless fewer are named', () => {
    expect(read(CARD).CARD_TYPES).toEqual(['CPS', 'CPF', 'CPE', 'CPA', 'CDE', 'CDA']);
    expect(read({ ...CARD, CARD_TYPES: 'CPS,CPF' }).CARD_TYPES).toEqual(['CPS', 'CPF']);
  });

  test('a declared degraded mode needs no revocation list', () => {
    expect(wrong({ ...CARD, CARD_CRL_URLS: '', CARD_DEGRADED: 'true' })).toEqual([]);
  });

  test('the sandbox has a second host and a TLS port of its own', () => {
    const sandbox = readSettings({ PORT: '3005' }, testSecrets);
    expect(sandbox).toMatchObject({ CPS_ORIGIN: 'http://127.0.0.1:3005', CARD_TLS_PORT: 3448 });
    expect(sandbox.MODES).toContain('cps');
    expect(read(CARD).CARD_TLS_PORT).toBe(0);
  });

  test('a file of authorities that is missing or holds none stops the start', () => {
    const here = import.meta.filename;
    for (const CARD_ANCHORS_FILE of ['/nowhere/anchors.pem', '/dev/null', here]) {
      expect(() =>
        trustOfSettings({ settings: read({ ...CARD, CARD_ANCHORS_FILE, CARD_INTERMEDIATES_FILE: '/dev/null' }) }),
      ).toThrow(ConfigError);
    }
  });
});
