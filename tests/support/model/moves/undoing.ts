import { browserAt } from '../ground.ts';
import type { Means } from '../means.ts';
import { isOpen } from '../open-defects.ts';
import { seatOf } from '../own-pages.ts';
import { holds } from '../promises.ts';
import { type Move, pick } from '../scene.ts';
import { lostBetween, triesWhatWasLost } from '../taken-back.ts';
import { type Dossier, next, reads, takeBack, type UndoCode } from '../world.ts';
import { accountOf } from './entering.ts';

/** Seventy-two hours, and what the clock of a test may be off by. */
const GOOD_FOR = (72 * 60 * 60 + 60) * 1000;

const unsure = <T extends { readonly sure: boolean }>(one: T | undefined): T | undefined =>
  one && { ...one, sure: false };

/** As it was before that change; what of it the owner may count on is not said. */
export const asItWas = ({ before }: Pick<UndoCode, 'before'>): Means => ({
  ...before,
  password: unsure(before.password),
  mail: unsure(before.mail),
  phone: unsure(before.phone),
});

/** One thing put back, whatever came after it. */
function putBack(now: Means, { template, before, after }: UndoCode): Means {
  const added = after.keys.filter((key) => !before.keys.includes(key));
  const removed = before.keys.filter((key) => !after.keys.includes(key));
  const keys = [...now.keys.filter((key) => !added.includes(key)), ...removed.filter((key) => !now.keys.includes(key))];
  const restored: Readonly<Record<string, Partial<Means>>> = {
    'mail-changed': { mail: unsure(before.mail) },
    'phone-changed': { phone: unsure(before.phone) },
    'password-changed': { password: unsure(before.password) },
    'passkey-added': { keys },
    'passkey-removed': { keys },
    'authenticator-added': now.app === after.app ? { app: undefined } : {},
    'authenticator-removed': { app: before.app },
    'recovery-codes-made': { paper: undefined },
    'identity-linked': { identities: before.identities },
  };
  return { ...now, ...restored[template] };
}

const usable = (dossier: Dossier, read: (to: string) => boolean) => dossier.undos.filter(({ to }) => read(to));

const undoes: Move = {
  name: 'undoes',
  weight: 11,
  may: (world, { who }) => usable(world.dossiers[accountOf(who)], (to) => reads(world, who, to)).length > 0,
  async act(scene, { who, n, yes }) {
    const { mire, world, tell } = scene;
    const account = accountOf(who);
    const dossier = world.dossiers[account];
    const undo = pick(
      usable(dossier, (to) => reads(world, who, to)),
      n,
    );
    if (!undo) return;
    tell(`${who} undoes "${undo.template}" of ${account}’s account${yes ? ', which "was not me"' : ''}`);
    const browser = browserAt(mire, seatOf(world, who).browser.headers['x-forwarded-for'] ?? '');
    await browser.get(`${mire.issuer}/compte/annuler`);
    const fields = { undo_code: undo.code, ...(yes ? { not_me: 'yes' } : {}) };
    if ((await browser.submit(fields)).url.pathname !== '/compte/annule') return;

    const how = () => `${who}’s code of "${undo.template}" was taken`;
    holds("the administrator's word", dossier.status !== 'blocked', how);
    holds("the administrator's word", undo.at >= dossier.undosSince, how);
    holds('nothing of the intruder', !dossier.dead.has(undo.code), how);
    const age = mire.clock.now().getTime() - undo.madeAt;
    holds('taken back is taken back', age <= GOOD_FOR, () => `${how()} after ${age} ms`);
    dossier.dead.add(undo.code);
    if (undo.template === 'account-closed') dossier.status = 'active';
    const now = dossier.means;
    takeBack(world, account);
    next(world);
    if (now.password) dossier.former.push(now.password);
    dossier.means = putBack(now, undo);
    // Whoever holds the oldest address has the last word: what went elsewhere since opens nothing any more.
    if (undo.template === 'mail-changed')
      for (const { code, at, to } of dossier.undos)
        if (at >= undo.at && to !== undo.before.mail?.value) dossier.dead.add(code);
    if (!yes) return;
    dossier.means = { ...dossier.means, password: undefined };
    if (dossier.status === 'closed' && dossier.closedAt >= undo.at) dossier.status = 'active';
    if (isOpen('undo') || who === 'mallory') return;
    dossier.means = asItWas(undo);
    // Older messages to the mailbox of that moment still lead further back.
    const { mail } = dossier.means;
    for (const { code, at, to } of dossier.undos) if (at >= undo.at || to !== mail?.value) dossier.dead.add(code);
    const over = dossier.undos.filter(({ code }) => dossier.dead.has(code));
    world.lost.push(lostBetween(now, dossier.means, over, world));
    await triesWhatWasLost(scene, account);
  },
};

const triesAgain: Move = {
  name: 'tries what was taken back',
  looks: true,
  weight: 3,
  may: ({ lost }) => lost.length > 0,
  async act(scene) {
    scene.tell('mallory tries all that was taken back from alice’s account');
    await triesWhatWasLost(scene, 'alice');
  },
};

export const UNDOING: readonly Move[] = [undoes, triesAgain];
