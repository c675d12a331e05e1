import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { messages, signInByCode, signInByPassword } from '../../support/sign-in/journeys.ts';

describe('an application signs a professional in', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());

  test('by Login / Mdp: verified tokens, userinfo, refresh, introspection, revocation, logout', async () => {
    const ror = await Application.discover(mire.issuer, 'ror');
    const browser = new Browser(mire.issuer);
    const started = await ror.start();
    const back = await signInByPassword(browser, started.url);
    expect(back.url.origin + back.url.pathname).toBe('http://localhost:4000/callback');
    const tokens = await started.finish(back.url);
    expect(tokens.claims()).toMatchObject({ acr: 'eidas1', amr: ['pwd'], mire_mode: 'login-mdp', aud: 'ror' });
    expect(tokens.claims()?.sid).toEqual(expect.any(String));

    const sub = tokens.claims()?.sub ?? '';
    const userinfo = await client.fetchUserInfo(ror.configuration, tokens.access_token, sub);
    expect(userinfo).toMatchObject({ name: 'Marie Durand', email: 'mdurand@hopital.example', email_verified: true });

    const refreshed = await client.refreshTokenGrant(ror.configuration, tokens.refresh_token ?? '');
    expect(refreshed.claims()).toMatchObject({ sub, acr: 'eidas1', mire_mode: 'login-mdp' });
    expect(await client.tokenIntrospection(ror.configuration, refreshed.access_token)).toMatchObject({
      active: true,
      sub,
    });

    await client.tokenRevocation(ror.configuration, refreshed.refresh_token ?? '');
    expect(await client.tokenIntrospection(ror.configuration, refreshed.access_token)).toMatchObject({ active: false });

    const out = client.buildEndSessionUrl(ror.configuration, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: 'http://localhost:4000/',
    });
    await browser.get(out);
    const gone = await browser.submit({ logout: 'yes' }, '/logout/confirm');
    expect(gone.url.href).toBe('http://localhost:4000/');
    const again = await browser.get((await ror.start({ prompt: 'none' })).url);
    expect(again.url.searchParams.get('error')).toBe('login_required');
  });

  test('by Code éphémère, by mail and by SMS', async () => {
    const messagerie = await Application.discover(mire.issuer, 'messagerie');
    for (const [channel, amr] of [
      ['mail', ['pwd', 'otp', 'mfa']],
      ['sms', ['pwd', 'otp', 'mfa', 'sms']],
    ] as const) {
      const started = await messagerie.start({ scope: 'openid identite_ps' });
      const back = await signInByCode(mire, new Browser(mire.issuer), started.url, { channel });
      const tokens = await started.finish(back.url);
      expect(tokens.claims()).toMatchObject({ acr: 'eidas2', amr, mire_mode: 'code-ephemere' });
      expect(
        await client.fetchUserInfo(messagerie.configuration, tokens.access_token, tokens.claims()?.sub ?? ''),
      ).toMatchObject({
        national_id: '899700000013',
        profession: { code: '60', label: 'Infirmier' },
      });
    }
  });

  test('ror, then messagerie asks for the code only, then portail opens silently at the higher level', async () => {
    const browser = new Browser(mire.issuer);
    const ror = await Application.discover(mire.issuer, 'ror');
    const first = await ror.start();
    await first.finish((await signInByPassword(browser, first.url)).url);

    const messagerie = await Application.discover(mire.issuer, 'messagerie');
    const second = await messagerie.start();
    const page = await browser.get(second.url);
    expect(page.body).toContain('Vous êtes déjà connecté');
    expect(page.page.querySelector('[name=password]')).toBeNull();
    const sent = mire.sandbox.inbox.list().length;
    await browser.submit({ channel: 'mail' });
    await messages(mire, sent + 1);
    const back = await browser.submit({ code: mire.sandbox.inbox.list()[0]?.code ?? '' });
    expect((await second.finish(back.url)).claims()).toMatchObject({ acr: 'eidas2', amr: ['pwd', 'otp', 'mfa'] });

    const portail = await Application.discover(mire.issuer, 'portail');
    const third = await portail.start();
    const silent = await browser.get(third.url);
    expect((await third.finish(silent.url)).claims()).toMatchObject({ acr: 'eidas2', mire_mode: 'code-ephemere' });
  });

  test('a choice of channel and an accepted code leave their audit lines', async () => {
    const messagerie = await Application.discover(mire.issuer, 'messagerie');
    const lines = async () => {
      const { rows } = await mire.database.database.raw<{ rows: { event: string; details: { channel: string } }[] }>(
        "select event, details from audit where event in ('account.channel-preferred', 'sign-in.code-accepted') order by id",
      );
      return rows.map(({ event, details }) => `${event} ${details.channel}`);
    };
    const before = (await lines()).length;
    for (const channel of ['sms', 'mail']) {
      await signInByCode(mire, new Browser(mire.issuer), (await messagerie.start()).url, { channel });
    }
    expect((await lines()).slice(before).slice(-3)).toEqual([
      'sign-in.code-accepted sms',
      'account.channel-preferred mail',
      'sign-in.code-accepted mail',
    ]);
  });
});
