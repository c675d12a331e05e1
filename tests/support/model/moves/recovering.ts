import type { Browser } from '../../http/browser.ts';
import { browserAt, codeJustSent } from '../ground.ts';
import { asAgent, askForRecovery, settleAll } from '../help-desk.ts';
import type { Owner, Reach, Root, Who } from '../means.ts';
import { isOpen } from '../open-defects.ts';
import { changed, seatOf } from '../own-pages.ts';
import { asks, totpOf } from '../road.ts';
import type { Move, Scene } from '../scene.ts';
import { lostBetween, triesWhatWasLost } from '../taken-back.ts';
import { type Dossier, next, reads, takeBack } from '../world.ts';
import { newPassword, newReach } from './changing.ts';
import { accountOf } from './entering.ts';

const HERE = '/mot-de-passe-oublie';

/** Something beside the mail, where the page asks for it and they have it. @returns what it was */
async function second(scene: Scene, who: Who, account: Owner, browser: Browser): Promise<Root | undefined> {
  const { mire, world } = scene;
  const { means } = world.dossiers[account];
  const { current } = browser;
  if (means.app?.by === who && current?.page.querySelector('form[action$="/application"]')) {
    await browser.submit({ code: totpOf(mire, means.app.seed) }, '/application');
    return 'totp';
  }
  const paper = means.paper?.by === who ? means.paper.codes[0] : undefined;
  if (paper && asks(current, 'recovery_code')) {
    await browser.submit({ recovery_code: paper }, '/secours');
    return 'paper';
  }
  if (!reads(world, who, means.phone?.value) || !current?.page.querySelector('form[action$="/envoi"]'))
    return undefined;
  await browser.submit({}, '/envoi');
  const code = await codeJustSent(mire, world.dossiers[accountOf(who)].person.id, (to) => reads(world, who, to));
  if (!code || !asks(browser.current, 'sms_code')) return undefined;
  await browser.submit({ sms_code: code });
  return 'sms';
}

/** A code came back from the mail: it is proved, whoever typed it. */
function answered(dossier: Dossier): void {
  const { mail } = dossier.means;
  if (mail) dossier.means = { ...dossier.means, mail: { ...mail, proved: true } };
}

/** Up to the page of the new password. @returns what was proved on the way */
async function asksForPassword(scene: Scene, who: Who, account: Owner, browser: Browser) {
  const { mire, world } = scene;
  await browser.get(mire.issuer + HERE);
  await browser.submit({ login: world.dossiers[account].person.login });
  if (who !== 'mallory') world.dossiers[account].unspent += 1;
  const code = await codeJustSent(mire, world.dossiers[accountOf(who)].person.id, (to) => reads(world, who, to));
  if (!code || !browser.current?.url.pathname.endsWith('/code')) return undefined;
  await browser.submit({ code }, '/code');
  if (!browser.current.url.pathname.endsWith('/code')) answered(world.dossiers[account]);
  const roots: Root[] = ['mail'];
  if (browser.current.url.pathname.endsWith('/second')) {
    const root = await second(scene, who, account, browser);
    if (root) roots.push(root);
  }
  return asks(browser.current, 'new_password') ? roots : undefined;
}

