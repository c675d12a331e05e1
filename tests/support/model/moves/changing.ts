import { offeredOptions } from '../../factors/passkey-options.ts';
import { SoftAuthenticator } from '../../factors/soft-authenticator.ts';
import type { Visited } from '../../http/browser.ts';
import { csrfOf } from '../../sign-in/steps.ts';
import { codeJustSent } from '../ground.ts';
import type { Who } from '../means.ts';
import { changed, openPage, seatOf } from '../own-pages.ts';
import { totpOf } from '../road.ts';
import type { Move, Scene } from '../scene.ts';
import { lostKey } from '../taken-back.ts';
import { bestWay, TWO_FACTORS } from '../ways.ts';
import { next, type Seat, type World } from '../world.ts';
import { accountOf } from './entering.ts';

/** Whoever has a session, or the two factors that one takes. */
export function mayChange(world: World, who: Who): boolean {
  const account = accountOf(who);
  const { session } = seatOf(world, who);
  const there = session?.proof.account === account;
  return there || (!session && bestWay(world, who, account, TWO_FACTORS) !== undefined);
}

/** A page of somebody's own account, and the seat they have there. */
async function opened(scene: Scene, who: Who, path: string): Promise<{ seat: Seat; page: Visited } | undefined> {
  const page = await openPage(scene, { who, account: accountOf(who), path });
  return page && { seat: seatOf(scene.world, who), page };
}

const WORDS = ['girafe-bitume-melodie', 'tulipe-granit-boussole', 'lanterne-pluie-saumure'];
export const newPassword = (world: World, n: number): string => `${WORDS[n % 3]}-${++world.handedOut}`;

const password: Move = {
  name: 'changes the password',
  weight: 5,
  may: (world, { who }) => mayChange(world, who),
  async act(scene, { who, n }) {
    scene.tell(`${who} changes the password of ${accountOf(who)}’s account`);
    const at = await opened(scene, who, '/compte/mot-de-passe');
    if (!at) return;
    const value = newPassword(scene.world, n);
    const done = await at.seat.browser.submit({ new_password: value, new_password_confirmation: value });
    if (!done.url.search.includes('fait=password')) return;
    await changed(
      scene,
      accountOf(who),
      (means, step) => ({
        ...means,
        password: { value, knownBy: [who], roots: ['password'], by: who, at: step, sure: who !== 'mallory' },
      }),
      { sessions: 'others', of: at.seat.session?.proof },
    );
  },
};

/** A new address or number of theirs. */
export function newReach(world: World, who: Who, channel: 'mail' | 'sms'): string {
  const serial = ++world.handedOut;
  const { login } = world.dossiers[accountOf(who)].person;
  const value =
    channel === 'mail'
      ? `${who}-${serial}.${login}@x.example`
      : `+3361${String(Number(login.slice(1)) * 20 + serial).padStart(7, '0')}`;
  world.readers.set(value, who);
  return value;
}

const contact = (channel: 'mail' | 'sms'): Move => ({
  name: `changes the ${channel}`,
  weight: 4,
  may: (world, { who }) => mayChange(world, who),
  async act(scene, { who }) {
    const { mire, world } = scene;
    scene.tell(`${who} changes the ${channel === 'mail' ? 'mail' : 'phone'} of ${accountOf(who)}’s account`);
    const at = await opened(scene, who, '/compte/coordonnees');
    if (!at) return;
    const { browser } = at.seat;
    const value = newReach(world, who, channel);
    await browser.submit({ [channel === 'mail' ? 'email' : 'phone']: value }, `/${channel}`);
    const code = await codeJustSent(mire, world.dossiers[accountOf(who)].person.id, (to) => to === value);
    if (!code) return;
    const done = await browser.submit({ code }, '/coordonnees/code');
    if (!done.url.search.includes('fait=contact')) return;
    await changed(scene, accountOf(who), (means, step) => ({
      ...means,
      [channel === 'mail' ? 'mail' : 'phone']: { value, at: step, by: who, sure: who !== 'mallory', proved: true },
    }));
  },
});

export async function enrolKey(scene: Scene, who: Who): Promise<void> {
  const here = '/compte/moyens/cle-acces';
  const at = await opened(scene, who, here);
  const options = at && (await offeredOptions(at.seat.browser, `${here}/options`));
  if (!options) return;
  const soft = new SoftAuthenticator(scene.mire.issuer);
  const name = `De ${who}, ${next(scene.world)}`;
  const done = await at.seat.browser.submit({ credential: soft.create(options), name });
  if (!done.url.search.includes('fait=passkey')) return;
  await changed(scene, accountOf(who), (means, step) => ({
    ...means,
    keys: [...means.keys, { soft, name, by: who, at: step }],
  }));
}

