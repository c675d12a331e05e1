import { authorizeUrl, browserAt } from '../ground.ts';
import { isOpen } from '../open-defects.ts';
import { becomesKnown, ownerEnters } from '../owner.ts';
import { holds } from '../promises.ts';
import { approach, asks } from '../road.ts';
import type { Move, Scene } from '../scene.ts';
import { has, type Way } from '../ways.ts';
import type { Seat } from '../world.ts';

/** A browser that nobody knows. */
const fresh = ({ mire, world }: Scene): Seat => ({
  name: 'a stranger’s',
  browser: browserAt(mire, world.intruderAddress),
  known: new Set(),
});

const DAY = 24 * 60 * 60 * 1000;
/** What the law allows (RIE v1, EXI 25). */
const MOST = 25;

const wrongPasswords: Move = {
  name: 'tries wrong passwords',
  looks: true,
  weight: 2,
  may: () => true,
  async act(scene) {
    const { mire, world, tell } = scene;
    tell('mallory tries six wrong passwords of alice’s account');
    await becomesKnown(scene);
    const { browser } = fresh(scene);
    await browser.get(authorizeUrl(mire, 'portail', { mode: 'login-mdp' }));
    const { login } = world.dossiers.alice.person;
    for (let i = 0; i < 6 && asks(browser.current, 'password'); i += 1)
      await browser.submit({ login, password: `pas-le-bon-${i}` }, '/login-mdp');
    await ownerEnters(scene);
  },
};

/** Forms of a forgotten password, one after the other; the first page's token serves them all. */
async function flood(scene: Scene, logins: readonly string[]): Promise<void> {
  const { browser } = fresh(scene);
  const page = await browser.get(`${scene.mire.issuer}/mot-de-passe-oublie`);
  const csrf = page.page.querySelector('[name=_csrf]')?.getAttribute('value') ?? '';
  for (const login of logins)
    await browser.fetch('/mot-de-passe-oublie', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ _csrf: csrf, login }).toString(),
    });
}

const forgottenFlood: Move = {
  name: 'asks for forgotten passwords',
  weight: 3,
  may: () => !isOpen('shutting-out'),
  async act(scene) {
    scene.tell('mallory asks for alice’s forgotten password twelve times');
    await becomesKnown(scene);
    await flood(
      scene,
      Array.from({ length: 12 }, () => scene.world.dossiers.alice.person.login),
    );
    await ownerEnters(scene);
  },
};

const unknownFlood: Move = {
  name: 'asks for the forgotten passwords of nobody',
  weight: 1,
  may: ({ intruder }) => intruder.holds.includes('address') && !isOpen('shutting-out'),
  async act(scene) {
    scene.tell('mallory asks for seventy forgotten passwords of nobody, behind alice’s address');
    await becomesKnown(scene);
    const { login } = scene.world.dossiers.alice.person;
    await flood(
      scene,
      Array.from({ length: 70 }, (_, i) => `${login}-nobody-${i}`),
    );
    await ownerEnters(scene);
  },
};

/** Whoever holds the password guesses the second factor, in a browser that is thrown away. */
const guesses: Move = {
  name: 'guesses codes',
  weight: 3,
  may: (world) => !isOpen('guessing') && has(world, 'mallory', 'alice', 'login-mdp'),
  async act(scene) {
    const { mire, world, tell } = scene;
    const dossier = world.dossiers.alice;
    tell('mallory signs in by the password in a fresh browser, and guesses codes there');
    const seat = fresh(scene);
    const road = { who: 'mallory', account: 'alice', seat } as const;
    const entered = await approach(mire, world, { ...road, way: 'login-mdp', client: 'portail' });
    if (!entered) return;
    await seat.browser.submit(entered.fields, entered.ends);
    await seat.browser.get(authorizeUrl(mire, 'messagerie', { mode: 'code-ephemere' }));
    const base = seat.browser.current?.url.pathname.replace(/(\/code-ephemere).*$/, '$1') ?? '';
    const now = mire.clock.now().getTime();
    const way: Way = dossier.means.app ? 'totp' : 'mail';
    for (const [channel, ends] of way === 'totp' ? [['app', '/app']] : CHANNELS) {
      await seat.browser.get(`${base}${channel === 'app' ? '/app' : '/channel'}`);
      if (channel !== 'app' && !asks(seat.browser.current, 'channel')) continue;
      if (channel && channel !== 'app') await seat.browser.submit({ channel }, '/channel');
      for (let i = 0; i < (channel === 'app' ? 16 : 5) && asks(seat.browser.current, 'code'); i += 1) {
        const { status } = await seat.browser.submit({ code: String(100_000 + i * 7) }, ends);
        if (status === 401) dossier.guesses.push(now);
        else break;
      }
    }
    dossier.guesses = dossier.guesses.filter((at) => at > now - DAY);
    const { length } = dossier.guesses;
    holds('guesses are few', length <= MOST, () => `${length} codes of alice’s were compared within a day`);
  },
};
const CHANNELS = [
  ['mail', '/code'],
  ['sms', '/code'],
  ['mail', '/code'],
] as const;

export const STRANGERS: readonly Move[] = [wrongPasswords, forgottenFlood, unknownFlood, guesses];
