import { KEYS } from '../../config/key-settings.ts';
import type { Settings } from '../../config/settings.ts';
import type { Clock } from '../clock.ts';
import { generateKey, type ListedKey, SIGNING_ALGS, type SigningKeys } from './keys.ts';

const DAY = 24 * 60 * 60 * 1000;
const after = (date: Date, ms: number) => new Date(date.getTime() + ms);

export interface RotationParts {
  readonly keys: SigningKeys;
  readonly clock: Clock;
  readonly settings: Pick<Settings, 'SIGNING_KEY_DAYS' | 'SIGNING_KEY_NOTICE_DAYS'>;
}

const of = (keys: readonly ListedKey[], alg: string, state: ListedKey['state']) =>
  keys.find((key) => key.alg === alg && key.state === state);

/** Every key whose time to sign has come does; @returns those that now sign. */
async function turnDue({ keys, clock }: Pick<RotationParts, 'keys' | 'clock'>): Promise<string[]> {
  const now = clock();
  const known = await keys.list();
  const turned: string[] = [];
  for (const alg of SIGNING_ALGS) {
    const [active, next] = [of(known, alg, 'active'), of(known, alg, 'next')];
    if (active && next?.activateAt && next.activateAt <= now && (await keys.turn(active.kid, next.kid, now)))
      turned.push(next.kid);
  }
  return turned;
}

/**
 * What the worker does now and then: publishes the next key well before the active one is too old, lets it sign when its
 * time has come, and takes away what nothing rests on any more.
 */
export async function turnKeys(
  parts: RotationParts,
): Promise<{ published: string[]; turned: string[]; removed: string[] }> {
  const { keys, clock, settings } = parts;
  const now = clock();
  const notice = settings.SIGNING_KEY_NOTICE_DAYS * DAY;
  const [published, removed]: [string[], string[]] = [[], []];
  const known = await keys.list();
  for (const alg of SIGNING_ALGS) {
    const active = of(known, alg, 'active');
    if (!active || of(known, alg, 'next')) continue;
    const old = after(active.activatedAt ?? active.createdAt, settings.SIGNING_KEY_DAYS * DAY);
    if (now < after(old, -notice)) continue;
    const key = await generateKey(alg);
    const activateAt = new Date(Math.max(old.getTime(), now.getTime() + notice));
    if (await keys.insertNext(key, now, activateAt)) published.push(key.kid);
  }
  const turned = await turnDue(parts);
  for (const { kid, retiredAt } of known) {
    if (retiredAt && (await keys.remove(kid, after(now, -KEYS.retired * 1000)))) removed.push(kid);
  }
  return { published, turned, removed };
}

/**
 * What an administrator asks for: another key of every algorithm, published at once, that signs at `at`. When `at` is
 * now, applications meet a key that they have not seen yet, and ask for the keys again.
 */
export async function rotateKeys({ keys, clock }: Pick<RotationParts, 'keys' | 'clock'>, at: Date): Promise<void> {
  const known = await keys.list();
  for (const alg of SIGNING_ALGS) {
    const next = of(known, alg, 'next');
    if (!next) await keys.insertNext(await generateKey(alg), clock(), at);
    else await keys.hasten(next.kid, at);
  }
  await turnDue({ keys, clock });
}
