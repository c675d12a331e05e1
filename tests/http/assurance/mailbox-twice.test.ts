import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { blockAccount } from '../../../src/accounts/blocking.ts';
import { codeOf, newSeed } from '../../../src/challenges/hotp.ts';
import { periodOf } from '../../../src/factors/totp.ts';
import { undoCodeOf } from '../../support/accounts/account-pages.ts';
import {
  codeSent,
  HOLDER,
  NEW,
  passwordAndMail,
  resetAsIs,
  resetByMail,
  START,
} from '../../support/accounts/mailbox.ts';
import { accountOf } from '../../support/accounts/taking-back.ts';
import { nationalId, presentCard } from '../../support/cards/cards.ts';
import { Application } from '../../support/clients/application.ts';
import { askDesktop, goOn, refusal, signedInDesktop } from '../../support/desktop/desktops.ts';
import { passkeyOptions } from '../../support/factors/passkey-options.ts';
import { SoftAuthenticator } from '../../support/factors/soft-authenticator.ts';
import { Browser, type Visited } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { pscBrowser, signInByPsc } from '../../support/psc/psc.ts';
import { signInDirectly } from '../../support/sign-in/directly.ts';
import { messages, openCodeEphemere, signInByPassword } from '../../support/sign-in/journeys.ts';
import { auditOf, begin, csrfOf, interactionOf } from '../../support/sign-in/steps.ts';

const REFUSED = 'ne prouve rien de plus';
const AGENTS = ['kbenali', 'slefevre'];

