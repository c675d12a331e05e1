import { enter, enterSilently } from '../entering.ts';
import { authorizeUrl, browserAt } from '../ground.ts';
import type { Owner, Who } from '../means.ts';
import { seatOf } from '../own-pages.ts';
import { ownerEnters } from '../owner.ts';
import { holds } from '../promises.ts';
import { cameBack } from '../road.ts';
import { type Draw, type Move, pick, type Scene } from '../scene.ts';
import { has, WAYS } from '../ways.ts';
import type { Seat, World } from '../world.ts';

export const accountOf = (who: Who): Owner => (who === 'bob' ? 'bob' : 'alice');
const clientsOf = ({ narrow }: World) => ['portail', 'messagerie', narrow.id];
const waysOf = (world: World, who: Who) => WAYS.filter((way) => has(world, who, accountOf(who), way));
/** Their own, or the one on the ward. */
const seatFor = (world: World, { who, yes }: Draw): Seat => (yes ? seatOf(world, who) : world.seats.ward);

const signIn: Move = {
  name: 'signs in',
  weight: 18,
  may: (world, { who }) => waysOf(world, who).length > 0,
  async act(scene: Scene, draw: Draw) {
    const { world } = scene;
    const { who, n } = draw;
    const account = accountOf(who);
    const way = pick(waysOf(world, who), n) ?? 'login-mdp';
    const client = pick(clientsOf(world), Math.floor(n / 8)) ?? 'portail';
    const seat = seatFor(world, draw);
    scene.tell(`${who} signs in to ${account}’s account by ${way}, at ${client}, in the browser ${seat.name}`);
    await enter(scene, { who, account, seat, way, client });
  },
};

const comesBack: Move = {
  name: 'comes back signed in',
  weight: 10,
  may: (world, draw) => seatFor(world, draw).session !== undefined,
  async act(scene, draw) {
    const { world } = scene;
    const client = pick(clientsOf(world), draw.n) ?? 'portail';
    const seat = seatFor(world, draw);
    const prompt = draw.n % 2 === 0 ? { prompt: 'none' } : {};
    scene.tell(`the browser ${seat.name} opens ${client}${draw.n % 2 === 0 ? ' with prompt=none' : ''}`);
    await enterSilently(scene, seat, client, prompt);
  },
};

const asksForMore: Move = {
  name: 'is asked for more',
  looks: true,
  weight: 6,
  may: (world, draw) => seatFor(world, draw).session !== undefined,
  async act(scene, draw) {
    const { world } = scene;
    const seat = seatFor(world, draw);
    const acr = pick(['eidas1', 'eidas2', 'eidas3'], draw.n) ?? 'eidas2';
    scene.tell(`the browser ${seat.name} opens the portail, which asks for ${acr}`);
    await enterSilently(scene, seat, 'portail', { acr_values: acr, prompt: 'none' });
  },
};

const owner: Move = {
  name: 'comes by the known browser',
  weight: 4,
  may: (world) => world.seats.alice.known.has('alice'),
  async act(scene) {
    scene.tell('alice signs in with her known browser');
    await ownerEnters(scene);
  },
};

const former = (world: World, who: Who) => {
  const { former: replaced, means } = world.dossiers[accountOf(who)];
  return replaced.filter(({ value, knownBy }) => knownBy.includes(who) && value !== means.password?.value);
};

const oldPassword: Move = {
  name: 'tries an old password',
  weight: 3,
  looks: true,
  may: (world, { who }) => former(world, who).length > 0,
  async act({ mire, world, tell }, { who, n }) {
    const account = accountOf(who);
    tell(`${who} tries an old password of ${account}’s account`);
    const browser = browserAt(mire, world.intruderAddress);
    await browser.get(authorizeUrl(mire, 'portail', { mode: 'login-mdp' }));
    const { login } = world.dossiers[account].person;
    const end = await browser.submit({ login, password: pick(former(world, who), n)?.value ?? '' }, '/login-mdp');
    holds('taken back is taken back', !cameBack(end), () => `${who} came in by a password that was replaced`);
  },
};

export const ENTERING: readonly Move[] = [signIn, comesBack, asksForMore, owner, oldPassword];
