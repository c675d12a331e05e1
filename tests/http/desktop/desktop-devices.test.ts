import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { noticeTo } from '../../support/accounts/account-pages.ts';
import { SENT_BY_FORM } from '../../support/clients/hostile-texts.ts';
import { askDesktop, goOn, refusal, signedInDesktop } from '../../support/desktop/desktops.ts';
import { describeWith } from '../../support/jest/services.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND } from '../../support/sign-in/journeys.ts';
import { auditOf } from '../../support/sign-in/steps.ts';
import { testRedis } from '../../support/storage/redis.ts';

const OTHER = { login: 'kbenali', password: 'Stethoscope-bleu-42' };
const anyRequest = { id: 'x', supportCode: 'TEST-TEST', address: '127.0.0.1' };

describe('devices', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '100' } });
  });
  afterAll(() => mire.close());

  /** A browser signed in by a desktop, with its application's tokens. */
  async function browserBy({ desktop }: Awaited<ReturnType<typeof signedInDesktop>>) {
    const asked = await askDesktop(mire);
    const { id } = await desktop.openRequest({ request: asked.request });
    await desktop.approve(id, asked.number);
    const back = await goOn(asked);
    const tokens = await asked.started.finish(back.url);
    const silent = async () => {
      const started = await asked.application.start({ prompt: 'none' });
      return (await asked.browser.get(started.url)).url.searchParams.get('error') ?? 'signed in';
    };
    return { ...asked, tokens, silent };
  }

  test('revoked: its session, its tokens and the browsers it opened end at once; its key does not come back', async () => {
    const key = await client.randomDPoPKeyPair();
    const signed = await signedInDesktop(mire, { key });
    const opened = await browserBy(signed);
    expect(await opened.silent()).toBe('signed in');
    const waiting = await askDesktop(mire);
    const { id } = await signed.desktop.openRequest({ request: waiting.request });
    await signed.desktop.approve(id, waiting.number);

    const { storage } = mire.sandbox.parts;
    const { device } = await signed.desktop.session();
    const [account] = await mire.database.database('desktop_devices').where({ id: device.id }).select('account_id');
    const { sessions } = mire.sandbox.http.desktop;
    expect(await sessions.revoke(account.account_id, device.id, anyRequest)).toBe(true);
    expect(await sessions.revoke(account.account_id, device.id, anyRequest)).toBe(false);

    expect(await refusal(signed.desktop.session())).toBe('desktop-token');
    expect(await opened.silent()).toBe('login_required');
    const { configuration } = opened.application;
    await expect(client.refreshTokenGrant(configuration, opened.tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    // An approval given before, and not taken yet.
    expect((await goOn(waiting)).status).toBe(409);
    expect(await storage.desktopDevices.of(account.account_id)).toEqual([]);
    expect((await auditOf(mire, 'device.revoked')).at(-1)?.details).toEqual({ device: device.id });

    const again = await signedInDesktop(mire, { key, open: false });
    expect(await refusal(again.desktop.openSession('Encore'))).toBe('desktop-device-revoked');
  });

  test('of somebody else are nobody to revoke or rename', async () => {
    const { desktop } = await signedInDesktop(mire);
    const { device } = await desktop.session();
    const { storage } = mire.sandbox.parts;
    const other = (await storage.accounts.byLoginKey(OTHER.login))?.account.id ?? '';
    const { sessions } = mire.sandbox.http.desktop;
    expect(await sessions.revoke(other, device.id, anyRequest)).toBe(false);
    expect(await sessions.rename(other, device.id, 'Volé', anyRequest)).toBe(false);
    expect((await desktop.session()).device.name).toBe('Poste de test');
  });

  test('one key is one device of each person who uses it; a new sign-in ends the session before', async () => {
    const key = await client.randomDPoPKeyPair();
    const first = await signedInDesktop(mire, { key, name: 'Poste de garde' });
    const second = await signedInDesktop(mire, { key, name: 'Autre nom' });
    const [one, two] = [await refusal(first.desktop.session()), await second.desktop.session()];
    expect([one, two.device.name]).toEqual(['desktop-session', 'Poste de garde']);
    const colleague = await signedInDesktop(mire, { key, person: OTHER });
    expect((await colleague.desktop.session()).device.id).not.toBe(two.device.id);
    expect((await second.desktop.session()).account.name).toBe('Marie Durand');
  });

  test('signing out of the desktop leaves the browsers, unless the setting says otherwise', async () => {
    const signed = await signedInDesktop(mire);
    const opened = await browserBy(signed);
    await signed.desktop.signOut();
    expect(await opened.silent()).toBe('signed in');

    const strict = await startMire({ env: { DESKTOP_LOGOUT_ENDS_BROWSERS: 'true' } });
    try {
      const desktop = await signedInDesktop(strict);
      const asked = await askDesktop(strict);
      const { id } = await desktop.desktop.openRequest({ request: asked.request });
      await desktop.desktop.approve(id, asked.number);
      await asked.started.finish((await goOn(asked)).url);
      const token = await desktop.desktop.accessToken();
      await desktop.desktop.signOut();
      const started = await asked.application.start({ prompt: 'none' });
      expect((await asked.browser.get(started.url)).url.searchParams.get('error')).toBe('login_required');
      expect(token).not.toBe('');
    } finally {
      await strict.close();
    }
  });

  test('the session of a desktop ends, however often its tokens are renewed', async () => {
    const short = await startMire({ env: { DESKTOP_SESSION: '900' } });
    try {
      const { desktop } = await signedInDesktop(short, { person: MDURAND });
      short.clock.forwardAll(700);
      expect((await desktop.session()).acr).toBe('eidas2');
      short.clock.forwardAll(210);
      expect(await refusal(desktop.session())).toMatch(/^desktop-(?:session|token)$/);
    } finally {
      await short.close();
    }
  });
});

