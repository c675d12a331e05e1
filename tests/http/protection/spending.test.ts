import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { loginKey } from '../../../src/accounts/login-key.ts';
import { DOORS, type Door } from '../../../src/protection/doors.ts';
import { LIMITS, type LimitName } from '../../../src/protection/limits.ts';
import { atAccount, noticeTo } from '../../support/accounts/account-pages.ts';
import { parallel } from '../../support/accounts/sample-accounts.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND, messages, newestCode, openCodeEphemere } from '../../support/sign-in/journeys.ts';
import { auditOf, begin, beginLogin, knownBrowser } from '../../support/sign-in/steps.ts';
import { solvedCaptcha } from '../../support/sign-up/sign-up.ts';
import { signInAt } from '../../support/structures/structures.ts';

const HOSPITAL = '198.51.100.9';
const STAFF = { uid: 'm.durand', password: 'Hopital-fictif-2026' };
const FORGOTTEN = '/mot-de-passe-oublie';
const MAIL = 'mdurand@hopital.example';

describe('what strangers do spends nothing of a browser that is known', () => {
  let mire: RunningMire;
  let known: Browser;
  let accountId = '';
  beforeAll(async () => {
    mire = await startMire({
      structures: true,
      env: { RATE_LIMIT_FACTOR: '1', TRUSTED_PROXIES: '127.0.0.1,::1', CAPTCHA_WORK: '2' },
    });
    accountId = (await mire.sandbox.parts.storage.accounts.byLoginKey('mdurand'))?.account.id ?? '';
    known = await knownBrowser(mire, at(HOSPITAL));
    await WAYS['Compte local'](known);
  });
  afterAll(() => mire?.close());
  beforeEach(async () => {
    await mire.database.database('rate_limits').del();
    await mire.database.database('structure_tries').del();
  });

  const at = (address: string) => new Browser(mire.issuer, { 'x-forwarded-for': address });
  let machine = 0;
  /** A browser somewhere else each time. */
  const stranger = () => at(`203.0.113.${++machine}`);
  /** What was sent last, whether it has come or not. */
  const newest = async () => (await newestCode(mire)).code;
  const AGAIN = { parameters: { prompt: 'login' } };

  /** The same as a person sees it: the application's callback, or the next page; what fails says its status. */
  const arrived = ({ status, url }: { status: number; url: URL }) =>
    url.searchParams.has('code') || url.pathname.endsWith('/second') ? 'in' : status;

  async function forget(browser: Browser, more: Record<string, string> = {}) {
    await browser.get(`${mire.issuer}${FORGOTTEN}`);
    return browser.submit({ login: 'mdurand', ...more });
  }

  const WAYS = {
    async password(browser: Browser) {
      await beginLogin(mire, { browser, ...AGAIN });
      return arrived(await browser.submit(MDURAND));
    },
    async 'mailed code'(browser: Browser) {
      await begin(mire, { browser, client: 'messagerie', ...AGAIN });
      await openCodeEphemere(browser);
      await browser.submit(MDURAND);
      const asked = await browser.submit({ channel: 'mail' });
      return asked.status === 200 ? arrived(await browser.submit({ code: await newest() })) : asked.status;
    },
    async 'forgotten password'(browser: Browser) {
      const page = await forget(browser);
      return page.status === 200 ? arrived(await browser.submit({ code: await newest() }, '/code')) : page.status;
    },
    async 'Compte local'(browser: Browser) {
      await begin(mire, { browser, ...AGAIN });
      return arrived(await signInAt(browser, 'hopital-fictif', STAFF));
    },
  } as const;

  async function everyWayIn() {
    for (const [way, come] of Object.entries(WAYS)) expect([way, await come(known)]).toEqual([way, 'in']);
  }

  /** Until nothing is left of it. */
  async function useUp(name: LimitName, key: string): Promise<void> {
    for (;;) {
      try {
        if ((await mire.sandbox.parts.limits.take(name, key)).left === 0) return;
      } catch {
        return;
      }
    }
  }

  test('every limit of the table that a stranger can reach, used up at once: every way in stays open', async () => {
    const keys = { account: accountId, address: HOSPITAL, destination: loginKey(MAIL) };
    const reached = new Set(
      Object.values<Door>(DOORS).flatMap(({ seen, strangers, address, proven, beside }) =>
        [seen, strangers, address, proven, beside?.seen, beside?.strangers].filter((name) => name !== undefined),
      ),
    );
    for (const name of reached) {
      const { by } = LIMITS[name];
      if (by in keys) await useUp(name, keys[by as keyof typeof keys]);
    }
    // Nobody else comes in.
    expect(await WAYS.password(stranger())).toBe(429);
    expect(await WAYS['forgotten password'](stranger())).toBe(429);
    await everyWayIn();
  });

  test('whoever has the password and throws the cookie jar away has five second factors a day, and the owner is told', async () => {
    const answers: number[] = [];
    for (let jar = 0; jar < 5; jar += 1) {
      const browser = stranger();
      await beginLogin(mire, { browser });
      expect((await browser.submit(MDURAND)).url.searchParams.has('code')).toBe(true);
      const { page } = await begin(mire, { browser, client: 'messagerie' });
      await browser.get(`${page.url.pathname.split('/code-ephemere')[0]}/code-ephemere/app`);
      for (let n = 0; n < 4; n += 1) answers.push((await browser.submit({ code: String(100_000 + n) }, '/app')).status);
    }
    expect(answers.filter((status) => status === 401)).toHaveLength(5);
    expect(answers.filter((status) => status === 429)).toHaveLength(15);
    await noticeTo(mire, MAIL, /essaie d.ouvrir votre compte/);
    expect(await auditOf(mire, 'account.tries-used-up')).toMatchObject([
      { account_id: accountId, details: { limit: 'day-one-factor' } },
    ]);
    await everyWayIn();
  });

  test('a right password does not make wrong second factors of somebody else moot', async () => {
    await useUp('day-one-factor', accountId);
    const browser = stranger();
    await beginLogin(mire, { browser });
    await browser.submit(MDURAND);
    const late = await begin(mire, { browser: stranger(), client: 'messagerie' });
    await openCodeEphemere(late.browser);
    await late.browser.submit(MDURAND);
    await late.browser.get(`${late.browser.current?.url.pathname}/app`);
    expect((await late.browser.submit({ code: '123456' }, '/app')).status).toBe(429);
  });

  test('twelve anonymous forgotten passwords: the owner’s browser gets its codes, and who solves a captcha too', async () => {
    for (let n = 0; n < 12; n += 1) await forget(stranger());
    const browser = stranger();
    const refused = await forget(browser);
    expect(refused.status).toBe(429);
    expect(refused.page.querySelector('altcha-widget')).not.toBeNull();
    const solved = await browser.submit({ login: 'mdurand', ...(await solvedCaptcha(mire)) });
    expect(solved.url.pathname).toBe(`${FORGOTTEN}/code`);
    await everyWayIn();
  });

  test('fifteen wrong codes of a forgotten password: the sign-in’s codes and the owner’s browser are untouched', async () => {
    const statuses: number[] = [];
    for (let jar = 0; jar < 3; jar += 1) {
      const browser = stranger();
      await forget(browser);
      for (let n = 0; n < 5; n += 1) statuses.push((await browser.submit({ code: '000000' }, '/code')).status);
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(2);
    expect(await WAYS['mailed code'](stranger())).toBe('in');
    await everyWayIn();
  });

  test('seventy requests for logins that do not exist: nobody behind that address is without a code', async () => {
    await parallel(70, async (n) => {
      const browser = at(HOSPITAL);
      await browser.get(`${mire.issuer}${FORGOTTEN}`);
      await browser.submit({ login: `nobody-${n}` });
    });
    // Who holds the right password is no stranger, whatever the browser.
    expect(await WAYS['mailed code'](at(HOSPITAL))).toBe('in');
    const browser = at(HOSPITAL);
    expect((await forget(browser)).status).toBe(429);
    const solved = await browser.submit({ login: 'mdurand', ...(await solvedCaptcha(mire)) });
    expect(solved.url.pathname).toBe(`${FORGOTTEN}/code`);
    await everyWayIn();
  });

  test('thirty wrong passwords of any login: Compte local stays open behind that address', async () => {
    const wrong = async (browser: Browser, uid: string, more: Record<string, string> = {}) => {
      await begin(mire, { browser });
      await signInAt(browser, 'hopital-fictif', { uid, password: 'wrong', ...more });
      return browser.current?.status;
    };
    const statuses = await parallel(32, (n) => wrong(at(HOSPITAL), `nobody-${n}`));
    expect(statuses.filter((status) => status === 401)).toHaveLength(30);
    await everyWayIn();
    const browser = at(HOSPITAL);
    await begin(mire, { browser });
    const refused = await signInAt(browser, 'hopital-fictif', STAFF);
    expect([refused.status, refused.page.querySelector('altcha-widget') === null]).toEqual([429, false]);
    const answer = await browser.submit({ login: STAFF.uid, password: STAFF.password, ...(await solvedCaptcha(mire)) });
    expect(arrived(answer)).toBe('in');
  });

  test('twenty sends at once: one leaves, and the nineteen others are given back', async () => {
    const browser = stranger();
    const { page } = await begin(mire, { browser, client: 'messagerie' });
    await openCodeEphemere(browser);
    const form = await browser.submit(MDURAND);
    const sent = mire.sandbox.inbox.list().length;
    const _csrf = form.page.querySelector('[name=_csrf]')?.getAttribute('value') ?? '';
    const base = page.url.pathname.split('/').slice(0, 3).join('/');
    await parallel(20, () => browser.fetch(`${base}/code-ephemere/channel`, posted({ _csrf, channel: 'mail' })));
    await messages(mire, sent + 1);
    expect(await mire.sandbox.parts.limits.take('sends-account', accountId)).toMatchObject({ used: 2 });
  });

  const posted = (fields: Record<string, string>) => ({ method: 'POST', body: new URLSearchParams(fields) });
});

describe('what one account may make us do', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '1' } });
  });
  afterAll(() => mire?.close());

  test('sixteen sign-ins from new browsers write three mails and one that sums up', async () => {
    for (let n = 0; n < 16; n += 1) {
      const { browser } = await beginLogin(mire);
      expect((await browser.submit(MDURAND)).url.searchParams.has('code')).toBe(true);
    }
    const rows = await mire.database.database('notices').select('template');
    const count = (template: string) => rows.filter((row) => row.template === template).length;
    expect([count('new-browser'), count('new-browsers')]).toEqual([3, 1]);
  });

  test('passwords to be judged in one session stop after twenty, cheap ones not counted', async () => {
    const { browser } = await atAccount(mire, '/compte/mot-de-passe');
    const choose = async (new_password: string) =>
      (await browser.submit({ new_password, new_password_confirmation: new_password })).status;
    for (let n = 0; n < 5; n += 1) expect(await choose('azerty')).toBe(422);
    for (let n = 0; n < 20; n += 1) expect(await choose('motdepasse2026')).toBe(422);
    expect(await choose('motdepasse2026')).toBe(429);
    // Another session of the same person is not concerned.
    const other = await atAccount(mire, '/compte/mot-de-passe');
    const fields = { new_password: 'motdepasse2026', new_password_confirmation: 'motdepasse2026' };
    expect((await other.browser.submit(fields)).status).toBe(422);
  });
});
