import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND } from '../../support/sign-in/journeys.ts';
import { auditOf, beginCode, beginLogin, csrfOf, interactionOf, written } from '../../support/sign-in/steps.ts';

describe('forms that were not asked for, and forms sent again', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());

  test('without its token, or with that of another interaction, every form is 403', async () => {
    const other = csrfOf((await beginLogin(mire)).page);
    const begun = await beginLogin(mire);
    const at = interactionOf(begun.page);
    const before = await written(mire);
    for (const path of [
      '/login-mdp',
      '/code-ephemere',
      '/code-ephemere/channel',
      '/code-ephemere/resend',
      '/code-ephemere/code',
      '/abort',
      '/terms',
      '/mail',
      '/mail/later',
      '/mail/code',
      '/consent',
    ]) {
      for (const token of [{}, { _csrf: '' }, { _csrf: other }, { _csrf: `${csrfOf(begun.page).slice(0, -1)}_` }]) {
        const answer = await begun.browser.post(`${at}${path}`, { ...MDURAND, ...token });
        expect([path, answer.status]).toEqual([path, 403]);
      }
    }
    expect(await written(mire)).toEqual(before);
    expect(
      (await begun.browser.post(`${at}/login-mdp`, { _csrf: csrfOf(begun.page), ...MDURAND })).url.searchParams.get(
        'code',
      ),
    ).toBeTruthy();
  });

  test('a 403 keeps the way back to the application and to the other modes', async () => {
    const begun = await beginLogin(mire);
    const page = await begun.browser.post(begun.page.url, MDURAND);
    expect(page.page.querySelectorAll('a').map((link) => link.getAttribute('href'))).toContain(
      interactionOf(begun.page),
    );
    expect((await begun.browser.submit({}, '/abort')).url.searchParams.get('error')).toBe('access_denied');
  });

  test('a sign-in sent again after its end is refused and makes no second one', async () => {
    const begun = await beginLogin(mire);
    const fields = { _csrf: csrfOf(begun.page), ...MDURAND };
    const first = await begun.browser.post(begun.page.url, fields);
    const before = await written(mire);
    const again = await begun.browser.post(begun.page.url, fields);
    expect([400, 409]).toContain(again.status);
    expect([400, 409]).toContain((await begun.browser.get(begun.page.url)).status);
    expect(await written(mire)).toEqual(before);
    expect((await begun.started.finish(first.url)).claims()).toBeTruthy();
  });

  test('the Back button after the password form shows the page again, and a deep link to a later step is 409', async () => {
    const begun = await beginLogin(mire);
    const at = interactionOf(begun.page);
    const token = { _csrf: csrfOf(begun.page) };
    for (const [path, fields] of [
      ['/code-ephemere/code', { code: '123456' }],
      ['/code-ephemere/channel', { channel: 'mail' }],
      ['/code-ephemere/resend', {}],
      ['/terms', {}],
      ['/mail', { email: 'autre@hopital.example' }],
      ['/mail/later', {}],
      ['/mail/code', { code: '123456' }],
      ['/consent', { decision: 'accept' }],
    ] as const) {
      const answer = await begun.browser.post(`${at}${path}`, { ...token, ...fields });
      expect([path, answer.status]).toEqual([path, 409]);
    }
    expect((await begun.browser.get(begun.page.url)).status).toBe(200);
  });

  test('leaving twice tells the application once', async () => {
    const { browser, page } = await beginLogin(mire);
    const before = (await auditOf(mire, 'sign-in.abandoned')).length;
    const abort = new URL(`${interactionOf(page)}/abort`, mire.issuer);
    const token = { _csrf: csrfOf(page) };
    const gone = await browser.post(abort, token);
    expect([gone.url.searchParams.get('error'), gone.url.searchParams.get('iss')]).toEqual([
      'access_denied',
      mire.issuer,
    ]);
    expect([400, 409]).toContain((await browser.post(abort, token)).status);
    expect(await auditOf(mire, 'sign-in.abandoned')).toHaveLength(before + 1);
  });

  test('a mode that the application does not accept is not offered, and its POST is 403 and audited', async () => {
    const { browser, page } = await beginCode(mire);
    const at = interactionOf(page);
    const first = (await auditOf(mire, 'sign-in.mode-refused')).length;
    expect(
      page.page.querySelectorAll('a').some((link) => (link.getAttribute('href') ?? '').endsWith('/login-mdp')),
    ).toBe(false);
    expect((await browser.get(`${at}/login-mdp`)).status).toBe(403);
    expect((await browser.post(`${at}/login-mdp`, { _csrf: csrfOf(page), ...MDURAND })).status).toBe(403);
    const lines = (await auditOf(mire, 'sign-in.mode-refused')).slice(first);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatchObject({ client_id: 'messagerie', mode: 'login-mdp', details: { reason: 'too-weak' } });
    expect(lines[1]?.address_hash).toBeInstanceOf(Uint8Array);
  });

  test('what only we may say is not believed from a form', async () => {
    const { browser, page, started } = await beginLogin(mire);
    const ours = {
      accountId: '00000000-0000-4000-8000-000000000000',
      acr: 'eidas3',
      amr: 'hwk',
      mode: 'cps',
      full: 'true',
      stage: 'done',
      version: '99',
      passwordAt: '2020-01-01T00:00:00.000Z',
      switched: 'true',
      terms_version: '2099-01',
      sub: 'x',
    };
    const back = await browser.post(page.url, { _csrf: csrfOf(page), ...MDURAND, ...ours });
    expect((await started.finish(back.url)).claims()).toMatchObject({
      acr: 'eidas1',
      amr: ['pwd'],
      mire_mode: 'login-mdp',
    });
  });

  test('the code form of one browser is no use in another', async () => {
    const one = await beginCode(mire);
    const two = await beginCode(mire);
    const answer = await two.browser.post(`${interactionOf(one.page)}/code-ephemere/code`, {
      _csrf: csrfOf(one.page),
      code: one.code,
    });
    expect(answer.status).toBe(400);
    expect((await one.browser.submit({ code: one.code })).url.searchParams.get('code')).toBeTruthy();
  });
});
