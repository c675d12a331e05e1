import { blockAccount, unblockAccount } from '../../../../src/accounts/blocking.ts';
import { act } from '../help-desk.ts';
import type { Means } from '../means.ts';
import { changed, openPage, seatOf } from '../own-pages.ts';
import { type Move, pick } from '../scene.ts';
import { lostKey } from '../taken-back.ts';
import { next, takeBack } from '../world.ts';
import { mayChange } from './changing.ts';
import { accountOf } from './entering.ts';

const blocks: Move = {
  name: 'an administrator blocks',
  weight: 2,
  may: ({ dossiers }) => dossiers.alice.status !== 'blocked',
  async act({ mire, world, tell }) {
    tell('an administrator blocks alice’s account');
    const dossier = world.dossiers.alice;
    if (!(await blockAccount(mire.sandbox.logout, dossier.person.id, 'test'))) return;
    dossier.status = 'blocked';
    takeBack(world, 'alice');
    dossier.undosSince = next(world);
  },
};

const unblocks: Move = {
  name: 'an administrator unblocks',
  weight: 3,
  may: ({ dossiers }) => dossiers.alice.status === 'blocked',
  async act({ mire, world, tell }) {
    tell('an administrator unblocks alice’s account');
    if (await unblockAccount(mire.sandbox.parts.storage, world.dossiers.alice.person.id))
      world.dossiers.alice.status = 'active';
  },
};

const closes: Move = {
  name: 'closes the account',
  weight: 4,
  may: (world, { who }) => mayChange(world, who),
  async act(scene, { who }) {
    const { world, tell } = scene;
    const account = accountOf(who);
    tell(`${who} closes ${account}’s account`);
    const page = await openPage(scene, { who, account, path: '/compte/fermeture' });
    if (!page) return;
    const done = await seatOf(world, who).browser.submit({ sure: 'yes' });
    if (done.url.pathname !== '/compte/ferme') return;
    world.dossiers[account].status = 'closed';
    world.dossiers[account].closedAt = next(world);
    await changed(scene, account, (means) => means, { sessions: 'all' });
  },
};

const endsOthers: Move = {
  name: 'ends the other sessions',
  weight: 4,
  may: (world, { who }) => seatOf(world, who).session?.proof.account === accountOf(who),
  async act({ mire, world, tell }, { who }) {
    const seat = seatOf(world, who);
    tell(`${who} ends the other sessions of ${accountOf(who)}’s account`);
    const page = await seat.browser.get(`${mire.issuer}/compte/appareils`);
    if (page.url.pathname !== '/compte/appareils' || page.status !== 200) return;
    const done = await seat.browser.submit({}, '/fermer-les-autres');
    if (done.url.search.includes('fait=sessions')) takeBack(world, accountOf(who), seat.session?.proof);
  },
};

const commandEnds: Move = {
  name: 'mire accounts end-sessions',
  weight: 2,
  may: () => true,
  async act({ mire, world, tell }) {
    tell('an administrator ends the sessions of alice’s account');
    await mire.sandbox.logout.end({ accountId: world.dossiers.alice.person.id }, 'administrator');
    takeBack(world, 'alice');
  },
};

const ACTS = ['unlock', 'end-sessions', 'revoke-authenticator', 'revoke-codes', 'revoke-passkey'] as const;
const WITHOUT: Readonly<Record<(typeof ACTS)[number], Partial<Means>>> = {
  unlock: {},
  'end-sessions': {},
  'revoke-authenticator': { app: undefined },
  'revoke-codes': { paper: undefined },
  'revoke-passkey': {},
};

const helps: Move = {
  name: 'an agent acts',
  weight: 3,
  may: () => true,
  async act(scene, { who, n }) {
    const { mire, world, tell } = scene;
    const dossier = world.dossiers.alice;
    const action = pick(ACTS, n) ?? 'unlock';
    const agent = who === 'mallory' && world.intruder.id === 'agent' ? world.agent : scene.desk.agents[0];
    tell(`an agent of the help desk does ${action} for alice`);
    const keys = await mire.sandbox.parts.storage.passkeys.of(dossier.person.id);
    const [key] = keys;
    if (action === 'revoke-passkey' && !key) return;
    const more = action === 'revoke-passkey' && key ? { passkey: key.id } : {};
    if (!(await act(scene, agent, dossier.person.id, { action, ...more })) || action === 'unlock') return;
    const gone = dossier.means.keys.find(({ by }) => key?.name === `De ${by}`);
    if (action === 'revoke-passkey') world.lost.push(lostKey(gone));
    const kept = action === 'revoke-passkey' ? dossier.means.keys.filter((one) => one !== gone) : dossier.means.keys;
    await changed(scene, 'alice', (means) => ({ ...means, ...WITHOUT[action], keys: kept }), { sessions: 'all' });
  },
};

export const ABOVE: readonly Move[] = [blocks, unblocks, closes, endsOthers, commandEnds, helps];
