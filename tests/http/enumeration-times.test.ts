import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunningMire, startMire } from '../support/mire.ts';
import { FORM, form, raw } from '../support/raw-request.ts';
import { beginLogin, csrfOf } from '../support/steps.ts';

const TRIES = Number(process.env.ENUMERATION_TRIES ?? 160);
/** Of the standard normal distribution: a difference that chance makes once in a hundred thousand runs. */
const SURPRISING = 4.4;

/**
 * Mann-Whitney: ranks say whether one kind is slower, however noisy the machine and however long its tail. Samples are
 * taken by turns, so that a busy minute hits both alike.
 */
function standardScore(ones: readonly number[], others: readonly number[]): number {
  const all = [...ones.map((at) => ({ at, one: true })), ...others.map((at) => ({ at, one: false }))];
  all.sort((a, b) => a.at - b.at);
  const ranks = all.reduce((sum, { one }, index) => (one ? sum + index + 1 : sum), 0);
  const [n, m] = [ones.length, others.length];
  const statistic = ranks - (n * (n + 1)) / 2;
  return (statistic - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12);
}

test('the measure sees a difference of a tenth of the spread, and none where there is none', () => {
  const noise = (at: number) => ((at * 2_654_435_761) % 1000) / 1000;
  const of = (shift: number) => Array.from({ length: 500 }, (_, at) => noise(at + shift * 7919) + shift * 0.2);
  expect(Math.abs(standardScore(of(0), of(1)))).toBeGreaterThan(SURPRISING);
  const same = Array.from({ length: 1000 }, (_, at) => noise(at + 1));
  const [even, odd] = [same.filter((_, at) => at % 2 === 0), same.filter((_, at) => at % 2 === 1)];
  expect(Math.abs(standardScore(even, odd))).toBeLessThan(SURPRISING);
});

describe(`over ${TRIES} tries by turns`, () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '1000' } });
  });
  afterAll(() => mire.close());

  test.each([
    ['login-mdp', 'mdurand'],
    ['login-mdp', 'jmoreau'],
    ['code-ephemere', 'mdurand'],
  ])('an unknown identifier and a wrong password take the same time: %s, %s', async (mode, login) => {
    const { browser, page } = await beginLogin(mire);
    const cookie = await browser.jar.getCookieString(page.url.href);
    const path = page.url.pathname.replace(/login-mdp$/, mode);
    const time = async (typed: string): Promise<number> => {
      const since = performance.now();
      const { status } = await raw(mire.issuer, {
        method: 'POST',
        path,
        headers: { ...FORM, accept: 'text/html', cookie },
        body: form({ _csrf: csrfOf(page), login: typed, password: 'wrong' }),
      });
      const took = performance.now() - since;
      expect(status).toBe(401);
      return took;
    };
    const [known, unknown]: [number[], number[]] = [[], []];
    // Several at once: the floor of each answer is a quarter of a second.
    for (let at = 0; at < TRIES / 2; at += 8) {
      const round = Array.from({ length: 8 }, (_, index) => index);
      const pairs = await Promise.all(
        round.map(async (index) => {
          const first = (at + index) % 2 === 0;
          const [a, b] = [
            await time(first ? login : `nobody${at + index}`),
            await time(first ? `nobody${at + index}` : login),
          ];
          return first ? [a, b] : [b, a];
        }),
      );
      for (const [a = 0, b = 0] of pairs) {
        known.push(a);
        unknown.push(b);
      }
    }
    expect(Math.abs(standardScore(known, unknown))).toBeLessThan(SURPRISING);
  });
});
