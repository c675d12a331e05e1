import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { addStructure } from '../../support/structures/structures.ts';

const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n';
const structure = (id: string, name: string, networks: readonly string[]) => ({
  id,
  name,
  networks,
  connector: { kind: 'ldap', servers: ['ldaps://127.0.0.1:9'], ca: CERTIFICATE, base_dn: 'dc=example' },
});

describe('the network of a structure', () => {
  let mire: RunningMire;
  let ror: Application;
  beforeAll(async () => {
    mire = await startMire({ env: { TRUSTED_PROXIES: '127.0.0.1,::1' } });
    await addStructure(mire, structure('chu', 'CHU des Trois Vallées', ['198.51.100.0/24', '2001:db8:1::/48']));
    await addStructure(mire, structure('pole', 'Pôle mère-enfant', ['198.51.100.64/26']));
    ror = await Application.discover(mire.issuer, 'ror');
  });
  afterAll(() => mire.close());

  const opened = async (from: string, more: Record<string, string> = {}, parameters: Record<string, string> = {}) => {
    const browser = new Browser(mire.issuer, { 'x-forwarded-for': from, ...more });
    const { url, page } = await browser.get((await ror.start(parameters)).url);
    return [url.pathname.split('/').at(-1), page.querySelector('.structure-chosen strong')?.text];
  };

  test.each([
    ['198.51.100.7', 'CHU des Trois Vallées'],
    ['2001:db8:1:2::3', 'CHU des Trois Vallées'],
    ['::ffff:198.51.100.7', 'CHU des Trois Vallées'],
    ['198.51.100.70', 'Pôle mère-enfant'],
  ])('%s is offered %s first: the narrowest network decides', async (from, name) => {
    expect(await opened(from)).toEqual(['compte-local', name]);
  });

  test.each(['203.0.113.9', '2001:db8:2::1', 'nonsense', '198.51.101.1'])(
    '%s is offered nothing special',
    async (from) => {
      expect((await opened(from))[0]).not.toBe('compte-local');
    },
  );

  test('what the application asks for comes first', async () => {
    expect((await opened('198.51.100.7', {}, { mode: 'login-mdp' }))[0]).toBe('login-mdp');
    expect(await opened('198.51.100.7', {}, { structure_hint: 'pole' })).toEqual(['compte-local', 'Pôle mère-enfant']);
  });

  test('an application that does not accept the mode is not shown it', async () => {
    // The level of the mode reaches eidas2, and no more.
    expect((await opened('198.51.100.7', {}, { acr_values: 'eidas3' }))[0]).not.toBe('compte-local');
  });

  test('a logo is a picture and nothing else, wherever it is opened', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>').toString(
      'base64',
    );
    const logo = { type: 'image/svg+xml', base64: svg };
    await addStructure(mire, { ...structure('logo', 'Clinique du logo', ['203.0.113.200']), logo });
    const browser = new Browser(mire.issuer, { 'x-forwarded-for': '203.0.113.200' });
    // The networks are read anew every half minute.
    mire.clock.forward(31);
    const { page } = await browser.get((await ror.start()).url);
    const address = page.querySelector('.structure-chosen img')?.getAttribute('src') ?? '';
    expect(address).toMatch(/^\/structures\/logo\/logo\?v=1$/);
    const answer = await browser.fetch(address);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
    expect(answer.headers.get('content-security-policy')).toContain('sandbox');
    expect((await browser.fetch('/structures/nowhere/logo')).status).toBe(404);
  });

  test('without a trusted proxy the header says nothing', async () => {
    const alone = await startMire();
    try {
      await addStructure(alone, structure('chu', 'CHU', ['198.51.100.0/24']));
      const application = await Application.discover(alone.issuer, 'ror');
      const browser = new Browser(alone.issuer, { 'x-forwarded-for': '198.51.100.7' });
      expect((await browser.get((await application.start()).url)).url.pathname).not.toMatch(/compte-local$/);
    } finally {
      await alone.close();
    }
  });
});