describe('the desktop applications of an account, on its page', () => {
  test('are named and removed there by their owner', async () => {
    const mire = await startMire();
    try {
      const { desktop, browser } = await signedInDesktop(mire, { name: 'Poste de soins 3' });
      const told = await noticeTo(mire, 'mdurand@hopital.example', /nouvel appareil/);
      expect(told.text).toContain('Poste de soins 3');
      const page = await browser.get(`${mire.issuer}/compte/appareils`);
      expect(page.page.text).toContain('Poste de soins 3');
      const renamed = await browser.submit({ name: 'Poste de garde' }, '/bureau/renommer');
      expect(renamed.page.text).toContain("L'appareil est renommé.");
      expect((await desktop.session()).device.name).toBe('Poste de garde');
      for (const name of [' ', ...SENT_BY_FORM])
        expect({ name, status: (await browser.submit({ name }, '/bureau/renommer')).status }).toEqual({
          name,
          status: 422,
        });
      const { id } = (await desktop.session()).device;
      const gone = await browser.submit({ device: id }, '/bureau/retirer');
      expect(gone.page.text).toContain("L'appareil est retiré");
      expect(gone.page.text).not.toContain('Poste de garde');
      expect(await refusal(desktop.session())).toBe('desktop-token');
    } finally {
      await mire.close();
    }
  });
});

describeWith('redis', 'with Redis, where access tokens live', () => {
  test("a removed device's token is refused, though Redis holds it still", async () => {
    const redis = await testRedis();
    const mire = await startMire({ env: { REDIS_URL: redis.url } });
    try {
      const { desktop } = await signedInDesktop(mire);
      const { device } = await desktop.session();
      const account = (await mire.sandbox.parts.storage.accounts.byLoginKey('mdurand'))?.account.id ?? '';
      expect(await mire.sandbox.http.desktop.sessions.revoke(account, device.id, anyRequest)).toBe(true);
      const held = await Promise.all((await redis.client.keys('*AccessToken*')).map((key) => redis.client.type(key)));
      expect(held.length).toBeGreaterThan(0);
      expect(await refusal(desktop.session())).toBe('desktop-token');
    } finally {
      await mire.close();
      await redis.stop();
    }
  });
});
