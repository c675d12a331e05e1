import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { PACE } from '../../config/pace.ts';
import { atAccount } from '../support/accounts/account-pages.ts';
import { Browser, type Visited } from '../support/http/browser.ts';
import { FORM, form, raw } from '../support/http/raw-request.ts';
import { type RunningMire, startMire } from '../support/mire.ts';
import { leak, power, signedRankScore } from '../support/protection/same-times.ts';
import { begin, beginLogin, csrfOf } from '../support/sign-in/steps.ts';
import { openSignUp, FORM as SIGN_UP } from '../support/sign-up/sign-up.ts';

/** Of each kind. A thousand with the attacks (`npm run test:attack`). */
const TRIES = Number(process.env.ENUMERATION_TRIES ?? 80);
/** A thousand tries are made to be told by; few of them only catch what is coarse. */
const ASSURED = TRIES >= 1000;
/** How many times as many, at most. */
const MOST = 4;
/** So many at once: the floor of each answer is a quarter of a second and more. */
const AT_ONCE = 16;

describe('the measure', () => {
  let state = 1;
  beforeEach(() => {
    state = 1;
  });
  /** The same each time: what is tested here does not depend on luck. */
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  /** As the answers are: a floor with a little chance above it, now and then a long pause. */
  const noise = () => random() * 85 + (random() < 0.02 ? random() * 400 : 0);
  const pairs = (leaking: number, tries = 1000) =>
    Promise.resolve(Array.from({ length: tries }, () => noise() + leaking - noise()));

  test('calls nothing a leak where there is none', async () => {
    for (let run = 0; run < 200; run++) expect(await leak(() => pairs(0))).toMatchObject({ leaks: false });
  });

  test('sees one kind slower by 10 ms, and knows that 5 ms would not escape it often', async () => {
    for (let run = 0; run < 20; run++) expect(await leak(() => pairs(10))).toMatchObject({ leaks: true });
    expect(power(await pairs(0), 5, random)).toBeGreaterThan(0.6);
    expect(power(await pairs(0), 0, random)).toBeLessThan(0.01);
  });

  test('is of mean 0 and spread 1 where nothing differs', async () => {
    const scores = await Promise.all(Array.from({ length: 400 }, async () => signedRankScore(await pairs(0, 80))));
    const mean = scores.reduce((sum, one) => sum + one, 0) / scores.length;
    const spread = Math.sqrt(scores.reduce((sum, one) => sum + (one - mean) ** 2, 0) / scores.length);
    expect(Math.abs(mean)).toBeLessThan(0.3);
    expect(Math.abs(spread - 1)).toBeLessThan(0.25);
  });
});

/** One request: how long it took, and its status. */
interface Try {
  readonly took: number;
  readonly status: number;
}
/** Asks about somebody who exists, or about nobody; each time about another where that matters. */
type Ask = (exists: boolean, number: number) => Promise<Try>;

