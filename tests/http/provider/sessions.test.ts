import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND, messages, signInByCode, signInByPassword } from '../../support/sign-in/journeys.ts';
import { addStructure, ON_ITS_NETWORK } from '../../support/structures/structures.ts';

const MDURAND_ID = '0b7d6a52-1f8e-4a57-9d0c-3e1f5a6b7c01';
const KBENALI = { login: 'kbenali', password: 'Stethoscope-bleu-42' };

describe('sessions', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ env: { TRUSTED_PROXIES: '127.0.0.1,::1' } });
    await addStructure(mire, ON_ITS_NETWORK);
  });
  afterAll(() => mire.close());

  const application = (id: string) => Application.discover(mire.issuer, id);
  const audited = async (event: string) => {
    const { rows } = await mire.database.database.raw<{
      rows: { account_id: string; mode: string; details: Record<string, unknown> }[];
    }>('select account_id, mode, details from audit where event = ? order by id', [event]);
    return rows;
  };

  test('a person’s list says device, place, mode, level and applications; one is ended, the others go on', async () => {
    const ror = await application('ror');
    const [phone, desk] = [
      new Browser(mire.issuer, { 'user-agent': 'Phone/1' }),
      new Browser(mire.issuer, { 'user-agent': 'Desk/1', 'x-forwarded-for': '198.51.100.7' }),
    ];
    const onPhone = await ror.start();
    const phoneTokens = await onPhone.finish((await signInByPassword(phone, onPhone.url)).url);
    const onDesk = await ror.start();
    const deskTokens = await onDesk.finish((await signInByCode(mire, desk, onDesk.url)).url);
    const portail = await application('portail');
    await desk.get((await portail.start()).url);

    const { storage } = mire.sandbox.parts;
    const list = await storage.signIns.sessionsOf(MDURAND_ID);
    expect(list).toMatchObject([
      {
        userAgent: 'Desk/1',
        place: 'CHU des Trois Vallées, Annecy',
        signIn: { mode: 'code-ephemere', acr: 'eidas2' },
        clientIds: ['portail', 'ror'],
      },
      { userAgent: 'Phone/1', signIn: { mode: 'login-mdp', acr: 'eidas1' }, clientIds: ['ror'] },
    ]);

    const lost = list.find(({ userAgent }) => userAgent === 'Phone/1');
    expect(
      await mire.sandbox.logout.end(
        { uidHash: lost?.uidHash ?? Buffer.alloc(0), accountId: MDURAND_ID },
        'administrator',
      ),
    ).toBe(1);
    await expect(client.refreshTokenGrant(ror.configuration, phoneTokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    expect(await client.tokenIntrospection(ror.configuration, phoneTokens.access_token)).toMatchObject({
      active: false,
    });
    expect((await phone.get((await ror.start({ prompt: 'none' })).url)).url.searchParams.get('error')).toBe(
      'login_required',
    );
    expect((await phone.get(mire.issuer)).body).not.toContain('Marie Durand');

    expect(await client.tokenIntrospection(ror.configuration, deskTokens.access_token)).toMatchObject({ active: true });
    expect((await desk.get((await ror.start({ prompt: 'none' })).url)).url.searchParams.get('code')).toEqual(
      expect.any(String),
    );
    // The browser whose session was ended signs in again, on a session of its own.
    const again = await ror.start();
    expect((await again.finish((await signInByPassword(phone, again.url)).url)).claims()?.sub).toBe(MDURAND_ID);
    expect(await mire.sandbox.logout.end({ accountId: MDURAND_ID }, 'administrator')).toBe(2);
  });

  test('a session ends after 4 hours whatever its use, a step-up included; its tokens with it', async () => {
    const browser = new Browser(mire.issuer);
    const ror = await application('ror');
    const started = await ror.start();
    const tokens = await started.finish((await signInByPassword(browser, started.url)).url);
    // Only the database's clock is moved: the library keeps its own, which is the idle end's.
    mire.clock.forward(3 * 3600 + 59 * 60);
    const messagerie = await application('messagerie');
    const sent = mire.sandbox.inbox.list().length;
    await browser.get((await messagerie.start()).url);
    await browser.submit({ channel: 'mail' });
    const [message] = await messages(mire, sent + 1);
    expect((await browser.submit({ code: message?.code ?? '' })).url.searchParams.get('code')).toEqual(
      expect.any(String),
    );

    mire.clock.forward(2 * 60);
    expect((await browser.get((await ror.start({ prompt: 'none' })).url)).url.searchParams.get('error')).toBe(
      'login_required',
    );
    await expect(client.refreshTokenGrant(ror.configuration, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    expect((await audited('session.ended')).at(-1)).toMatchObject({
      account_id: MDURAND_ID,
      details: { by: 'expired' },
    });
  });

  test('Login / Mdp sent by hand during a step-up is refused and audited', async () => {
    const browser = new Browser(mire.issuer);
    const ror = await application('ror');
    await signInByPassword(browser, (await ror.start()).url);
    const page = await browser.get((await (await application('messagerie')).start()).url);
    const tabs = page.page.querySelectorAll('.modes a').map((tab) => tab.text);
    expect(tabs.some((tab) => tab.includes('Login / Mdp'))).toBe(false);
    expect(page.body).toContain('La messagerie contient des données de santé');
    const csrf = page.page.querySelector('[name=_csrf]')?.getAttribute('value') ?? '';
    const [, , uid] = page.url.pathname.split('/');
    const refused = await browser.post(`/interaction/${uid}/login-mdp`, { ...MDURAND, _csrf: csrf });
    expect(refused.status).toBe(403);
    expect((await audited('sign-in.mode-refused')).at(-1)).toMatchObject({
      mode: 'login-mdp',
      account_id: MDURAND_ID,
      details: { reason: 'too-weak' },
    });
  });

  test('somebody else who signs in there takes the place only after saying so', async () => {
    const browser = new Browser(mire.issuer);
    const ror = await application('ror');
    const first = await ror.start();
    const mine = await first.finish((await signInByPassword(browser, first.url)).url);
    const second = await ror.start({ prompt: 'login' });
    const asked = await signInByPassword(browser, second.url, KBENALI);
    expect(asked.body).toContain('Marie Durand est connecté dans ce navigateur');
    // Nothing has changed yet.
    expect(await client.tokenIntrospection(ror.configuration, mine.access_token)).toMatchObject({ active: true });
    const back = await browser.submit({}, '/switch');
    const theirs = await second.finish(back.url);
    expect(theirs.claims()?.sub).not.toBe(mine.claims()?.sub);
    expect(await client.tokenIntrospection(ror.configuration, mine.access_token)).toMatchObject({ active: false });
    expect((await browser.get(mire.issuer)).body).toContain('Karim Benali');
    expect((await audited('session.ended')).at(-1)).toMatchObject({
      account_id: MDURAND_ID,
      details: { by: 'switch' },
    });
  });

  test('prompt=select_account: go on as before with one click', async () => {
    const browser = new Browser(mire.issuer);
    const ror = await application('ror');
    await signInByPassword(browser, (await ror.start()).url);
    const started = await ror.start({ prompt: 'select_account' });
    expect((await browser.get(started.url)).body).toContain('Continuer en tant que Marie Durand');
    expect((await started.finish((await browser.submit({}, '/keep')).url)).claims()?.acr).toBe('eidas1');
  });

  test('a request that no mode of this deployment can meet ends at the application', async () => {
    const without = await startMire({ env: { MODES: 'code-ephemere,login-mdp' } });
    try {
      const started = await (await Application.discover(without.issuer, 'ror')).start({ acr_values: 'eidas3' });
      const back = await new Browser(without.issuer).get(started.url);
      expect(back.url.searchParams.get('error')).toBe('unmet_authentication_requirements');
    } finally {
      await without.close();
    }
  });

  test('the last mode that worked opens first next time; the cookie says nothing else', async () => {
    const browser = new Browser(mire.issuer);
    const ror = await application('ror');
    expect((await browser.get((await ror.start()).url)).url.pathname).toMatch(/cps$/);
    // A phone has no card reader.
    const phone = new Browser(mire.issuer, { 'user-agent': 'Mozilla/5.0 (Linux; Android 15) Mobile Safari/537.36' });
    expect((await phone.get((await ror.start()).url)).url.pathname).toMatch(/code-ephemere$/);
    await signInByPassword(browser, (await ror.start()).url);
    const next = await browser.get((await ror.start({ prompt: 'login' })).url);
    expect(next.url.pathname).toMatch(/login-mdp$/);
    const [cookie] = (await browser.jar.getCookies(next.url.href)).filter(({ key }) => key === 'mire_mode');
    expect(cookie).toMatchObject({ value: 'login-mdp', httpOnly: true });
    // An application may still open another one.
    expect((await browser.get((await ror.start({ prompt: 'login', mode: 'code-ephemere' })).url)).url.pathname).toMatch(
      /code-ephemere$/,
    );
  });
});