describe('the mailbox alone never gives eidas2', () => {
  let mire: RunningMire;
  let id: string;
  beforeAll(async () => {
    mire = await startMire({ cards: true, env: { RATE_LIMIT_FACTOR: '1000' } });
    id = await accountOf(mire);
  });
  afterAll(() => mire.close());

  const storage = () => mire.sandbox.parts.storage;
  const standing = async () => (await storage().accounts.byId(id))?.mailResetAt !== undefined;
  const isIn = ({ url }: Visited) => url.searchParams.has('code');
  describe('after a forgotten password,', () => {
    beforeAll(async () => {
      const done = await resetByMail(mire);
      expect(done.page.text).toContain('que les applications qui demandent un simple mot de passe');
    });

    test('Code Éphémère opens what a password opens, and its token says no more', async () => {
      const { browser, started } = await begin(mire);
      const back = await passwordAndMail(mire, browser);
      const claims = (await started.finish(back.url)).claims();
      expect(claims).toMatchObject({ acr: 'eidas1', mire_mode: 'code-ephemere', amr: ['pwd', 'otp'] });
      expect(await standing()).toBe(true);
    });

    const ROADS: Readonly<Record<string, () => Promise<Visited>>> = {
      'Code Éphémère': async () => passwordAndMail(mire, (await begin(mire, { client: 'messagerie' })).browser),
      'Code Éphémère, with the channel written by hand': async () => {
        const { browser } = await begin(mire, { client: 'messagerie' });
        await openCodeEphemere(browser);
        const { current } = browser;
        return browser.post(current?.url.pathname ?? '', {
          _csrf: current ? csrfOf(current) : '',
          ...HOLDER,
          channel: 'mail',
        });
      },
      'a step-up of a password': async () => {
        const browser = new Browser(mire.issuer);
        const started = await (await Application.discover(mire.issuer, 'ror')).start();
        expect(isIn(await signInByPassword(browser, started.url, HOLDER))).toBe(true);
        return passwordAndMail(mire, (await begin(mire, { client: 'messagerie', browser })).browser);
      },
      'a step-up of a password and a code': async () => {
        const { browser } = await begin(mire);
        expect(isIn(await passwordAndMail(mire, browser))).toBe(true);
        return passwordAndMail(mire, (await begin(mire, { client: 'messagerie', browser })).browser);
      },
      'acr_values at an application that takes a password': async () =>
        passwordAndMail(mire, (await begin(mire, { parameters: { acr_values: 'eidas2' } })).browser),
      ...Object.fromEntries(
        ['coordonnees', 'moyens/cle-acces', 'moyens/application', 'moyens/codes', 'mot-de-passe', 'fermeture'].map(
          (page) => [
            `the fresh proof of /compte/${page}`,
            async () => {
              const browser = new Browser(mire.issuer);
              await browser.get(`${mire.issuer}/compte/entrer?retour=/compte/${page}`);
              await browser.get(`${mire.issuer}/compte/${page}`);
              await passwordAndMail(mire, browser);
              await browser.get(`${mire.issuer}/compte/${page}`);
              return passwordAndMail(mire, browser);
            },
          ],
        ),
      ),
    };
    test.each(Object.entries(ROADS))('%s: the page says what to do', async (_, road) => {
      const { status, url, page } = await road();
      expect([status, url.pathname]).toEqual([expect.any(Number), expect.stringMatching(/^\/interaction\//)]);
      expect(page.text).toContain(REFUSED);
      expect(page.querySelector('.support-code')?.text).toMatch(/[2-9A-Z]{4}-[2-9A-Z]{4}/);
      for (const other of ['Carte CPS', 'e-CPS', 'clé d’accès', 'SMS', 'assistance'])
        expect(page.text).toContain(other);
    });

    test('an application that asks without a page is told that the level is not met', async () => {
      const { browser } = await begin(mire);
      await passwordAndMail(mire, browser);
      const { page } = await begin(mire, { client: 'messagerie', browser, parameters: { prompt: 'none' } });
      expect(page.url.searchParams.get('error')).toBe('unmet_authentication_requirements');
    });

    test('a desktop that signs in with both approves no more than they are worth', async () => {
      const { desktop } = await signedInDesktop(mire, { person: HOLDER, weak: true });
      const asked = await askDesktop(mire);
      expect(await refusal(desktop.openRequest({ request: asked.request }))).toBe('desktop-too-weak');
    });

    test('a stranger’s e-CPS joins the account by neither', async () => {
      const { url } = await (await Application.discover(mire.issuer, 'messagerie')).start();
      const browser = pscBrowser(mire);
      await signInByPsc(browser, url, '899700000062');
      expect(browser.current?.url.pathname).toMatch(/\/signup$/);
      await browser.click('J’ai déjà un compte');
      // Somebody without a number of their own yet.
      await mire.database.database('accounts').where({ login: 'tmartin' }).update({ email_verified: true });
      await resetByMail(mire, 'tmartin');
      const refused = await browser.submit({ ...HOLDER, login: 'tmartin' }, '/existing');
      expect([refused.status, refused.page.text]).toEqual([403, expect.stringContaining(REFUSED)]);
    });

    test('a password changed again by the mail, or undone and given again, changes nothing of it', async () => {
      await resetAsIs(mire, 'mdurand');
      expect(await standing()).toBe(true);
      const browser = new Browser(mire.issuer);
      const told = mire.sandbox.inbox.all().find(({ subject }) => /mot de passe a changé/.test(subject));
      await browser.get(`${mire.issuer}/compte/annuler`);
      // It brings back the password before it: one that the mail gave too.
      await browser.submit({ undo_code: told ? undoCodeOf(told) : '' });
      expect(await standing()).toBe(true);
    });
  });

  describe('until something else is proved:', () => {
    beforeEach(async () => {
      await storage().accounts.setMailVouched(id, undefined);
      await resetByMail(mire);
      expect(await standing()).toBe(true);
    });

    const beside = async (channel: string, given: (browser: Browser) => Promise<unknown>) => {
      const { browser } = await begin(mire);
      await openCodeEphemere(browser);
      await browser.submit(HOLDER);
      if (browser.current?.page.querySelector(`[value=${channel}]`)) await browser.submit({ channel });
      await given(browser);
    };
    const seed = newSeed();
    const agents = async () => {
      const browsers = [];
      for (const login of AGENTS) {
        await storage().accounts.setRoles(await accountOf(mire, login), ['helpdesk']);
        browsers.push(await signInDirectly(mire, { login, acr: 'eidas2' }));
      }
      return browsers as [Browser, Browser];
    };
    const byTwo = async (fields: Record<string, string>) => {
      const [one, two] = await agents();
      await one.get(`${mire.issuer}/assistance/compte/${id}`);
      await one.submit(fields, id);
      await two.get(`${mire.issuer}/assistance`);
      await two.submit({ decision: 'approve' });
    };

    const byPsc = async () => {
      const { url } = await (await Application.discover(mire.issuer, 'messagerie')).start();
      const owner = pscBrowser(mire);
      expect(isIn(await signInByPsc(owner, url, nationalId('mdurand')))).toBe(true);
      return owner;
    };

    /** Who the account's owner is, they say; whose the password is, they do not. */
    const APART: Readonly<Record<string, () => Promise<unknown>>> = {
      'the card': async () => {
        const { url } = await (await Application.discover(mire.issuer, 'messagerie')).start();
        expect(isIn(await presentCard(mire, new Browser(mire.issuer), url, 'cps-infirmiere'))).toBe(true);
      },
      'the e-CPS': byPsc,
      'a desktop that was known before': async () => {
        const { desktop } = await signedInDesktop(mire, { person: HOLDER, weak: true });
        await mire.database.database('desktop_devices').update({ created_at: new Date('2020-01-01') });
        const asked = await askDesktop(mire, { client: 'ror' });
        const { id: request } = await desktop.openRequest({ request: asked.request });
        await desktop.approve(request, asked.number);
        expect(isIn(await goOn(asked))).toBe(true);
      },
      'two agents who lift a block': async () => {
        await blockAccount(mire.sandbox.logout, id, 'test');
        await byTwo({ action: 'unblock' });
      },
    };
    test.each(Object.entries(APART))(
      '%s of its owner leaves it: another may have asked for that password',
      async (_, comes) => {
        await comes();
        expect(await standing()).toBe(true);
        const { browser } = await begin(mire, { client: 'messagerie' });
        expect((await passwordAndMail(mire, browser)).url.pathname).not.toContain('/callback');
      },
    );

    const ENDINGS: Readonly<Record<string, () => Promise<unknown>>> = {
      'a password chosen in a session of two factors': async () => {
        const owner = await byPsc();
        await owner.get(`${mire.issuer}/compte/mot-de-passe`);
        await owner.submit({ new_password: HOLDER.password, new_password_confirmation: HOLDER.password });
      },
      'a code to a phone that was verified before': async () => {
        await mire.database.database('accounts').where({ id }).update({ phone_verified: true });
        await beside('sms', async (browser) => {
          const [message] = await messages(mire, 1);
          await browser.submit({ code: message?.code ?? '' });
        });
      },
      'an authenticator': async () => {
        const [own, at] = ['5a6f9c1e-2b0d-4d8e-9c1e-0a1b2c3d4e5f', mire.clock.now()];
        await storage().authenticators.insert({ id: own, accountId: id, seed, at });
        await storage().authenticators.confirm(id, own, at);
        await beside('app', (browser) => browser.submit({ code: codeOf(seed, periodOf(mire.clock.now())) }, '/app'));
        await storage().authenticators.remove(id, at);
      },
      'a recovery code': async () => {
        await storage().recoveryCodes.replace(id, ['ABCDE-FGHJK'], mire.clock.now());
        await beside('none', async (browser) => {
          await browser.get(`${mire.issuer}${interactionOf(browser.current as Visited)}/code-ephemere/recovery`);
          await browser.submit({ recovery_code: 'ABCDE-FGHJK' }, '/recovery');
        });
      },
      'two agents who give the account back': async () => {
        await byTwo({ action: 'recovery', email: 'mdurand@hopital.example' });
        expect(await standing()).toBe(false);
        // The mail gives the password now with their word beside it, once.
        await resetAsIs(mire, 'mdurand');
      },
    };
    test.each(Object.entries(ENDINGS))('%s ends it', async (_, ending) => {
      const lines = async () => (await auditOf(mire, 'account.mail-reset-ended')).length;
      const before = await lines();
      await ending();
      expect([await standing(), await lines()]).toEqual([false, before + 1]);
      const { browser, started } = await begin(mire, { client: 'messagerie' });
      const back = await passwordAndMail(mire, browser);
      expect((await started.finish(back.url)).claims()).toMatchObject({ acr: 'eidas2', amr: ['pwd', 'otp', 'mfa'] });
    });

    test('a desktop that came after it does not', async () => {
      mire.clock.forwardAll(5);
      const { desktop } = await signedInDesktop(mire, { person: HOLDER, weak: true, name: 'Après' });
      const asked = await askDesktop(mire, { client: 'ror' });
      const { id: request } = await desktop.openRequest({ request: asked.request });
      await desktop.approve(request, asked.number);
      expect(isIn(await goOn(asked))).toBe(true);
      expect(await standing()).toBe(true);
    });

    test('a passkey ends it, and is asked for by the forgotten password of whoever has one', async () => {
      const key = new SoftAuthenticator(mire.issuer);
      // Its owner comes by e-CPS, and adds one.
      const owner = await byPsc();
      const HERE = '/compte/moyens/cle-acces';
      await owner.get(`${mire.issuer}${HERE}`);
      await owner.submit({ credential: key.create(await passkeyOptions(owner, `${HERE}/options`)), name: 'Clé' });

      const asked = await resetAsIs(mire, 'mdurand');
      expect(asked.url.pathname).toBe(`${START}/second`);
      const browser = new Browser(mire.issuer);
      await browser.get(`${mire.issuer}${START}`);
      const code = await codeSent(mire, () => browser.submit({ login: 'mdurand' }));
      await browser.submit({ code }, '/code');
      expect((await browser.get(`${mire.issuer}${START}/nouveau`)).status).toBe(409);
      await browser.get(`${mire.issuer}${START}/second`);
      const other = new SoftAuthenticator(mire.issuer);
      const challenge = await passkeyOptions(browser, `${START}/second/cle-acces/options`);
      expect((await browser.submit({ credential: other.get(challenge) }, '/cle-acces')).status).toBe(401);
      const again = await passkeyOptions(browser, `${START}/second/cle-acces/options`);
      const next = await browser.submit({ credential: key.get(again) }, '/cle-acces');
      expect(next.url.pathname).toBe(`${START}/nouveau`);
      const done = await browser.submit({ new_password: NEW, new_password_confirmation: NEW });
      expect([done.url.href, await standing()]).toEqual([`${mire.issuer}${START}/fait`, false]);
      for (const { id: passkey } of await storage().passkeys.of(id))
        await storage().passkeys.remove(id, passkey, new Date());
    });
  });
});
