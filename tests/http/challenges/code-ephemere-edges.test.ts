import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { parallel } from '../../support/accounts/sample-accounts.ts';
import type { Browser, Visited } from '../../support/http/browser.ts';
import { FORM, form } from '../../support/http/raw-request.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { WITHOUT_FLOORS } from '../../support/pace.ts';
import { MDURAND, messages } from '../../support/sign-in/journeys.ts';
import { auditOf, beginCode, beginLogin, csrfOf, interactionOf } from '../../support/sign-in/steps.ts';

const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');
const KBENALI = { login: 'kbenali', password: 'Stethoscope-bleu-42' };

describe('the ephemeral code', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ added: { pace: WITHOUT_FLOORS } });
  });
  afterAll(() => mire.close());
  beforeEach(async () => {
    await mire.database.database('rate_limits').del();
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });
  /** From here on only the test moves the clock: how long the machine takes is not counted. */
  const standStill = () => {
    const now = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => now);
  };

  const resend = async (browser: Browser): Promise<Visited & { readonly code: string }> => {
    const sent = mire.sandbox.inbox.list().length;
    const page = await browser.submit({}, '/resend');
    const code = page.status === 200 ? ((await messages(mire, sent + 1))[0]?.code ?? '') : '';
    return { ...page, code };
  };

  test('a resend before 30 seconds is 429 and says when; after that it comes, and kills the code before', async () => {
    standStill();
    const { browser, started, code: first } = await beginCode(mire);
    mire.clock.forward(29);
    const early = await resend(browser);
    expect(early.status).toBe(429);
    expect(Number(early.headers.get('retry-after'))).toBe(1);
    expect(early.body).toMatch(/seconde/);
    mire.clock.forward(2);
    const { code: second } = await resend(browser);
    if (first !== second) expect((await browser.submit({ code: first })).status).toBe(401);
    expect((await started.finish((await browser.submit({ code: second })).url)).claims()).toMatchObject({
      acr: 'eidas2',
    });
  });

  test('three sends, whatever the channel, and no fourth', async () => {
    const { browser, page } = await beginCode(mire);
    mire.clock.forward(31);
    await resend(browser);
    const sent = mire.sandbox.inbox.list().length;
    await browser.get(`${interactionOf(page)}/code-ephemere/channel`);
    const last = await browser.submit({ channel: 'sms' });
    await messages(mire, sent + 1);
    expect(
      last.page.querySelectorAll('form').some((one) => (one.getAttribute('action') ?? '').endsWith('/resend')),
    ).toBe(false);
    for (const [path, fields] of [
      ['/resend', {}],
      ['/channel', { channel: 'mail' }],
      ['/channel', { channel: 'sms' }],
    ] as const) {
      mire.clock.forward(31);
      const fourth = await browser.post(`${interactionOf(page)}/code-ephemere${path}`, {
        _csrf: csrfOf(page),
        ...fields,
      });
      expect([path, fourth.status]).toEqual([path, 429]);
    }
    expect(mire.sandbox.inbox.list()).toHaveLength(sent + 1);
  });

  test('a code of another channel dies when the next is sent', async () => {
    const { browser, page, code: byMail } = await beginCode(mire, { channel: 'mail' });
    const sent = mire.sandbox.inbox.list().length;
    await browser.get(`${interactionOf(page)}/code-ephemere/channel`);
    await browser.submit({ channel: 'sms' });
    const bySms = (await messages(mire, sent + 1))[0]?.code ?? '';
    if (byMail !== bySms) expect((await browser.submit({ code: byMail })).status).toBe(401);
    expect((await browser.submit({ code: bySms })).url.searchParams.get('code')).toBeTruthy();
  });

  test('five wrong tries kill the code, the right one included; a new code has five again', async () => {
    const { browser, started, page, code } = await beginCode(mire);
    for (let i = 0; i < 5; i++) expect((await browser.submit({ code: wrong(code) })).status).toBe(401);
    const dead = await browser.submit({ code });
    expect(dead.status).toBe(409);
    mire.clock.forward(31);
    await browser.get(`${interactionOf(page)}/code-ephemere`);
    const { code: next } = await resend(browser);
    expect((await browser.submit({ code: wrong(next) })).status).toBe(401);
    expect((await started.finish((await browser.submit({ code: next })).url)).claims()).toMatchObject({
      acr: 'eidas2',
    });
  });

  test('thirty wrong codes at once: at most five reach the comparison, and the right one after them is refused', async () => {
    const { browser, page, code } = await beginCode(mire);
    const before = (await auditOf(mire, 'sign-in.code-refused')).length;
    const body = form({ _csrf: csrfOf(page), code: wrong(code) });
    const answers = await parallel(30, () =>
      browser.fetch(`${interactionOf(page)}/code-ephemere/code`, { method: 'POST', headers: FORM, body }),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => ![401, 409, 429].includes(status))).toEqual([]);
    expect(await auditOf(mire, 'sign-in.code-refused')).toHaveLength(before + 5);
    expect((await browser.submit({ code })).status).toBe(409);
  });

  test('a code lives five minutes', async () => {
    standStill();
    const alive = await beginCode(mire);
    mire.clock.forward(299);
    expect((await alive.browser.submit({ code: alive.code })).url.searchParams.get('code')).toBeTruthy();
    const late = await beginCode(mire, { person: KBENALI });
    mire.clock.forward(301);
    const page = await late.browser.submit({ code: late.code });
    expect(page.status).toBe(409);
    expect(
      page.page
        .querySelectorAll('a')
        .some((link) => (link.getAttribute('href') ?? '').startsWith(interactionOf(late.page))),
    ).toBe(true);
  });

  test('a code that was used is dead in the next interaction too', async () => {
    const { browser, code } = await beginCode(mire);
    await browser.submit({ code });
    const next = await beginCode(mire);
    if (next.code !== code) expect((await next.browser.submit({ code })).status).toBe(401);
  });

  test('ten codes a day for one account, then 429, in whatever interaction', async () => {
    const own = await startMire({ env: { RATE_LIMIT_FACTOR: '1' }, added: { pace: WITHOUT_FLOORS } });
    try {
      for (let i = 0; i < 10; i++) await beginCode(own);
      const { browser } = await beginLogin(own);
      await browser.click('Code Éphémère');
      await browser.submit(MDURAND);
      const eleventh = await browser.submit({ channel: 'mail' });
      expect(eleventh.status).toBe(429);
      expect(Number(eleventh.headers.get('retry-after'))).toBeGreaterThan(60);
      expect(own.sandbox.inbox.list()).toHaveLength(10);
    } finally {
      await own.close();
    }
  });

  test('five wrong codes a day close the account to codes of unknown browsers, not to its password', async () => {
    const own = await startMire({ env: { RATE_LIMIT_FACTOR: '1' }, added: { pace: WITHOUT_FLOORS } });
    try {
      const first = await beginCode(own);
      for (let i = 0; i < 5; i++) expect((await first.browser.submit({ code: wrong(first.code) })).status).toBe(401);
      const { browser, code } = await beginCode(own);
      expect((await browser.submit({ code })).status).toBe(429);
      const { browser: other, started } = await beginLogin(own);
      expect((await started.finish((await other.submit(MDURAND)).url)).claims()).toMatchObject({ acr: 'eidas1' });
    } finally {
      await own.close();
    }
  });

  test('somebody whose only channel is the mail is not asked, and nobody is offered an unverified one', async () => {
    const { browser, page, started } = await (async () => {
      const begun = await beginLogin(mire, { client: 'ror' });
      await begun.browser.click('Code Éphémère');
      return { ...begun, page: await begun.browser.submit({ login: 'slefevre', password: 'Mortier-pilon-2026' }) };
    })();
    expect(page.page.querySelector('[name=code]')).not.toBeNull();
    expect(
      (await browser.post(`${interactionOf(page)}/code-ephemere/channel`, { _csrf: csrfOf(page), channel: 'sms' }))
        .status,
    ).toBe(422);
    const sent = mire.sandbox.inbox.list();
    expect(sent[0]).toMatchObject({ channel: 'mail', to: 'slefevre@hopital.example' });
    expect(
      (
        await started.finish(
          (
            await browser.post(`${interactionOf(page)}/code-ephemere/code`, {
              _csrf: csrfOf(page),
              code: sent[0]?.code ?? '',
            })
          ).url,
        )
      ).claims(),
    ).toMatchObject({ acr: 'eidas2' });
  });

  test('somebody without any verified channel learns it after the password, and not before', async () => {
    const { browser } = await beginLogin(mire);
    await browser.click('Code Éphémère');
    expect((await browser.submit({ login: 'tmartin', password: 'wrong' })).status).toBe(401);
    expect((await browser.submit({ login: 'tmartin', password: 'Agenda-partage-2026' })).status).toBe(422);
  });
});
