import { describe, expect, test } from '@jest/globals';
import { readSettings, SettingsError } from '../../config/settings.ts';
import { settingsReport } from '../../src/main/settings.ts';
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
const PSC = {
  PSC_ISSUER: 'https://auth.psc.sante.fr/auth/realms/esante-wallet',
  PSC_CLIENT_ID: 'mire',
  PSC_CLIENT_SECRET: 'a-secret-of-psc',
};
const ADDRESSES = {
  PSC_AUTHORIZATION_URL: 'https://wallet.psc.sante.fr/auth',
  PSC_TOKEN_URL: 'https://auth.psc.sante.fr/token',
  PSC_USERINFO_URL: 'https://auth.psc.sante.fr/userinfo',
  PSC_JWKS_URL: 'https://auth.psc.sante.fr/certs',
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

describe('settings of Pro Santé Connect', () => {
  test('production without an issuer does not offer the mode', () => {
    expect(read({}).MODES).not.toContain('psc');
    expect(read(PSC).MODES).toContain('psc');
  });

  test('the mode asked for by name: everything that is missing is said at once', () => {
    expect(wrong({ MODES: 'login-mdp,psc' })).toEqual(['PSC_CLIENT_ID', 'PSC_CLIENT_SECRET', 'PSC_ISSUER']);
    expect(wrong({ PSC_ISSUER: PSC.PSC_ISSUER })).toEqual(['PSC_CLIENT_ID', 'PSC_CLIENT_SECRET']);
    expect(wrong({ PSC_TOKEN_URL: ADDRESSES.PSC_TOKEN_URL })).toEqual(['PSC_ISSUER']);
  });

  test.each([
    ['private_key_jwt', ['PSC_KEY']],
    ['tls_client_auth', ['PSC_CERTIFICATE', 'PSC_CERTIFICATE_KEY']],
  ])('%s needs %j', (method, names) => {
    expect(wrong({ ...PSC, PSC_CLIENT_AUTH: method })).toEqual(names);
  });

  test('a certificate comes with its key, addresses come together, and none is plain http', () => {
    expect(wrong({ ...PSC, PSC_CERTIFICATE: 'pem' })).toEqual(['PSC_CERTIFICATE_KEY']);
    expect(wrong({ ...PSC, PSC_TOKEN_URL: ADDRESSES.PSC_TOKEN_URL })).toEqual([
      'PSC_AUTHORIZATION_URL',
      'PSC_JWKS_URL',
      'PSC_USERINFO_URL',
    ]);
    expect(wrong({ ...PSC, ...ADDRESSES })).toEqual([]);
    expect(wrong({ ...PSC, PSC_DISCOVERY_URL: 'http://auth.psc.sante.fr/x' })).toEqual(['PSC_DISCOVERY_URL']);
  });

  test('the sandbox needs none of them', () => {
    const settings = readSettings({}, testSecrets);
    expect(settings.MODES).toContain('psc');
    expect(settings.PSC_ISSUER).toBeUndefined();
  });

  test('no secret of it is shown', () => {
    const report = settingsReport(read({ ...PSC, PSC_KEY: 'pem-of-a-key' }));
    expect(report).toContain(PSC.PSC_ISSUER);
    expect(report).not.toMatch(/a-secret-of-psc|pem-of-a-key/);
  });
});
