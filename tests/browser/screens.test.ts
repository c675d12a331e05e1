import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MODES } from '../../config/modes.ts';
import type { Lang } from '../../interactions/layout/lang.ts';
import { stranger, strangerRequest } from '../support/clients/stranger.ts';
import { describeWith } from '../support/jest/services.ts';
import { type RunningMire, startMire } from '../support/mire.ts';
import { useChromium } from '../support/pages/chromium.ts';
import { inspector } from '../support/pages/screen-flaws.ts';
import {
  application,
  askCode,
  claims,
  codeAfter,
  fillCode,
  fillPassword,
  openMode,
  persona,
  signInByPassword,
} from '../support/pages/visits.ts';

describeWith('chromium', 'every screen of the running service is accessible', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ cards: true, env: { RATE_LIMIT_FACTOR: '20' } });
  });
  afterAll(() => mire?.close());
  const { visit } = useChromium();

  describe.each(['fr', 'en'] as const)('in %s', (lang: Lang) => {
    const inspected = () => inspector(visit, mire.issuer, lang);

    test('the page of sign-in with each tab open, for an application that takes any and one that does not', async () => {
      const { page, look, found } = await inspected();
      await page.goto(application(mire, 'ror'));
      const base = page.url().replace(/\/[^/]*$/, '');
      for (const { id } of MODES.filter((mode) => mire.settings.MODES.includes(mode.id))) {
        await page.goto(`${base}/${id}`);
        await look(`ror, ${id}`);
      }
      await page.goto(application(mire, 'messagerie'));
      await look('messagerie');
      await page.goto(`${page.url().replace(/\/[^/]*$/, '')}/login-mdp`);
      await look('mode refused', 403);
      expect(found).toEqual([]);
    });

    test('errors of the forms', async () => {
      const { page, look, found } = await inspected();
      for (const mode of ['login-mdp', 'code-ephemere']) {
        await page.goto(`${application(mire, 'cerveau')}/login?mode=${mode}`);
        await fillPassword(page, { login: '', password: '' });
        await look(`${mode}, empty`, 422);
        await fillPassword(page, { login: 'nobody', password: 'nothing' });
        await look(`${mode}, wrong`, 401);
      }
      await fillPassword(page, persona('jmoreau'));
      await look('blocked', 403);
      await fillPassword(page, persona('tmartin'));
      await look('no channel', 422);
      expect(found).toEqual([]);
    });

    test('the steps of the one-time code, and a step-up', async () => {
      const { page, look, found } = await inspected();
      await signInByPassword(page, application(mire, 'ror'));
      await claims(page);
      await look('the application and its claims');
      await page.goto(mire.issuer);
      await look('home, signed in');
      await page.goto(application(mire, 'messagerie'));
      await look('step-up, channel');
      const code = await askCode(mire, page);
      await look('step-up, code');
      // As without JavaScript: the button that waits is not there to stop it.
      await Promise.all([
        page.waitForNavigation(),
        page.evaluate(`document.querySelector('form[action$="/resend"]').submit()`),
      ]);
      await look('code asked too soon', 429);
      await fillCode(page, '12');
      await look('code too short', 422);
      await fillCode(page, code === '000000' ? '111111' : '000000');
      await look('code wrong', 401);
      await page.goto(`${application(mire, 'messagerie')}/login?prompt=login`);
      await openMode(page, 'code-ephemere');
      await fillPassword(page);
      await look('channel');
      await askCode(mire, page);
      await look('code');
      expect(found).toEqual([]);
    });

    test('a mail that works is asked for', async () => {
      const { page, look, found } = await inspected();
      const refused = (at: Date | null) =>
        mire.database
          .database('accounts')
          .where({ login: 'mdurand' })
          .update({ email_refused_at: at, mail_asked_at: null });
      const send = (email: string) =>
        page
          .locator('[name=email]')
          .fill(email)
          .then(() => Promise.all([page.waitForNavigation(), page.locator('.login-submit').click()]));
      await refused(new Date());
      await page.goto(application(mire, 'messagerie'));
      await openMode(page, 'code-ephemere');
      await fillCode(page, await codeAfter(mire, page, () => fillPassword(page)));
      await look('dead mail');
      await send('marie');
      await look('dead mail, none', 422);
      await send('marie@ailleurs.example');
      await look('dead mail, code');
      await fillCode(page, '12');
      await look('dead mail, code too short', 422);
      await page.locator('a[href$="/mail"]').click();
      await look('dead mail, back');
      await page.locator('form[action$="/later"] button').click();
      await claims(page);
      await refused(null);
      expect(found).toEqual([]);
    });

    test('terms, somebody else, consent, logout', async () => {
      const { page, look, found } = await inspected();
      await signInByPassword(page, application(mire, 'ror'), persona('cpetit'));
      await look('terms');
      await page.context().clearCookies({ name: /^_/ });
      await signInByPassword(page, application(mire, 'ror'));
      await claims(page);
      await page.goto(`${application(mire, 'ror')}/login?prompt=login&mode=login-mdp`);
      await fillPassword(page, persona('kbenali'));
      await look('somebody else');
      await page.goto(await strangerRequest(mire));
      await fillCode(page, await askCode(mire, page));
      await look('consent');
      await page.goto(`${mire.issuer}/logout`);
      await look('logout, question');
      await page.locator('.login-submit').click();
      await look('logout, done');
      await page.goto(`${application(mire, 'ror')}/bye`);
      await look('the application, signed out');
      expect(found).toEqual([]);
    });

    test('pages around a sign-in, and of the sandbox', async () => {
      const { page, look, found } = await inspected();
      for (const path of [
        '/',
        '/conditions',
        '/mentions-legales',
        '/donnees-personnelles',
        '/accessibilite',
        '/mot-de-passe-oublie',
      ]) {
        await page.goto(`${mire.issuer}${path}`);
        await look(path);
      }
      for (const path of ['/sandbox', '/sandbox/personas', '/sandbox/inbox']) {
        await page.goto(`${mire.issuer}${path}`);
        await look(path);
      }
      expect(found).toEqual([]);
    });

    test('pages of errors', async () => {
      const { page, look, found } = await inspected();
      const errors = [
        ['/interaction/unknown/login-mdp', 400],
        ['/authorize?client_id=nobody', 400],
        ['/nothing-here', 404],
        ['/sandbox/apps/ror/callback?error=access_denied&error_description=x', 200],
      ] as const;
      for (const [path, status] of errors) {
        await page.goto(`${mire.issuer}${path}`);
        await look(path, status);
      }
      await page.goto(application(mire, 'messagerie'));
      await page.goto(page.url().replace(/\/[^/]*$/, '/code-ephemere/channel'));
      await look('a step that is not open', 409);
      await page.goto(application(mire, 'messagerie'));
      await openMode(page, 'code-ephemere');
      await page.evaluate(`for (const field of document.getElementsByName('_csrf')) field.value = 'forged'`);
      await fillPassword(page);
      await look('a forged form', 403);
      expect(found).toEqual([]);
    });

    test('the card: its reader, a refusal, and the clinic', async () => {
      const { page, look, found } = await inspected();
      await page.goto(application(mire, 'messagerie'));
      await openMode(page, 'cps');
      await page.locator('.login-submit').click();
      await look('simulated reader');
      await page.locator('[name=card][value=revoked]').click();
      await look('a card that is refused', 403);
      for (const [card, status] of [
        ['cps-medecin', 200],
        ['expired', 403],
      ] as const) {
        await page.goto(`${mire.issuer}/diagnostic/carte`);
        await look('clinic');
        await page.locator('.login-submit').click();
        await page.locator(`[name=card][value=${card}]`).click();
        await look(`clinic, ${card}`, status);
      }
      expect(found).toEqual([]);
    });

    test('the pages of a device without a keyboard', async () => {
      const { page, look, found } = await inspected();
      const client_id = await stranger(mire, {
        client_name: 'Tableau mural',
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
        response_types: [],
        redirect_uris: [],
        token_endpoint_auth_method: 'none',
      });
      const device = await fetch(`${mire.issuer}/device/authorization`, {
        method: 'POST',
        body: new URLSearchParams({ client_id, scope: 'openid' }),
      });
      expect(device.status).toBe(200);
      const { user_code } = (await device.json()) as { user_code: string };
      await page.goto(`${mire.issuer}/device`);
      await look('device, code');
      const send = async (code: string) => {
        await page.locator('[name=user_code]').fill(code);
        await page.locator('.login-submit').click();
      };
      await send('ZZZZ-ZZZZ');
      await look('device, wrong code', 400);
      await send(user_code);
      await look('device, question');
      await page.locator('.login-submit').click();
      await openMode(page, 'code-ephemere');
      await fillPassword(page);
      await fillCode(page, await askCode(mire, page));
      await page.locator('[name=decision][value=accept]').click();
      await look('device, done');
      expect(found).toEqual([]);
    });
  });
});
