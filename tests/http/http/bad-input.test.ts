import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Browser } from '../../support/http/browser.ts';
import { FORM, form, raw } from '../../support/http/raw-request.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND } from '../../support/sign-in/journeys.ts';
import { type Begun, beginCode, beginLogin, csrfOf, interactionOf, written } from '../../support/sign-in/steps.ts';

/** What a page of a refusal never shows. */
const INSIDES = /\bat \S+ \(|node_modules|\.ts:\d|select |insert into|TypeError|Mire-sandbox-2026!/;

describe('bad input is refused with the right status, and nothing is written nor lost', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());

  const send = async ({ browser, page }: Begun, body: string | Buffer, headers: Record<string, string> = FORM) => {
    const cookie = await browser.jar.getCookieString(page.url.href);
    return raw(mire.issuer, {
      method: 'POST',
      path: page.url.pathname,
      headers: { accept: 'text/html', cookie, ...headers },
      body,
    });
  };
  /** After a refusal the same person signs in on the same page. */
  const nothingLost = async ({ browser, page, started }: Begun) => {
    const answer = await browser.post(page.url, { _csrf: csrfOf(page), ...MDURAND });
    expect((await started.finish(answer.url)).claims()).toMatchObject({ acr: 'eidas1' });
  };
  const withToken = ({ page }: Begun, fields: Record<string, string>) => form({ _csrf: csrfOf(page), ...fields });
  const BIG = 'x'.repeat(10_000);

  test.each([
    ['a NUL in the identifier', { login: 'mdurand\0', password: 'x' }, 422],
    ['a line break and a header in the identifier', { login: 'mdurand\r\nBcc: a@evil.example', password: 'x' }, 422],
    ['a login of 10 kB', { login: BIG, password: 'x' }, 422],
    ['a password of 10 kB', { login: 'mdurand', password: BIG }, 422],
    ['an empty login', { login: '', password: 'x' }, 422],
    ['a login of spaces', { login: '   ', password: 'x' }, 422],
    ['no field', {}, 422],
    ['markup', { login: '<script>alert(1)</script>"\'', password: 'x' }, 401],
    ['SQL', { login: "' or 1=1; drop table accounts --", password: "' or ''='" }, 401],
  ])('%s', async (_what, fields, status) => {
    const begun = await beginLogin(mire);
    const before = await written(mire);
    const answer = await send(begun, withToken(begun, fields));
    expect(answer.status).toBe(status);
    expect(answer.body).not.toMatch(INSIDES);
    expect(answer.body).not.toContain('<script>alert');
    expect(await written(mire)).toEqual(before);
    await nothingLost(begun);
  });

  test('bytes that are no UTF-8, a lone surrogate, a field sent twice, nested names', async () => {
    const begun = await beginLogin(mire);
    const token = `_csrf=${csrfOf(begun.page)}`;
    for (const body of [
      `${token}&login=%ff%fe&password=x`,
      `${token}&login=%ED%A0%80&password=x`,
      `${token}&login=mdurand&login=kbenali&password=x`,
      `${token}&login[a]=mdurand&password[b]=x`,
      `${token}&__proto__[x]=1&constructor[prototype][y]=1&login=mdurand`,
      `${token}&login=%&password=%zz`,
      `${token}&${'a=1&'.repeat(2000)}`,
    ]) {
      const answer = await send(begun, body);
      expect([body.slice(45, 90), answer.status >= 400 && answer.status < 500]).toEqual([body.slice(45, 90), true]);
      expect(answer.body).not.toMatch(INSIDES);
    }
    expect(({} as { x?: unknown }).x).toBeUndefined();
    await nothingLost(begun);
  });

  test.each([
    ['JSON', { 'content-type': 'application/json' }, 415],
    ['a multipart form', { 'content-type': 'multipart/form-data; boundary=x' }, 415],
    ['plain text', { 'content-type': 'text/plain' }, 415],
  ])('%s where a form is expected', async (_what, headers, status) => {
    const begun = await beginLogin(mire);
    const answer = await send(begun, withToken(begun, MDURAND), headers);
    expect(answer.status).toBe(status);
    expect(answer.body).not.toMatch(INSIDES);
    await nothingLost(begun);
  });

  test('no content type at all is 415', async () => {
    const begun = await beginLogin(mire);
    expect((await send(begun, withToken(begun, MDURAND), {})).status).toBe(415);
    await nothingLost(begun);
  });

  test('a body too large is 413, whether it says its length or not', async () => {
    const begun = await beginLogin(mire);
    const body = withToken(begun, { login: 'x'.repeat(70_000), password: 'x' });
    expect((await send(begun, body)).status).toBe(413);
    expect((await send(begun, body, { ...FORM, 'transfer-encoding': 'chunked' })).status).toBe(413);
    await nothingLost(begun);
  });

  test("an unknown interaction, somebody else's, and a cookie that was changed are 400", async () => {
    const begun = await beginLogin(mire);
    const { pathname } = begun.page.url;
    const stranger = new Browser(mire.issuer);
    const tampered = (await begun.browser.jar.getCookieString(begun.page.url.href)).replace(
      /mire_interaction=.../,
      'mire_interaction=xxx',
    );
    for (const path of [
      pathname,
      interactionOf(begun.page),
      '/interaction/unknown',
      '/interaction/unknown/login-mdp',
      '/interaction/%00',
      '/interaction/..%2f..%2fetc',
    ]) {
      for (const method of ['GET', 'POST']) {
        const headers = {
          ...(method === 'POST' ? FORM : {}),
          accept: 'text/html',
          cookie: path === pathname ? tampered : '',
        };
        const answer = await raw(mire.issuer, {
          method,
          path,
          headers,
          ...(method === 'POST' ? { body: withToken(begun, MDURAND) } : {}),
        });
        // What is no form of ours has no POST.
        expect([path, method, method === 'POST' && !path.endsWith('mdp') ? [400, 404, 405] : [400]]).toEqual([
          path,
          method,
          expect.arrayContaining([answer.status]),
        ]);
        expect(answer.body).not.toMatch(INSIDES);
      }
    }
    expect((await stranger.get(begun.page.url)).status).toBe(400);
    expect((await stranger.post(begun.page.url, { _csrf: csrfOf(begun.page), ...MDURAND })).status).toBe(400);
    await nothingLost(begun);
  });

  test('the cookie of one interaction does not open another', async () => {
    const [one, other] = [await beginLogin(mire), await beginLogin(mire)];
    const cookie = await one.browser.jar.getCookieString(one.page.url.href);
    const answer = await raw(mire.issuer, {
      method: 'POST',
      path: other.page.url.pathname,
      headers: { ...FORM, cookie, accept: 'text/html' },
      body: withToken(other, MDURAND),
    });
    expect(answer.status).toBe(400);
  });

  test('an expired interaction is a page that says so', async () => {
    const begun = await beginLogin(mire);
    await mire.database.database('oidc_models').where({ model: 'Interaction' }).del();
    const page = await begun.browser.get(begun.page.url);
    expect(page.status).toBe(400);
    expect(page.body).toMatch(/[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}/);
    expect(page.body).not.toMatch(INSIDES);
  });

  test.each([
    ['spaces inside', (code: string) => `${code.slice(0, 3)} ${code.slice(3)}`],
    ['spaces around', (code: string) => `  ${code}\t`.replace('\t', ' ')],
    ['a no-break space', (code: string) => `${code.slice(0, 3)}\u00a0${code.slice(3)}`],
  ])('a code with %s is taken', async (_what, write) => {
    const { browser, started, code } = await beginCode(mire);
    expect((await started.finish((await browser.submit({ code: write(code) })).url)).claims()).toMatchObject({
      acr: 'eidas2',
    });
  });

  test.each([
    ['other digits', (code: string) => [...code].map((digit) => String.fromCodePoint(0x0660 + Number(digit))).join('')],
    [
      'full-width digits',
      (code: string) => [...code].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join(''),
    ],
    ['a NUL', (code: string) => `${code}\0`],
    ['letters', () => 'abcdef'],
    ['too few digits', (code: string) => code.slice(1)],
    ['too many digits', (code: string) => `${code}0`],
    ['nothing', () => ''],
    ['10 kB', () => '1'.repeat(10_000)],
  ])('a code of %s is no code, and costs no try', async (_what, write) => {
    const { browser, started, code } = await beginCode(mire);
    const tries = async () => {
      const rows = await mire.database.database('challenges').orderBy('created_at', 'desc').limit(1);
      return Number(rows[0]?.attempts);
    };
    expect((await browser.submit({ code: write(code) })).status).toBe(422);
    expect(await tries()).toBe(0);
    expect((await started.finish((await browser.submit({ code })).url)).claims()).toMatchObject({ acr: 'eidas2' });
  });

  test('an unknown channel is 422 and sends nothing', async () => {
    const begun = await beginLogin(mire, { client: 'ror' });
    await begun.browser.click('Code Éphémère');
    await begun.browser.submit(MDURAND);
    const sent = mire.sandbox.inbox.list().length;
    expect((await begun.browser.submit({ channel: 'fax' })).status).toBe(422);
    expect(mire.sandbox.inbox.list()).toHaveLength(sent);
  });

  test('what is not there is 404, what may not be done is 405, in our style', async () => {
    const browser = new Browser(mire.issuer);
    for (const path of [
      '/nothing',
      '/sandbox/nothing',
      '/assets/../package.json',
      '/assets/%2e%2e/package.json',
      '/.env',
      '/.mire/secrets.json',
      '/%',
      '/%ff',
      '/\\evil.example',
    ]) {
      const { status, body } = await raw(mire.issuer, { path, headers: { accept: 'text/html' } });
      expect([path, [400, 404].includes(status)]).toEqual([path, true]);
      expect(body).not.toMatch(INSIDES);
    }
    expect((await browser.post('/', {})).status).toBe(405);
    for (const method of ['PUT', 'DELETE', 'PATCH', 'TRACE', 'OPTIONS']) {
      expect((await raw(mire.issuer, { method, path: '/' })).status).toBeLessThan(500);
    }
  });

  test('headers too large are refused before anything reads them', async () => {
    expect((await raw(mire.issuer, { path: '/', headers: { cookie: `x=${'x'.repeat(40_000)}` } })).status).toBe(431);
  });
});
