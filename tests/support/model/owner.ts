import type { Visited } from '../http/browser.ts';
import { enter } from './entering.ts';
import { isOpen } from './open-defects.ts';
import { holds } from './promises.ts';
import type { Scene } from './scene.ts';
import { has, type Way } from './ways.ts';
import type { World } from './world.ts';

/** Sends of their own that an owner may leave unused and still count on the next. */
const OWN = 6;

/** The way by which the owner may count on coming in, in the browser that signed them in with two factors. */
function countedOn(world: World): { way: Way; client: string } | undefined {
  const { means, status, unspent } = world.dossiers.alice;
  const { password } = means;
  const known = world.seats.alice.known.has('alice');
  if (status !== 'active' || !known || !password?.sure || !has(world, 'alice', 'alice', 'login-mdp')) return undefined;
  const reach = (way: 'mail' | 'sms') => {
    const sure = way === 'mail' ? means.mail?.sure : means.phone?.sure;
    const another = password.roots.some((root) => root !== way);
    return sure && another && unspent < OWN && !isOpen('shutting-out') && has(world, 'alice', 'alice', way);
  };
  const code = (['mail', 'sms'] as const).find(reach);
  return code ? { way: code, client: 'messagerie' } : { way: 'login-mdp', client: 'portail' };
}

const hers = (world: World) => ({ who: 'alice', account: 'alice', seat: world.seats.alice }) as const;

/** The owner's browser is one that knows her, from before anything that strangers do. */
export async function becomesKnown(scene: Scene): Promise<void> {
  const { world } = scene;
  if (world.seats.alice.known.has('alice')) return;
  const way = (['mail', 'sms'] as const).find((one) => has(world, 'alice', 'alice', one));
  if (way) await enter(scene, { ...hers(world), way, client: 'messagerie' });
}

/** The owner's known browser always gets in with the right means. */
export async function ownerEnters(scene: Scene): Promise<void> {
  const { world } = scene;
  const counted = countedOn(world);
  if (!counted) return;
  const tokens = await enter(scene, { ...hers(world), ...counted });
  const { current } = world.seats.alice.browser;
  const where = () => `${counted.way} ended with ${current?.status} at ${current?.url.pathname}: ${saidAt(current)}`;
  holds('the known browser gets in', tokens !== undefined, where);
}

/** What stands on the page, in short. */
export const saidAt = (page: Visited | undefined): string =>
  page?.page.querySelector('main')?.text.replace(/\s+/g, ' ').trim().slice(0, 200) ?? '';