const addsKey: Move = {
  name: 'adds a passkey',
  weight: 5,
  may: (world, { who }) => mayChange(world, who),
  async act(scene, { who }) {
    scene.tell(`${who} adds a passkey to ${accountOf(who)}’s account`);
    await enrolKey(scene, who);
  },
};

const removesKey: Move = {
  name: 'removes a passkey',
  weight: 3,
  may: (world, { who }) => mayChange(world, who) && world.dossiers[accountOf(who)].means.keys.length > 0,
  async act(scene, { who, n }) {
    const at = await opened(scene, who, '/compte/moyens');
    const links = at?.page.page.querySelectorAll('a[href^="/compte/moyens/cle-acces/une"]') ?? [];
    const link = links[n % Math.max(1, links.length)];
    if (!at || !link) return scene.tell(`${who} finds no passkey to remove`);
    const [name, holder] = /De (\w+), \d+/.exec(link.text) ?? [];
    scene.tell(`${who} removes a passkey of ${holder} from ${accountOf(who)}’s account`);
    await at.seat.browser.get(link.getAttribute('href') ?? '');
    const button = at.seat.browser.current?.page.querySelector('button[name=passkey]');
    if (!button) return;
    const done = await at.seat.browser.submit({ passkey: button.getAttribute('value') ?? '' }, '/retirer');
    if (!done.url.search.includes('fait=passkey-removed')) return;
    const gone = scene.world.dossiers[accountOf(who)].means.keys.find((key) => key.name === name);
    scene.world.lost.push(lostKey(gone));
    await changed(scene, accountOf(who), (means) => ({ ...means, keys: means.keys.filter((key) => key !== gone) }), {
      sessions: 'others',
      of: at.seat.session?.proof,
    });
  },
};

const addsApp: Move = {
  name: 'adds an authenticator application',
  weight: 3,
  may: (world, { who }) => mayChange(world, who) && !world.dossiers[accountOf(who)].means.app,
  async act(scene, { who }) {
    scene.tell(`${who} adds an authenticator application to ${accountOf(who)}’s account`);
    const at = await opened(scene, who, '/compte/moyens/application');
    const seed = at?.page.page.querySelector('.big-code')?.text.replaceAll(' ', '');
    if (!at || !seed) return;
    const done = await at.seat.browser.submit({ code: totpOf(scene.mire, seed) });
    if (!done.url.search.includes('fait=authenticator')) return;
    await changed(scene, accountOf(who), (means, step) => ({ ...means, app: { seed, by: who, at: step } }));
  },
};

const removesApp: Move = {
  name: 'removes the authenticator application',
  weight: 2,
  may: (world, { who }) => mayChange(world, who) && world.dossiers[accountOf(who)].means.app !== undefined,
  async act(scene, { who }) {
    scene.tell(`${who} removes the authenticator application of ${accountOf(who)}’s account`);
    const at = await opened(scene, who, '/compte/moyens/codes');
    if (!at) return;
    const { browser } = at.seat;
    const done = await browser.post(`${scene.mire.issuer}/compte/moyens/application/retirer`, {
      _csrf: csrfOf(at.page),
    });
    if (!done.url.search.includes('fait=authenticator-removed')) return;
    await changed(scene, accountOf(who), (means) => ({ ...means, app: undefined }), {
      sessions: 'others',
      of: at.seat.session?.proof,
    });
  },
};

const makesPaper: Move = {
  name: 'makes recovery codes',
  weight: 3,
  may: (world, { who }) => mayChange(world, who),
  async act(scene, { who }) {
    scene.tell(`${who} makes recovery codes for ${accountOf(who)}’s account`);
    const at = await opened(scene, who, '/compte/moyens/codes');
    if (!at) return;
    const shown = await at.seat.browser.submit({}, '/codes');
    const codes = shown.page.querySelectorAll('li code').map(({ text }) => text);
    if (codes.length === 0) return;
    await changed(scene, accountOf(who), (means, step) => ({ ...means, paper: { codes, by: who, at: step } }));
  },
};

export const CHANGING: readonly Move[] = [
  password,
  contact('mail'),
  contact('sms'),
  addsKey,
  removesKey,
  addsApp,
  removesApp,
  makesPaper,
];
