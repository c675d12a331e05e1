import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type RunningMire, startMire, testSecrets } from '../../support/mire.ts';
import {
  auditOf,
  beginCode,
  beginLogin,
  csrfOf,
  interactionOf,
  signedIn,
  written,
} from '../../support/sign-in/steps.ts';

const CPETIT = { login: 'cpetit', password: 'Maternite-calme-2026' };

describe('terms of use that were not accepted stand between the proof and its end', () => {
  const secrets = testSecrets();
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ env: secrets });
  });
  afterAll(() => mire.close());
  beforeEach(async () => {
    await mire.database
      .database('accounts')
      .where({ login: 'cpetit' })
      .update({ terms_version: null, terms_accepted_at: null });
  });

  test('accepting them ends the sign-in, once, and they are not asked again', async () => {
    const { browser, started } = await beginLogin(mire);
    const before = await written(mire);
    const page = await browser.submit(CPETIT);
    expect([page.status, page.page.querySelector('a[href="/conditions"]') === null]).toEqual([200, false]);
    expect((await written(mire)).sign_ins).toBe(before.sign_ins);
    const tokens = await started.finish((await browser.submit({}, '/terms')).url);
    expect(tokens.claims()).toMatchObject({ acr: 'eidas1', mire_mode: 'login-mdp' });
    expect((await auditOf(mire, 'account.terms-accepted')).at(-1)).toMatchObject({
      account_id: tokens.claims()?.sub,
      details: { version: mire.settings.TERMS_VERSION },
    });
    await signedIn(mire, { person: CPETIT });
  });

  test('the code of a sign-in that stops there is used up all the same', async () => {
    const { browser, page, code, started } = await beginCode(mire, { person: CPETIT });
    await browser.submit({ code });
    const again = await browser.post(`${interactionOf(page)}/code-ephemere/code`, { _csrf: csrfOf(page), code });
    expect(again.status).toBe(409);
    await browser.get(interactionOf(page));
    expect((await started.finish((await browser.submit({}, '/terms')).url)).claims()).toMatchObject({ acr: 'eidas2' });
  });

  test('leaving there signs nobody in', async () => {
    const { browser, application } = await beginLogin(mire);
    await browser.submit(CPETIT);
    const before = await written(mire);
    expect((await browser.submit({}, '/abort')).url.searchParams.get('error')).toBe('access_denied');
    expect(await written(mire)).toEqual(before);
    expect((await browser.get((await application.start({ prompt: 'none' })).url)).url.searchParams.get('error')).toBe(
      'login_required',
    );
    expect((await mire.sandbox.parts.storage.accounts.byLoginKey('cpetit'))?.account.termsVersion).toBeUndefined();
  });

  test('a new version is asked of who accepted the one before', async () => {
    const own = await startMire({ env: { ...secrets, TERMS_VERSION: '2027-01' }, database: mire.database });
    try {
      const { browser } = await beginLogin(own);
      const page = await browser.submit({ login: 'mdurand', password: 'Mire-sandbox-2026!' });
      expect(
        page.page.querySelectorAll('form').some((form) => (form.getAttribute('action') ?? '').endsWith('/terms')),
      ).toBe(true);
    } finally {
      await own.close();
    }
  });
});
