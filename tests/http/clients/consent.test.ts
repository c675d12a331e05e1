import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { Application } from '../../support/clients/application.ts';
import { type Registered, register, registrationToken } from '../../support/clients/registration.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { signInByCode } from '../../support/sign-in/journeys.ts';
import { auditOf, csrfOf, interactionOf } from '../../support/sign-in/steps.ts';

describe("an application that is not the platform's own asks for consent", () => {
  let mire: RunningMire;
  let token: string;
  beforeAll(async () => {
    mire = await startMire();
    token = await registrationToken(mire.issuer);
  });
  afterAll(() => mire.close());

  const newApplication = async (
    metadata: Record<string, unknown> = {},
  ): Promise<{ registered: Registered; application: Application }> => {
    const registered = await register(mire.issuer, token, metadata);
    return {
      registered,
      application: await Application.discover(mire.issuer, registered.client_id, registered.client_secret),
    };
  };

  test('its screen names the application and what it will learn; accepted, it is remembered until more is asked', async () => {
    const { application } = await newApplication({
      client_name: 'Agenda <b>des gardes</b>',
      purpose: { email: 'Vous <i>prévenir</i> de vos gardes.', phone: 'Rien de demandé.' },
    });
    const browser = new Browser(mire.issuer);
    const first = await application.start({ scope: 'openid email' });
    const page = await signInByCode(mire, browser, first.url);
    expect(page.page.querySelector('h1')?.text).toContain('Agenda');
    expect(page.body).not.toContain('<b>des gardes');
    expect(page.body).toContain('Vous &lt;i&gt;prévenir&lt;/i&gt; de vos gardes.');
    expect(page.page.text).not.toContain('Rien de demandé');
    const tokens = await first.finish((await browser.submit({ decision: 'accept' }, '/consent')).url);
    expect(
      await client.fetchUserInfo(application.configuration, tokens.access_token, tokens.claims()?.sub ?? ''),
    ).toMatchObject({ email: 'mdurand@hopital.example' });
    expect(tokens.refresh_token).toBeUndefined();

    const second = await application.start({ scope: 'openid email' });
    expect((await second.finish((await browser.get(second.url)).url)).claims()).toBeTruthy();
    const more = await browser.get((await application.start({ scope: 'openid email phone' })).url);
    expect(more.url.pathname).toMatch(/^\/interaction\//);
    const quiet = await browser.get((await application.start({ scope: 'openid email phone', prompt: 'none' })).url);
    expect(quiet.url.searchParams.get('error')).toBe('consent_required');

    // Remembered for the person, not for the browser.
    const elsewhere = await application.start({ scope: 'openid email' });
    const other = await signInByCode(mire, new Browser(mire.issuer), elsewhere.url);
    expect((await elsewhere.finish(other.url)).claims()).toBeTruthy();
  });

  test('refused: access_denied, audited, nothing remembered, no token, and the session lives', async () => {
    const { application, registered } = await newApplication();
    const browser = new Browser(mire.issuer);
    await signInByCode(mire, browser, (await application.start()).url);
    const back = await browser.submit({ decision: 'refuse' }, '/consent');
    expect([back.url.searchParams.get('error'), back.url.searchParams.get('code')]).toEqual(['access_denied', null]);
    expect((await auditOf(mire, 'consent.refused')).at(-1)).toMatchObject({ client_id: registered.client_id });
    expect((await browser.get((await application.start({ prompt: 'none' })).url)).url.searchParams.get('error')).toBe(
      'consent_required',
    );
  });

  test('an answer that is neither, one sent twice, and one of another browser give nothing', async () => {
    const { application } = await newApplication();
    const browser = new Browser(mire.issuer);
    const started = await application.start();
    const page = await signInByCode(mire, browser, started.url);
    const form = `${mire.issuer}${interactionOf(page)}/consent`;
    expect((await browser.post(form, { _csrf: csrfOf(page), decision: 'maybe' })).status).toBe(422);
    expect((await browser.post(form, { _csrf: csrfOf(page) })).status).toBe(422);
    expect((await new Browser(mire.issuer).post(form, { _csrf: csrfOf(page), decision: 'accept' })).status).toBe(400);
    const back = await browser.post(form, { _csrf: csrfOf(page), decision: 'accept' });
    expect([400, 409]).toContain((await browser.post(form, { _csrf: csrfOf(page), decision: 'accept' })).status);
    expect((await started.finish(back.url)).claims()).toBeTruthy();
  });

  test('no sign-in form answers at the consent step', async () => {
    const { application } = await newApplication();
    const browser = new Browser(mire.issuer);
    const page = await signInByCode(mire, browser, (await application.start()).url);
    for (const mode of ['login-mdp', 'code-ephemere']) {
      const answer = await browser.post(`${interactionOf(page)}/${mode}`, {
        _csrf: csrfOf(page),
        login: 'kbenali',
        password: 'Stethoscope-bleu-42',
      });
      expect([mode, answer.status]).toEqual([mode, 403]);
    }
  });

  test('a scope that the application may not have is not given', async () => {
    const { application } = await newApplication({ scope: 'openid email' });
    const back = await new Browser(mire.issuer).get(
      (await application.start({ scope: 'openid email identite_ps' })).url,
    );
    expect(back.url.searchParams.get('error')).toBe('invalid_scope');
  });

  test("the platform's own applications show no such screen", async () => {
    const browser = new Browser(mire.issuer);
    const messagerie = await Application.discover(mire.issuer, 'messagerie');
    const started = await messagerie.start({ scope: 'openid profile email phone address identite_ps' });
    expect((await started.finish((await signInByCode(mire, browser, started.url)).url)).claims()).toBeTruthy();
  });
});
