import { expect } from '@jest/globals';
import { newSeed } from '../../../src/challenges/hotp.ts';
import { signedInDesktop } from '../desktop/desktops.ts';
import { SoftAuthenticator } from '../factors/soft-authenticator.ts';
import { Browser } from '../http/browser.ts';
import { type RunningMire, testSecrets } from '../mire.ts';
import { mireCommand } from '../mire-command.ts';
import { MDURAND } from '../sign-in/journeys.ts';
import { csrfOf } from '../sign-in/steps.ts';
import { atAccount, noticeTo, undoCodeOf } from './account-pages.ts';
import { choose, forgot } from './parked-proofs.ts';

const AGENT = { login: 'kbenali', password: 'Stethoscope-bleu-42' };
const MAIL = 'mdurand@hopital.example';
const NEW = 'girafe-bitume-melodie-77';

/** Everything that takes back what was proved, through the pages and commands of the product. */
export interface Act {
  /** What stands before anything is parked. */
  readonly before?: (mire: RunningMire, owner: Browser) => Promise<void>;
  readonly act: (mire: RunningMire, owner: Browser) => Promise<unknown>;
  /** Whether the session that does it goes on. */
  readonly goesOn?: true;
  /** The password that opens the account afterwards; none: it was taken away. */
  readonly password?: string;
}

export const secrets = testSecrets();
export const command = ({ database }: RunningMire, ...args: string[]) =>
  mireCommand(['accounts', ...args], { ...secrets, DATABASE_URL: database.url });
export const accountOf = async ({ sandbox }: RunningMire, login = MDURAND.login) =>
  (await sandbox.parts.storage.accounts.byLoginKey(login))?.account.id ?? '';
async function undo(mire: RunningMire, subject: RegExp, also: Readonly<Record<string, string>> = {}): Promise<void> {
  const told = await noticeTo(mire, MAIL, subject);
  const browser = new Browser(mire.issuer);
  await browser.get(`${mire.issuer}/compte/annuler`);
  expect((await browser.submit({ undo_code: undoCodeOf(told), ...also })).url.pathname).toBe('/compte/annule');
}
export const { password: KNOWN } = MDURAND;

export const ACTS: Readonly<Record<string, Act>> = {
  'a new password': {
    act: async (_mire, owner) => {
      await owner.get('/compte/mot-de-passe');
      expect((await choose(owner, NEW)).page.text).toContain('votre mot de passe a changé');
    },
    goesOn: true,
    password: NEW,
  },
  'a forgotten password, made anew': { act: async (mire) => choose(await forgot(mire), NEW), password: NEW },
  'an undo': {
    before: async (_mire, owner) => {
      await owner.get('/compte/moyens/codes');
      await owner.submit({}, '/codes');
    },
    act: (mire) => undo(mire, /codes de secours/),
    password: KNOWN,
  },
  'an undo with "it was not me"': {
    before: async (_mire, owner) => {
      await owner.get('/compte/moyens/codes');
      await owner.submit({}, '/codes');
    },
    act: (mire) => undo(mire, /codes de secours/, { not_me: 'yes' }),
  },
  '"it was not me"': {
    act: async (mire, owner) => {
      const history = await mire.sandbox.parts.storage.care.history(await accountOf(mire), 50);
      const id = history.find(({ mode }) => mode === 'login-mdp')?.id ?? '';
      await owner.get(`/compte/historique/pas-moi?connexion=${id}`);
      await owner.submit({ id });
    },
    goesOn: true,
  },
  'the end of the other sessions': {
    act: async (_mire, owner) => {
      await owner.get('/compte/appareils');
      await owner.submit({}, '/fermer-les-autres');
    },
    goesOn: true,
    password: KNOWN,
  },
  'mire accounts end-sessions': {
    act: async (mire) => {
      const { code, out } = await command(mire, 'end-sessions', 'mdurand');
      expect([code, JSON.parse(out)]).toEqual([0, { ended: expect.any(Number), since: expect.any(String) }]);
    },
    password: KNOWN,
  },
  'the end of sessions by the help desk': {
    before: async (mire) => {
      await mire.sandbox.parts.storage.accounts.setRoles(await accountOf(mire, AGENT.login), ['helpdesk']);
    },
    act: async (mire) => {
      const id = await accountOf(mire);
      const { browser } = await atAccount(mire, `/assistance/compte/${id}`, { person: AGENT });
      await browser.submit({ action: 'end-sessions' }, id);
    },
    password: KNOWN,
  },
  'a block, lifted again': {
    act: async (mire) => {
      await command(mire, 'block', 'mdurand', '--reason', 'test');
      await command(mire, 'unblock', 'mdurand');
    },
    password: KNOWN,
  },
  'a closing, undone': {
    act: async (mire, owner) => {
      await owner.get('/compte/fermeture');
      await owner.submit({ sure: 'yes' });
      await undo(mire, /compte est fermé/);
    },
    password: KNOWN,
  },
  'the removal of a passkey': {
    before: async (mire, owner) => {
      await owner.get('/compte/moyens/cle-acces');
      const { current } = owner;
      const answer = await owner.fetch('/compte/moyens/cle-acces/options', {
        method: 'POST',
        body: new URLSearchParams({ _csrf: current ? csrfOf(current) : '' }).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      });
      const key = new SoftAuthenticator(mire.issuer);
      await owner.submit({ credential: key.create((await answer.json()) as never), name: 'Volée' });
    },
    act: async (_mire, owner) => {
      await owner.get('/compte/moyens');
      await owner.click('Volée');
      const id = owner.current?.page.querySelector('button[name=passkey]')?.getAttribute('value') ?? '';
      await owner.submit({ passkey: id }, '/retirer');
    },
    goesOn: true,
    password: KNOWN,
  },
  'the removal of an authenticator application': {
    before: async (mire) => {
      const { authenticators } = mire.sandbox.parts.storage;
      const [id, accountId, at] = ['5a6f9c1e-2b0d-4d8e-9c1e-0a1b2c3d4e5f', await accountOf(mire), mire.clock.now()];
      await authenticators.insert({ id, accountId, seed: newSeed(), at });
      await authenticators.confirm(accountId, id, at);
      await authenticators.prefer(accountId, false);
    },
    act: async (_mire, owner) => {
      await owner.get('/compte/moyens');
      await owner.submit({}, '/application/retirer');
    },
    goesOn: true,
    password: KNOWN,
  },
  'the removal of a desktop': {
    before: async (mire) => {
      await signedInDesktop(mire, { name: 'Poste volé' });
    },
    act: async (mire, owner) => {
      const devices = await mire.sandbox.parts.storage.desktopDevices.of(await accountOf(mire));
      await owner.get('/compte/appareils');
      await owner.submit({ device: devices.find(({ name }) => name === 'Poste volé')?.id ?? '' }, '/bureau/retirer');
    },
    goesOn: true,
    password: KNOWN,
  },
};
