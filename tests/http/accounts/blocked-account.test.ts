import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { blockAccount, unblockAccount } from '../../../src/accounts/blocking.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND } from '../../support/sign-in/journeys.ts';
import { auditOf, beginCode, beginLogin, signedIn, written } from '../../support/sign-in/steps.ts';

const JMOREAU = { login: 'jmoreau', password: 'Compte-bloque-2026' };

describe('a blocked account is out everywhere at once', () => {
  let mire: RunningMire;
  let id: string;
  beforeAll(async () => {
    mire = await startMire();
    id = (await mire.sandbox.parts.storage.accounts.byLoginKey('mdurand'))?.account.id ?? '';
  });
  afterAll(() => mire.close());
  afterEach(async () => {
    await unblockAccount(mire.sandbox.parts.storage, id);
  });
  const block = () => blockAccount(mire.sandbox.logout, id, 'test');

  test('silent sign-on, refresh, userinfo, introspection and a code in hand, within a second; unblocked, sign-in works and nothing old lives', async () => {
    const { application, browser, tokens } = await signedIn(mire);
    const inHand = await application.start();
    const answer = (await browser.get(inHand.url)).url;
    expect(await block()).toBe(true);

    const { configuration } = application;
    const silent = async () =>
      (await browser.get((await application.start({ prompt: 'none' })).url)).url.searchParams.get('error');
    const dead = async () => {
      expect(await silent()).toBe('login_required');
      await expect(client.fetchUserInfo(configuration, tokens.access_token, id)).rejects.toMatchObject({ status: 401 });
      expect(await client.tokenIntrospection(configuration, tokens.access_token)).toEqual({ active: false });
      expect(await client.tokenIntrospection(configuration, tokens.refresh_token ?? '')).toEqual({ active: false });
      await expect(client.refreshTokenGrant(configuration, tokens.refresh_token ?? '')).rejects.toMatchObject({
        error: 'invalid_grant',
      });
      await expect(inHand.finish(answer)).rejects.toMatchObject({ error: 'invalid_grant' });
    };
    await dead();
    expect((await browser.get(mire.issuer)).body).not.toContain('Marie Durand');
    // The same browser meets the sign-in page again, not a loop nor a failure.
    expect((await browser.get((await application.start()).url)).body).toContain('Login / Mdp');

    expect(await unblockAccount(mire.sandbox.parts.storage, id)).toBe(true);
    await dead();
    const again = await signedIn(mire, { browser });
    expect(again.tokens.claims()?.sub).toBe(id);
    expect((await auditOf(mire, 'account.blocked')).at(-1)).toMatchObject({
      account_id: id,
      details: { reason: 'test' },
    });
    expect((await auditOf(mire, 'account.unblocked')).at(-1)).toMatchObject({ account_id: id });
  });

  test('what outlives the session ends too', async () => {
    // `prompt=consent` shows its screen to the platform's own applications too.
    const { application, browser, started } = await beginLogin(mire, {
      parameters: { scope: 'openid offline_access', prompt: 'consent' },
    });
    await browser.submit(MDURAND);
    const tokens = await started.finish((await browser.submit({ decision: 'accept' }, '/consent')).url);
    expect(tokens.scope).toContain('offline_access');
    await block();
    await expect(client.refreshTokenGrant(application.configuration, tokens.refresh_token ?? '')).rejects.toMatchObject(
      { error: 'invalid_grant' },
    );
  });

  test('between the password and the code', async () => {
    const { browser, code } = await beginCode(mire);
    await block();
    const before = await written(mire);
    expect((await browser.submit({ code })).status).toBe(403);
    expect((await written(mire)).sign_ins).toBe(before.sign_ins);
  });

  test('between the proof and its answer at the application', async () => {
    const { browser, page } = await beginLogin(mire);
    const response = await browser.fetch(page.url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        _csrf: page.page.querySelector('[name=_csrf]')?.getAttribute('value') ?? '',
        ...MDURAND,
      }).toString(),
    });
    await block();
    const back = await browser.get(response.headers.get('location') ?? '');
    expect(back.url.searchParams.get('code')).toBeNull();
    expect(back.status).toBeLessThan(500);
  });

  test('the right password says that the account is not available, the wrong one says nothing', async () => {
    const { browser } = await beginLogin(mire);
    expect((await browser.submit({ ...JMOREAU, password: 'wrong' })).status).toBe(401);
    const refused = await browser.submit(JMOREAU);
    expect(refused.status).toBe(403);
    expect((await auditOf(mire, 'sign-in.refused')).at(-1)).toMatchObject({
      details: { reason: 'blocked' },
      mode: 'login-mdp',
    });
    await browser.click('Code Éphémère');
    expect((await browser.submit(JMOREAU)).status).toBe(403);
    expect(mire.sandbox.inbox.list().filter(({ to }) => to.startsWith('jmoreau'))).toEqual([]);
  });
});
