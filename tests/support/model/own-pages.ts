import { ACR_VALUES } from '../../../config/modes.ts';
import type { Visited } from '../http/browser.ts';
import { told } from './arriving.ts';
import { seated } from './entering.ts';
import { levelOf, type Means, type Owner, type Proof, type Who } from './means.ts';
import { isOpen } from './open-defects.ts';
import { holds } from './promises.ts';
import { approachFromHere, send } from './road.ts';
import type { Scene } from './scene.ts';
import { bestWay, TWO_FACTORS } from './ways.ts';
import { next, type Seat, stillCounts, takeBack, type UndoCode, type World } from './world.ts';

export const seatOf = ({ seats }: World, who: Who): Seat => seats[who];

/** Pages that always ask for two factors: what they change gives two. */
const FACTORS = /^\/compte\/(?:coordonnees|moyens\/)/;

/** Whoever changes something of their own account did prove two factors, and is not of a kind that may not. */
function checkPage(world: World, { proof }: NonNullable<Seat['session']>, path: string): void {
  const how = () => `${told(proof)} opened ${path}`;
  holds('taken back is taken back', stillCounts(world, proof), how);
  if (isOpen('one-mailbox') && proof.mode === 'code-ephemere') return;
  // The list of means is shown to one factor; the rest asks for as much as the account has.
  const asksForTwo = FACTORS.test(path) || world.dossiers[proof.account].means.mail?.proved === true;
  if (path === '/compte/moyens' || !asksForTwo) return;
  holds('no more than proved', levelOf(proof.roots) !== 'eidas1', how);
  const most = proof.who === 'mallory' ? world.intruder.most : 'eidas3';
  holds('no more than their kind', ACR_VALUES.indexOf(most ?? 'eidas1') > 0, how);
}

/**
 * A page of somebody's own account that asks for a fresh proof of two factors: given when they have what it takes.
 * @returns undefined where they did not get there
 */
export async function openPage(
  { mire, world }: Scene,
  { who, account, path }: { who: Who; account: Owner; path: string },
): Promise<Visited | undefined> {
  const seat = seatOf(world, who);
  if (seat.session && seat.session.proof.account !== account) return undefined;
  let page = await seat.browser.get(mire.issuer + path);
  if (page.url.pathname.startsWith('/interaction/')) {
    const way = bestWay(world, who, account, TWO_FACTORS);
    const made = way && (await approachFromHere(mire, world, { who, account, seat, way }));
    if (!made) return undefined;
    const asked = seat.browser.current?.url.pathname.split('/')[2] ?? '';
    page = await send(seat, made);
    // Signed in, also where the page then asks for more than that.
    if (!page.url.pathname.startsWith(`/interaction/${asked}`) && page.status < 500)
      seated({ mire, world }, seat, made.proof);
  }
  if (page.status !== 200 || page.url.pathname !== path) return undefined;
  holds('no more than proved', seat.session !== undefined, () => `${who} opened ${path} without any proof`);
  if (seat.session) checkPage(world, seat.session, path);
  return page;
}

/** The account as it is after a change, with the undo codes that it brought. */
export async function changed(
  { mire, world }: Scene,
  account: Owner,
  change: (means: Means, at: number) => Means,
  ends: { sessions: 'none' | 'all' | 'others'; of?: Proof | undefined } = { sessions: 'none' },
): Promise<void> {
  const dossier = world.dossiers[account];
  const before = dossier.means;
  const at = next(world);
  dossier.means = change(before, at);
  if (before.password && before.password !== dossier.means.password) dossier.former.push(before.password);
  if (ends.sessions !== 'none') takeBack(world, account, ends.sessions === 'others' ? ends.of : undefined);
  dossier.undos.push(...(await undoCodesOf({ mire, world }, account, { at, before, after: dossier.means })));
}

/** The undo codes that were mailed since anybody looked. */
async function undoCodesOf(
  { mire, world }: Pick<Scene, 'mire' | 'world'>,
  account: Owner,
  of: Pick<UndoCode, 'at' | 'before' | 'after'>,
): Promise<UndoCode[]> {
  const { person, read } = world.dossiers[account];
  const rows = await mire.database.database('notices').where({ account_id: person.id }).select('id');
  const found: UndoCode[] = [];
  for (const { id } of rows) {
    if (read.has(id)) continue;
    read.add(id);
    const notice = await mire.sandbox.parts.storage.notices.byId(id);
    const code = notice?.params.code ?? notice?.params.undo?.split('#')[1];
    if (notice && code)
      found.push({ ...of, code, to: notice.to, template: notice.template, madeAt: notice.createdAt.getTime() });
  }
  return found;
}
