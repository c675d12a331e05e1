import type { Visited } from '../http/browser.ts';
import { arrive } from './arriving.ts';
import { authorizeUrl } from './ground.ts';
import { levelOf, type Proof } from './means.ts';
import { holds } from './promises.ts';
import { approach, cameBack, type Road, send } from './road.ts';
import type { Scene } from './scene.ts';
import { isCode } from './ways.ts';
import { type Seat, stillCounts, type Tokens } from './world.ts';

/** Somebody is signed in there now. */
export function seated({ mire, world }: Pick<Scene, 'mire' | 'world'>, seat: Seat, proof: Proof): void {
  proof.seat = seat.name;
  seat.session = { proof, startedAt: mire.clock.now().getTime() };
  if (levelOf(proof.roots) !== 'eidas1') seat.known.add(proof.account);
  if (proof.who === proof.account && isCode('mail')) world.dossiers[proof.account].unspent = 0;
}

/** What the browser came back with is redeemed, and held to what was proved. */
export async function landed(
  scene: Scene,
  { seat, client }: { seat: Seat; client: string },
  proof: Proof,
  page: Visited,
): Promise<Tokens | undefined> {
  if (!cameBack(page)) return undefined;
  seated(scene, seat, proof);
  return arrive(scene.mire, scene.world, { proof, client, url: page.url });
}

/** From an application to its tokens, by a sign-in of this way. */
export async function enter(scene: Scene, road: Road): Promise<Tokens | undefined> {
  const { mire, world } = scene;
  const again = road.seat.session ? { prompt: 'login' } : {};
  const made = await approach(mire, world, { ...road, parameters: { ...again, ...road.parameters } });
  if (!made) return undefined;
  return landed(scene, road, made.proof, await send(road.seat, made));
}

/** Four hours, and what the clock of a test may be off by. */
const LONGEST = (4 * 60 * 60 + 60) * 1000;

/** Without a page: with what was proved in this browser before. */
export async function enterSilently(
  scene: Scene,
  seat: Seat,
  client: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Visited> {
  const { mire, world } = scene;
  const page = await seat.browser.get(authorizeUrl(mire, client, parameters));
  if (!cameBack(page)) return page;
  const { session } = seat;
  holds('no more than proved', session !== undefined, () => `nobody proved anything in the browser ${seat.name}`);
  if (!session) return page;
  const { proof, startedAt } = session;
  holds(
    'taken back is taken back',
    stillCounts(world, proof),
    () => `${proof.who} is still signed in as ${proof.account}`,
  );
  const age = mire.clock.now().getTime() - startedAt;
  holds('no more than proved', age <= LONGEST, () => `a session of ${age} ms is still open`);
  await arrive(mire, world, { proof, client, url: page.url });
  return page;
}