const forgets: Move = {
  name: 'forgot the password',
  weight: 6,
  may: (world, { who }) => reads(world, who, world.dossiers[accountOf(who)].means.mail?.value),
  async act(scene, { who, n, yes }) {
    const { mire, world, tell } = scene;
    const account = accountOf(who);
    const parks = yes && n % 2 === 0;
    tell(`${who} forgot the password of ${account}’s account${parks ? ', and stops at the new one' : ''}`);
    const seat = {
      name: `${who}’s for recovery`,
      browser: browserAt(mire, seatOf(world, who).browser.headers['x-forwarded-for'] ?? ''),
      known: new Set<Owner>(),
    };
    const at = next(world);
    const roots = await asksForPassword(scene, who, account, seat.browser);
    if (!roots) return;
    const value = newPassword(world, n);
    const resume = () => seat.browser.submit({ new_password: value, new_password_confirmation: value });
    const vouched = (mail: Reach | undefined) => (mail?.vouchedUntil ?? 0) > mire.clock.now().getTime();
    const opened = async (page: { url: URL }) => {
      if (!page.url.pathname.endsWith('/fait')) return;
      const { since } = world.dossiers[account];
      if (at < since) throw await overtaken(who);
      await changed(
        scene,
        account,
        (means, step) => ({
          ...means,
          mail: means.mail && { ...means.mail, vouchedUntil: undefined },
          password: {
            value,
            knownBy: [who],
            roots: vouched(means.mail) ? [...roots, 'agents'] : roots,
            by: who,
            at: step,
            sure: who !== 'mallory',
          },
        }),
        { sessions: 'all' },
      );
    };
    if (parks) world.parked.push({ who, account, seat, at, words: 'a forgotten password', resume, opened });
    else await opened(await resume());
  },
};

async function overtaken(who: Who): Promise<Error> {
  const { Broken } = await import('../promises.ts');
  return new Broken('taken back is taken back', `${who} ended a recovery that was begun before`);
}

const VOUCHED = 72 * 60 * 60 * 1000;

/** Two agents give the account back to its owner, at an address that the owner says. */
const supervised: Move = {
  name: 'is given the account back by two agents',
  weight: 2,
  may: ({ dossiers, intruder }) => dossiers.alice.status === 'active' && intruder.id !== 'agent',
  async act(scene) {
    const { world, tell } = scene;
    const dossier = world.dossiers.alice;
    tell('two agents give alice’s account back to her, at a new address');
    const value = newReach(world, 'alice', 'mail');
    const [first, other] = scene.desk.agents;
    const asked = await askForRecovery(scene, first, dossier.person.id, value);
    if (!asked || !(await settleAll(scene, other, 'approve', dossier.person.id))) return;
    const vouchedUntil = scene.mire.clock.now().getTime() + VOUCHED;
    const before = dossier.means;
    const old = isOpen('supervised-recovery');
    await changed(
      scene,
      'alice',
      (means, at) => ({
        ...means,
        password: undefined,
        app: undefined,
        paper: undefined,
        mail: { value, by: 'alice', at, sure: false, proved: old, vouchedUntil },
        phone: means.phone && { ...means.phone, sure: false },
        keys: old ? means.keys : means.keys.filter(({ by }) => by !== 'mallory'),
        identities: old ? means.identities : means.identities.filter(({ by }) => by !== 'mallory'),
      }),
      { sessions: 'all' },
    );
    if (old) return;
    for (const { code, at } of dossier.undos) if (at < dossier.since - 1) dossier.dead.add(code);
    dossier.undosSince = dossier.since - 1;
    takeBack(world, 'alice');
    world.lost.push(
      lostBetween(
        before,
        dossier.means,
        dossier.undos.filter(({ code }) => dossier.dead.has(code)),
        world,
      ),
    );
    await triesWhatWasLost(scene, 'alice');
  },
};

/** One agent alone, who would have the account. */
const alone: Move = {
  name: 'asks as an agent, and settles alone',
  looks: true,
  weight: 6,
  may: ({ intruder }) => intruder.id === 'agent',
  async act(scene) {
    const { mire, world, tell } = scene;
    const { id } = world.dossiers.alice.person;
    tell('mallory, an agent, asks for alice’s account at her own address, and approves it herself');
    const value = newReach(world, 'mallory', 'mail');
    await askForRecovery(scene, world.agent, id, value);
    await settleAll(scene, world.agent, 'approve', id);
    const row = await mire.sandbox.parts.storage.accounts.byId(id);
    const { Broken } = await import('../promises.ts');
    if (row?.email === value) throw new Broken('no more than their kind', 'one agent gave the account away');
    await settleAll(scene, scene.desk.agents[0], 'decline', id);
    void asAgent;
  },
};

export const RECOVERING: readonly Move[] = [forgets, supervised, alone];
