import { offeredOptions } from '../factors/passkey-options.ts';
import { csrfOf } from '../sign-in/steps.ts';
import { enterSilently } from './entering.ts';
import { authorizeUrl, browserAt } from './ground.ts';
import type { Key, Means, Owner } from './means.ts';
import { refresh } from './moves/tokens.ts';
import { holds } from './promises.ts';
import { cameBack, vouchedFields } from './road.ts';
import type { Scene } from './scene.ts';
import type { UndoCode, World } from './world.ts';

/** What the intruder put into an account and lost when it went back to a moment before. */
export interface Lost {
  readonly keys: readonly Key[];
  readonly undos: readonly UndoCode[];
  readonly identity: boolean;
}

/** What stands in the one and no more in the other, of the intruder's. */
export function lostBetween(before: Means, after: Means, undos: readonly UndoCode[], world: World): Lost {
  const keys = before.keys.filter((key) => key.by === 'mallory' && !after.keys.includes(key));
  const theirs = (means: Means) => means.identities.some(({ number }) => number === world.theirs);
  const identity = theirs(before) && !theirs(after);
  return { keys, undos: undos.filter(({ to }) => world.readers.get(to) === 'mallory'), identity };
}

/** One passkey that was removed. */
export const lostKey = (key: Key | undefined): Lost => ({
  keys: key?.by === 'mallory' ? [key] : [],
  undos: [],
  identity: false,
});

const broken = (how: string) => holds('nothing of the intruder', false, () => how);

async function triesKey({ mire, world }: Scene, key: Key): Promise<void> {
  const browser = browserAt(mire, world.intruderAddress);
  const page = await browser.get(authorizeUrl(mire, 'messagerie', { mode: 'cle-acces' }));
  const base = `/interaction/${page.url.pathname.split('/')[2]}/cle-acces`;
  const options = await offeredOptions(browser, `${base}/options`);
  if (!options) return;
  const end = await browser.submit({ credential: key.soft.get(options) }, '/cle-acces');
  if (cameBack(end)) broken('the passkey that mallory added still signs in');
}

async function triesUndo({ mire, world }: Scene, { code, template }: UndoCode): Promise<void> {
  const browser = browserAt(mire, world.intruderAddress);
  await browser.get(`${mire.issuer}/compte/annuler`);
  const end = await browser.submit({ undo_code: code });
  if (end.url.pathname === '/compte/annule') broken(`the undo code that mallory got by "${template}" is still good`);
}

async function triesIdentity({ mire, world }: Scene): Promise<void> {
  const browser = browserAt(mire, world.intruderAddress);
  const page = await browser.get(authorizeUrl(mire, 'messagerie', { mode: 'psc' }));
  const uid = page.url.pathname.split('/')[2];
  const fields = { _csrf: csrfOf(page), ...vouchedFields(world, 'mallory') };
  const end = await browser.post(`${mire.issuer}/interaction/${uid}/psc`, fields);
  if (cameBack(end)) broken('the identity that mallory linked still signs in');
}

/** The intruder tries all of it: sessions and tokens and what was parked are held to their own promise. */
export async function triesWhatWasLost(scene: Scene, account: Owner): Promise<void> {
  const { mire, world } = scene;
  const { means, dead } = world.dossiers[account];
  // What came back since, as it may, is not lost any more.
  const keys = world.lost.flatMap((lost) => lost.keys).filter((key) => !means.keys.includes(key));
  for (const key of keys) await triesKey(scene, key);
  for (const undo of world.lost.flatMap(({ undos }) => undos)) if (dead.has(undo.code)) await triesUndo(scene, undo);
  const theirs = means.identities.some(({ number }) => number === world.theirs);
  if (!theirs && world.lost.some(({ identity }) => identity)) await triesIdentity(scene);
  const row = await mire.sandbox.parts.storage.accounts.byId(world.dossiers[account].person.id);
  const { mail, phone } = means;
  for (const [value, verified, own] of [
    [row?.email, row?.emailVerified, mail?.value],
    [row?.phone, row?.phoneVerified, phone?.value],
  ] as const)
    if (value && verified && world.readers.get(value) === 'mallory' && value !== own)
      broken('a mail or phone of mallory’s is still that of the account');
  if (world.seats.mallory.session) await enterSilently(scene, world.seats.mallory, 'portail', { prompt: 'none' });
  for (const tokens of world.tokens.filter(({ holder }) => holder === 'mallory')) await refresh(scene, tokens);
  const parked = world.parked.filter(({ who }) => who === 'mallory');
  world.parked = world.parked.filter((one) => !parked.includes(one));
  for (const one of parked) await one.opened(await one.resume());
}
