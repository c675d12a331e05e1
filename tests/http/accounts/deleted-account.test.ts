import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { answerOf, ask } from '../../support/http/outage.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND, messages, openCodeEphemere, signInByPassword } from '../../support/sign-in/journeys.ts';

describe('an account whose row is gone', () => {
  let mire: RunningMire;
  beforeEach(async () => {
    mire = await startMire();
  });
  afterEach(() => mire.close());

  const remove = async () => {
    const { rowCount } = await mire.database.database.raw<{ rowCount: number }>(
      'delete from accounts where login = ?',
      [MDURAND.login],
    );
    expect(rowCount).toBe(1);
  };
  const failures = () => mire.logs.filter((line) => (JSON.parse(line) as { level: number }).level >= 50);

  test('with a live session: asked to sign in again, at every door, and nothing fails', async () => {
    const browser = new Browser(mire.issuer);
    const ror = await Application.discover(mire.issuer, 'ror');
    const started = await ror.start();
    const tokens = await started.finish((await signInByPassword(browser, started.url)).url);
    const inHand = await ror.start();
    const code = (await browser.get(inHand.url)).url.searchParams.get('code') ?? '';
    await remove();

    const silent = await browser.get((await ror.start({ prompt: 'none' })).url);
    expect(silent.url.searchParams.get('error')).toBe('login_required');
    const page = await browser.get((await ror.start()).url);
    expect([page.status, page.url.pathname.split('/')[1]]).toEqual([200, 'interaction']);
    for (const prompt of ['login', 'select_account', 'consent']) {
      const { status, url } = await browser.get((await ror.start({ prompt })).url);
      expect([prompt, status, url.pathname.split('/')[1]]).toEqual([prompt, 200, 'interaction']);
    }
    const messagerie = await Application.discover(mire.issuer, 'messagerie');
    expect((await browser.get((await messagerie.start()).url)).status).toBe(200);
    const home = await browser.get(`${mire.issuer}/`);
    expect([home.status, home.body.includes('Marie Durand')]).toEqual([200, false]);

    const redeemed = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: 'http://localhost:4000/callback',
      code_verifier: inHand.verifier,
    };
    expect(await answerOf(ask(mire, '/token', 'ror', redeemed))).toMatchObject({ error: 'invalid_grant' });
    expect(
      await answerOf(
        ask(mire, '/token', 'ror', { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' }),
      ),
    ).toMatchObject({ error: 'invalid_grant' });
    const userinfo = await fetch(`${mire.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(userinfo.status).toBe(401);
    expect(failures()).toEqual([]);
  });

  test('between the password and the code: a sentence, never a failure', async () => {
    const browser = new Browser(mire.issuer);
    const messagerie = await Application.discover(mire.issuer, 'messagerie');
    await browser.get((await messagerie.start()).url);
    await openCodeEphemere(browser);
    await browser.submit(MDURAND);
    const other = new Browser(mire.issuer);
    await other.get((await messagerie.start()).url);
    await openCodeEphemere(other);
    await other.submit(MDURAND);
    await other.submit({ channel: 'sms' });
    const [message] = await messages(mire, 1);
    await remove();

    const noChannel = await browser.submit({ channel: 'mail' });
    expect([noChannel.status >= 400, noChannel.status < 500]).toEqual([true, true]);
    const noCode = await other.submit({ code: message?.code ?? '' });
    expect([noCode.status >= 400, noCode.status < 500]).toEqual([true, true]);
    for (const page of [browser, other]) expect((await page.get(page.current?.url ?? '')).status).toBeLessThan(500);
    expect(failures()).toEqual([]);
  });
});
