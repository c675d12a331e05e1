import { landed } from '../entering.ts';
import { browserAt } from '../ground.ts';
import type { Who } from '../means.ts';
import { seatOf } from '../own-pages.ts';
import { holds } from '../promises.ts';
import { approach, cameBack, send, sendAndWait, settle } from '../road.ts';
import { type Move, pick } from '../scene.ts';
import { has, isCode, WAYS } from '../ways.ts';
import { next, type Seat, type World } from '../world.ts';
import { accountOf } from './entering.ts';

const waysOf = (world: World, who: Who) => WAYS.filter((way) => has(world, who, accountOf(who), way));

const park: Move = {
  name: 'parks a sign-in',
  weight: 6,
  may: (world, { who }) => waysOf(world, who).length > 0,
  async act(scene, { who, n, yes }) {
    const { mire, world, tell } = scene;
    const account = accountOf(who);
    const way = pick(waysOf(world, who), n) ?? 'login-mdp';
    const client = pick(['portail', 'messagerie'], Math.floor(n / 8)) ?? 'portail';
    const address = seatOf(world, who).browser.headers['x-forwarded-for'] ?? '';
    const seat: Seat = { name: `${who}’s other`, browser: browserAt(mire, address), known: new Set() };
    const words = `${way} at ${client}, stopped before ${yes ? 'the last redirect' : 'the last form'}`;
    tell(`${who} signs in to ${account}’s account by ${words}`);
    const made = await approach(mire, world, { who, account, seat, way, client });
    if (!made) return;
    const onward = yes ? await sendAndWait(seat, made) : '';
    if (onward === undefined) return;
    const { proof } = made;
    world.parked.push({
      who,
      account,
      seat,
      at: proof.at,
      words,
      resume: async () => {
        // Only a code has a password before its last form; what is given in the last form is given now.
        if (!yes && !isCode(way)) proof.at = next(world);
        return yes ? settle(seat.browser, await seat.browser.get(new URL(onward, mire.issuer))) : send(seat, made);
      },
      async opened(page) {
        const { since } = world.dossiers[account];
        holds('taken back is taken back', !cameBack(page) || proof.at >= since, () => `${who}’s ${words}`);
        await landed(scene, { seat, client }, proof, page);
      },
    });
  },
};

const follow: Move = {
  name: 'follows what was parked',
  weight: 7,
  may: ({ parked }) => parked.length > 0,
  async act({ world, tell }, { n }) {
    const one = pick(world.parked, n);
    if (!one) return;
    world.parked = world.parked.filter((other) => other !== one);
    tell(`${one.who} goes on with ${one.words}`);
    await one.opened(await one.resume());
  },
};

export const PARKING: readonly Move[] = [park, follow];
