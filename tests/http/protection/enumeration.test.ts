import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { PACE } from '../../../config/pace.ts';
import { createPasswords } from '../../../src/accounts/passwords.ts';
import { FORM, form, raw } from '../../support/http/raw-request.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { beginLogin, csrfOf, interactionOf } from '../../support/sign-in/steps.ts';

describe('no page tells whether an account exists', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '1' }, added: { pace: PACE } });
  });
  afterAll(() => mire.close());
  beforeEach(async () => {
    await mire.database.database('rate_limits').del();
  });

  /** The whole answer to one wrong attempt, without what is new each time. */
  async function answerTo(mode: string, login: string, password = 'wrong') {
    const { browser, page } = await beginLogin(mire);
    const at = interactionOf(page);
    const since = performance.now();
    const { status, headers, body } = await raw(mire.issuer, {
      method: 'POST',
      path: `${at}/${mode}`,
      headers: { ...FORM, accept: 'text/html', cookie: await browser.jar.getCookieString(page.url.href) },
      body: form({ _csrf: csrfOf(page), login, password }),
    });
    const { date: _date, 'content-length': length, 'retry-after': _after, ...same } = headers;
    const shown = body
      .replaceAll(csrfOf(page), 'CSRF')
      .replaceAll(at, 'HERE')
      .replaceAll(login, 'LOGIN')
      .replace(/[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}/g, 'SUPPORT');
    return { took: performance.now() - since, same: { status, headers: same, shown, length } };
  }

  test.each(['login-mdp', 'code-ephemere'])(
    '%s answers an unknown identifier, a wrong password, a blocked account and one without channel alike',
    async (mode) => {
      const unknown = await answerTo(mode, 'nobody1');
      expect(unknown.same.status).toBe(401);
      expect(unknown.took).toBeGreaterThanOrEqual(240);
      for (const login of ['mdurand', 'jmoreau', 'tmartin', 'kbenali', 'cpetit1'.slice(0, 7)]) {
        const known = await answerTo(mode, login);
        expect(known.same).toEqual(unknown.same);
        expect(known.took).toBeGreaterThanOrEqual(240);
      }
    },
  );

  test('the page echoes what was typed, as it was typed', async () => {
    const { browser } = await beginLogin(mire);
    for (const login of ['MDurand', 'NObody1']) {
      const page = await browser.submit({ login, password: 'wrong' });
      expect(page.page.querySelector('[name=login]')?.getAttribute('value')).toBe(login);
      expect(page.page.querySelector('[name=password]')?.getAttribute('value')).toBeFalsy();
    }
  });

  test('the lock too is the same for who exists and who does not', async () => {
    for (const login of ['mdurand', 'nobody1']) for (let i = 0; i < 5; i++) await answerTo('login-mdp', login);
    const [known, unknown] = [await answerTo('login-mdp', 'mdurand'), await answerTo('login-mdp', 'nobody1')];
    const minutes = (text: string) => text.replace(/\d+ (minutes?|secondes?)/g, 'SOON');
    expect(known.same.status).toBe(429);
    expect({ ...known.same, shown: minutes(known.same.shown), length: 0 }).toEqual({
      ...unknown.same,
      shown: minutes(unknown.same.shown),
      length: 0,
    });
  });

  test("the password of somebody unknown is checked too, against nobody's hash", async () => {
    const verified = jest.spyOn(mire.sandbox.parts.passwords, 'verify');
    await answerTo('login-mdp', 'nobody1', 'a guess');
    expect(verified.mock.calls).toEqual([['a guess', undefined]]);
    verified.mockRestore();
  });

  test('checking a password against nobody costs what it costs against somebody', async () => {
    const passwords = createPasswords({ memory: 32 * 1024, passes: 3 });
    const stored = await passwords.hash('right');
    const time = async (hash: string | undefined) => {
      const since = performance.now();
      for (let i = 0; i < 3; i++) await passwords.verify('wrong', hash);
      return performance.now() - since;
    };
    // Without the decoy it would be thousands of times less; the bound leaves room for a busy machine.
    expect(await time(undefined)).toBeGreaterThan((await time(stored)) / 10);
  });
});