describe(`over ${TRIES} tries of each kind, by turns`, () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '1000' }, added: { pace: PACE } });
    const { storage } = mire.sandbox.parts;
    await storage.transaction(async (tx) => {
      for (let number = 0; number < 2 * TRIES * (ASSURED ? MOST : 1); number++)
        await tx.accounts.insert({
          id: randomUUID(),
          email: taken(number),
          emailVerified: true,
          familyName: 'Occupée',
          givenName: 'Adresse',
        });
    });
  });
  afterAll(() => mire.close());

  /** Somebody's mail; two rounds may need one each. */
  const taken = (number: number) => `occupee${number}@hopital.example`;
  const free = (number: number) => `libre${number}@hopital.example`;
  const mailOf = (exists: boolean, number: number) => (exists ? taken : free)(number);

  async function post(path: string, cookie: string, fields: Readonly<Record<string, string>>): Promise<Try> {
    const since = performance.now();
    const { status } = await raw(mire.issuer, {
      method: 'POST',
      path,
      headers: { ...FORM, accept: 'text/html', cookie },
      body: form(fields),
    });
    return { took: performance.now() - since, status };
  }
  const cookieOf = ({ jar }: Browser, { url }: Visited) => jar.getCookieString(url.href);

  /** A form that stays where it is, sent again and again. */
  const sameForm =
    (open: () => Promise<{ browser: Browser; page: Visited }>, fields: (exists: boolean, number: number) => object) =>
    async (): Promise<Ask> => {
      const { browser, page } = await open();
      const cookie = await cookieOf(browser, page);
      const { pathname } = page.url;
      return (exists, number) =>
        post(pathname, cookie, { _csrf: csrfOf(page), ...(fields(exists, number) as Record<string, string>) });
    };
  const visit = async (path: string) => {
    const browser = new Browser(mire.issuer);
    return { browser, page: await browser.get(path) };
  };
  const passwordOf = (mode: string, login: string) =>
    sameForm(
      async () => {
        const { browser, page } = await beginLogin(mire);
        return { browser, page: mode === 'login-mdp' ? page : await browser.click('Code Éphémère') };
      },
      (exists, number) => ({ login: exists ? login : `nobody${number}`, password: 'wrong' }),
    );

  test.each<[string, number, () => Promise<Ask>]>([
    ['a wrong password, Login / Mdp', 401, passwordOf('login-mdp', 'mdurand')],
    ['a wrong password of a blocked account', 401, passwordOf('login-mdp', 'jmoreau')],
    ['a wrong password, Code Éphémère', 401, passwordOf('code-ephemere', 'mdurand')],
    [
      'a forgotten password',
      303,
      sameForm(
        () => visit('/mot-de-passe-oublie'),
        (exists, number) => ({ login: mailOf(exists, number) }),
      ),
    ],
    [
      'a forgotten identifier',
      303,
      sameForm(
        () => visit('/identifiant-oublie'),
        (exists, number) => ({ email: mailOf(exists, number) }),
      ),
    ],
    [
      'a new mail of an account',
      303,
      async () => {
        const { browser, page } = await atAccount(mire, '/compte/coordonnees');
        const cookie = await cookieOf(browser, page);
        const token = csrfOf(page);
        return (exists, number) =>
          post('/compte/coordonnees/mail', cookie, { _csrf: token, email: mailOf(exists, number) });
      },
    ],
    [
      'the mail of a sign-up',
      303,
      async () => async (exists, number) => {
        const { browser, started } = await begin(mire);
        const page = await openSignUp(mire, browser, started.url);
        const email = mailOf(exists, number);
        const fields = { ...SIGN_UP, email, email_confirmation: email };
        return post(page.url.pathname, await cookieOf(browser, page), { _csrf: csrfOf(page), ...fields });
      },
    ],
  ])(
    '%s takes as long for nobody as for somebody',
    async (name, status, open) => {
      const ask = await open();
      let number = 0;
      let last: number[] = [];
      const pair = async (): Promise<number> => {
        const mine = number++;
        const first = mine % 2 === 0;
        const [one, other] = [await ask(first, mine), await ask(!first, mine)];
        expect([one.status, other.status]).toEqual([status, status]);
        return first ? one.took - other.took : other.took - one.took;
      };
      const more = async (end = number + TRIES) => {
        await Promise.all(
          Array.from({ length: AT_ONCE }, async () => {
            while (number < end) last.push(await pair());
          }),
        );
      };
      const { leaks, scores } = await leak(async () => {
        last = [];
        await more();
        // A machine that is busy with other things asks for more of them: how noisy they are decides, not what they say.
        while (ASSURED && power(last, 10) < 0.9 && last.length < MOST * TRIES) await more();
        return last;
      });
      const said = `${name}: ${last.length} pairs, standard score ${scores.map((one) => one.toFixed(1)).join(', then ')}`;
      if (ASSURED) {
        const sees = [5, 10].map((ms) => power(last, ms));
        process.stdout.write(`${said}; sees 5 ms in ${percent(sees[0])} of runs, 10 ms in ${percent(sees[1])}\n`);
        expect(sees[1]).toBeGreaterThan(0.8);
      }
      expect({ said, leaks }).toEqual({ said, leaks: false });
    },
    60_000 + TRIES * 1200,
  );

  const percent = (share = 0) => `${Math.round(share * 100)} %`;
});
