import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LIVES } from '../../../config/lives.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { signInByPassword } from '../../support/sign-in/journeys.ts';
import { begin, csrfOf, interactionOf } from '../../support/sign-in/steps.ts';
import { bytesKept, everythingKept, grown } from '../../support/storage/left.ts';
import { type TestRedis, testRedis } from '../../support/storage/redis.ts';

const REQUEST = {
  client_id: 'ror',
  response_type: 'code',
  scope: 'openid',
  redirect_uri: 'http://localhost:4000/callback',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
};
const asked = (more: Readonly<Record<string, string>> = {}) =>
  `/authorize?${new URLSearchParams({ ...REQUEST, ...more })}`;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const TRIES = 50;
/** Of the 3,000 requests and 300 lines that one address has, at a hundredth. */
const [BEGUN, LINES] = [30, 3];

describe('what nobody in particular leaves behind', () => {
  let mire: RunningMire;
  let redis: TestRedis;
  let addresses = 0;
  beforeAll(async () => {
    redis = await testRedis();
    mire = await startMire({
      cards: true,
      env: { REDIS_URL: redis.url, RATE_LIMIT_FACTOR: '0.01', TRUSTED_PROXIES: '127.0.0.1,::1' },
    });
  });
  afterAll(async () => {
    await mire?.close();
    await redis?.stop();
  });

  /** Somebody new, from an address that nobody came from. */
  const stranger = () => new Browser(mire.issuer, { 'x-forwarded-for': `203.0.113.${++addresses}` });
  const send = (browser: Browser, path: string, fields: Readonly<Record<string, string>>, more = {}) =>
    browser.fetch(path, {
      method: 'POST',
      headers: { ...FORM, ...more },
      body: new URLSearchParams(fields).toString(),
    });
  /** On a page of an interaction, with the token of its forms. */
  async function arrived(browser: Browser, mode: string) {
    const { page } = await begin(mire, { browser });
    const base = interactionOf(page);
    const there = await browser.get(`${mire.issuer}${base}/${mode}`);
    return { base, _csrf: csrfOf(there) };
  }
  const open = async (browser: Browser, path: string) => ({
    _csrf: csrfOf(await browser.get(`${mire.issuer}${path}`)),
  });

  type Try = (browser: Browser, number: number) => Promise<unknown>;
  interface Entrance {
    /** @returns one try, made again and again. */
    readonly enter: (browser: Browser) => Promise<Try>;
    readonly leaves: Readonly<Record<string, number>>;
  }
  const plain =
    (one: Try): Entrance['enter'] =>
    async () =>
      one;
  const ENTRANCES: Readonly<Record<string, Entrance>> = {
    'GET /authorize': {
      enter: plain((browser) => browser.fetch(asked())),
      leaves: { 'redis:Interaction': BEGUN },
    },
    'POST /authorize': {
      enter: plain((browser) => send(browser, '/authorize', REQUEST)),
      leaves: {},
    },
    '/par, by a public client': {
      enter: plain((browser) =>
        send(browser, '/par', {
          ...REQUEST,
          client_id: 'mire-compte',
          redirect_uri: `${mire.issuer}/compte/retour`,
        }),
      ),
      leaves: { 'redis:PushedAuthorizationRequest': BEGUN },
    },
    '/device/authorization, by a public client': {
      enter: plain((browser) => send(browser, '/device/authorization', { client_id: 'monsisra', scope: 'openid' })),
      // The row, and its index by what the person types.
      leaves: { 'redis:DeviceCode': 2 * BEGUN },
    },
    'GET /device': {
      enter: plain((browser) => stripped(browser, '/device')),
      leaves: { 'redis:Session': 2 * BEGUN },
    },
    'GET /logout': {
      enter: plain((browser) => stripped(browser, '/logout')),
      leaves: { 'redis:Session': 2 * BEGUN },
    },
    '/register, without a token': {
      enter: plain((browser) =>
        browser.fetch('/register', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ redirect_uris: ['https://a.example/'] }),
        }),
      ),
      leaves: {},
    },
    'the challenge of a passkey': {
      async enter(browser) {
        const { base, _csrf } = await arrived(browser, 'cle-acces');
        return () => send(browser, `${base}/cle-acces/options`, { _csrf }, { accept: 'application/json' });
      },
      leaves: { passkey_challenges: 1, 'redis:Interaction': 1 },
    },
    'the answer of a passkey that nobody has': {
      async enter(browser) {
        const { base, _csrf } = await arrived(browser, 'cle-acces');
        const response = { clientDataJSON: 'x', authenticatorData: 'x', signature: 'x' };
        const credential = JSON.stringify({
          id: 'x',
          rawId: 'x',
          type: 'public-key',
          clientExtensionResults: {},
          response,
        });
        return () => send(browser, `${base}/cle-acces`, { _csrf, credential });
      },
      leaves: { audit: LINES, 'redis:Interaction': 1 },
    },
    'a mode that the application refuses': {
      async enter(browser) {
        const { page } = await begin(mire, { browser, client: 'messagerie' });
        const [base, _csrf] = [interactionOf(page), csrfOf(await browser.get(`${mire.issuer}${interactionOf(page)}`))];
        return () => send(browser, `${base}/login-mdp`, { _csrf, login: 'x', password: 'x' });
      },
      leaves: { audit: LINES, 'redis:Interaction': 1 },
    },
    'the way to the card’s host': {
      async enter(browser) {
        const { base, _csrf } = await arrived(browser, 'cps');
        return () => send(browser, `${base}/cps`, { _csrf });
      },
      leaves: { card_handovers: 1, 'redis:Interaction': 1 },
    },
    'a request to the desktop': {
      async enter(browser) {
        const { base, _csrf } = await arrived(browser, 'monsisra');
        return () => send(browser, `${base}/monsisra`, { _csrf });
      },
      leaves: { desktop_requests: 1, flows: 1, audit: 1, 'redis:Interaction': 1 },
    },
    'the way to Pro Santé Connect': {
      async enter(browser) {
        const { base, _csrf } = await arrived(browser, 'psc');
        return () => send(browser, `${base}/psc`, { _csrf });
      },
      leaves: { flows: 1, 'redis:Interaction': 1 },
    },
    'a sign-in that is given up': {
      enter: plain(async (browser) => {
        const page = await browser.get(`${mire.issuer}${asked()}`);
        if (page.status === 200) await send(browser, `${interactionOf(page)}/abort`, { _csrf: csrfOf(page) });
      }),
      leaves: { flows: BEGUN, audit: LINES, 'redis:Interaction': BEGUN },
    },
    'a wrong password': {
      async enter(browser) {
        const { base, _csrf } = await arrived(browser, 'login-mdp');
        return (_, number) => send(browser, `${base}/login-mdp`, { _csrf, login: `nobody-${number}`, password: 'x' });
      },
      leaves: { audit: 1, 'redis:Interaction': 1 },
    },
    'a forgotten password': {
      async enter(browser) {
        const fields = await open(browser, '/mot-de-passe-oublie');
        return (_, number) => send(browser, '/mot-de-passe-oublie', { ...fields, login: `nobody-${number}` });
      },
      leaves: { challenges: 1, recoveries: 1, audit: 1 },
    },
    'a forgotten identifier': {
      async enter(browser) {
        const fields = await open(browser, '/identifiant-oublie');
        return (_, number) => send(browser, '/identifiant-oublie', { ...fields, email: `nobody-${number}@x.example` });
      },
      leaves: { audit: 1 },
    },
    'the code of an undo': {
      async enter(browser) {
        const fields = await open(browser, '/compte/annuler');
        return () => send(browser, '/compte/annuler', { ...fields, undo_code: 'AAAAA-AAAAA-AAAAA-AAAAA' });
      },
      leaves: {},
    },
    'an invitation that nobody was sent': {
      enter: plain((browser, number) => browser.fetch(`/invitation/${String(number).padEnd(43, 'x')}`)),
      leaves: {},
    },
    'the card’s host, without a way there': {
      enter: plain((browser, number) =>
        browser.fetch(`/carte?d=${String(number).padEnd(43, 'x')}`, {
          headers: { host: new URL(mire.settings.CPS_ORIGIN ?? '').host },
        }),
      ),
      leaves: {},
    },
  };

  /** Without what it was given: each time somebody new, from the same address. */
  async function stripped(browser: Browser, path: string): Promise<Response> {
    browser.jar.removeAllCookiesSync();
    return browser.fetch(path);
  }

  test.each(Object.entries(ENTRANCES))(`%s, ${TRIES} times`, async (_, { enter, leaves }) => {
    const browser = stranger();
    const before = await everythingKept(mire, redis.client);
    const again = await enter(browser);
    for (let number = 0; number < TRIES; number++) await again(browser, number);
    const left = grown(before, await everythingKept(mire, redis.client));
    const more = Object.entries(left).filter(([name, count]) => count > (leaves[name] ?? 0));
    expect(more).toEqual([]);
    // A table that says more than is done would hold anything.
    expect(
      Object.keys(left)
        .filter((name) => leaves[name] !== undefined)
        .sort(),
    ).toEqual(Object.keys(leaves).sort());
  });

  test.each([
    ['usual', asked({ state: 's'.repeat(43), nonce: 'n'.repeat(43) }), 1],
    [
      'large',
      asked({ state: 's'.repeat(2000), nonce: 'n'.repeat(2000), claims: `{"userinfo":{"${'c'.repeat(3900)}":null}}` }),
      9,
    ],
  ])(
    'three thousand %s requests of one address do not grow the store: they stop at its limit',
    async (_, address, weight) => {
      const browser = stranger();
      const most = Math.floor(BEGUN / weight);
      const statuses: number[] = [];
      const before = await bytesKept(redis.client);
      const others = new Set(await redis.client.keys('*mire:oidc:{Interaction}:*'));
      for (let number = 0; number < most; number++) statuses.push((await browser.fetch(address)).status);
      const full = await bytesKept(redis.client);
      // Bytes, of all that one address may leave.
      expect(full - before).toBeGreaterThan(500 * most);
      expect((full - before) / BEGUN).toBeLessThan(2048);
      let refused: Response | undefined;
      for (let number = 0; number < 3 * BEGUN; number++) {
        refused = await browser.fetch(address);
        statuses.push(refused.status);
      }
      expect(await bytesKept(redis.client)).toBe(full);
      expect(statuses.filter((status) => status === 303)).toHaveLength(most);
      expect([refused?.status, Number(refused?.headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
      expect(await refused?.text()).toContain('suspendus un moment');
      for (const key of await redis.client.keys('*mire:oidc:{Interaction}:*'))
        if (!others.has(key)) expect(await redis.client.ttl(key)).toBeLessThanOrEqual(LIVES.interactionBegun + 60);
    },
  );

  test('a browser that we know gets in behind an address that used up its requests, and so does who is signed in', async () => {
    const known = stranger();
    const { url } = await begin(mire, { browser: known }).then(({ started }) => started);
    expect((await signInByPassword(known, url)).url.searchParams.has('code')).toBe(true);
    const other = new Browser(mire.issuer, known.headers);
    for (let number = 0; number < 2 * BEGUN; number++) await other.fetch(asked());
    expect((await other.fetch(asked())).status).toBe(429);
    expect((await known.fetch(asked({ prompt: 'none' }))).headers.get('location')).toContain('code=');
    // Its session alone, and its name alone.
    for (const name of ['mire_session', 'mire_device']) {
      const half = new Browser(mire.issuer, known.headers);
      for (const cookie of await known.jar.getCookies(mire.issuer))
        if (cookie.key.startsWith(name)) await half.jar.setCookie(cookie, mire.issuer);
      expect([name, (await half.fetch(asked())).status]).toEqual([name, 303]);
    }
    const made = new Browser(mire.issuer, known.headers);
    await made.jar.setCookie(`mire_device=${'a'.repeat(22)}.~${'b'.repeat(22)}; path=/`, mire.issuer);
    expect((await made.fetch(asked())).status).toBe(429);
  });
});
