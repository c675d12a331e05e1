import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { texts as errors } from '../../../interactions/error/texts.ts';
import type { SimulatedClinic } from '../../../src/sandbox/hospital/provider.ts';
import { Application } from '../../support/clients/application.ts';
import type { Visited } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { newestCode } from '../../support/sign-in/journeys.ts';
import { auditOf } from '../../support/sign-in/steps.ts';
import { clinicBrowser, clinicOf, NURSE_THERE, SURGEON, signInAtClinic } from '../../support/structures/clinic.ts';
import { addStructure, linked } from '../../support/structures/structures.ts';

const shown = (text: string) => text.replace(/ ([:?!])/g, '\u00a0$1');
const alert = ({ page }: Visited) => page.querySelector('#erreur .alert-title')?.text;

describe("a hospital's own OpenID Connect provider", () => {
  let mire: RunningMire;
  let ror: Application;
  let messagerie: Application;
  let surgeon: string;
  const clinics = new Map<string, SimulatedClinic>();
  const add = async (id: string, changes: Record<string, unknown> = {}, connector: object = {}) => {
    const { clinic, definition } = await clinicOf(mire, id, { finess: undefined, ...changes }, connector);
    clinics.set(id, clinic);
    await addStructure(mire, definition);
  };
  beforeAll(async () => {
    mire = await startMire();
    await add('parc');
    await add('strict', {}, { second_factor: { acr: ['https://clinique.example/acr/mfa'], amr: [], required: true } });
    await add('modest', { assurance: 'eidas1' });
    const verified = { email: 'jeanne.roche@clinique.example', emailVerified: true };
    surgeon = await linked(mire, 'parc', SURGEON.entryId, 'Roche', verified);
    for (const id of ['strict', 'modest']) await linked(mire, id, SURGEON.entryId, 'Roche');
    ror = await Application.discover(mire.issuer, 'ror');
    messagerie = await Application.discover(mire.issuer, 'messagerie');
  });
  afterAll(async () => {
    await mire?.close();
    for (const clinic of clinics.values()) await clinic.close();
  });

  const clinic = (id: string): SimulatedClinic => {
    const found = clinics.get(id);
    if (!found) throw new Error(`no clinic ${id}`);
    return found;
  };
  const begin = async (application: Application, id: string, parameters: Record<string, string> = {}) => {
    const browser = clinicBrowser(mire, clinic(id));
    const started = await application.start({ scope: 'openid profile structure identite_ps', ...parameters });
    await browser.get(started.url);
    return { browser, started };
  };

  test('a password there: eidas1, with the structure, its roles, and no number that nobody has proven', async () => {
    const { browser, started } = await begin(ror, 'parc');
    const tokens = await started.finish((await signInAtClinic(browser, 'parc', SURGEON)).url);
    expect(tokens.claims()).toMatchObject({ sub: surgeon, acr: 'eidas1', amr: ['pwd'], mire_mode: 'compte-local' });
    const info = await client.fetchUserInfo(ror.configuration, tokens.access_token, surgeon);
    expect(info).toMatchObject({ structure: { id: 'parc', name: 'Clinique du Parc', roles: ['urgences'] } });
    expect(info).not.toHaveProperty('national_id');
  });

  test('two factors there, said in acr: eidas2, and the secure mail opens at once', async () => {
    const { browser, started } = await begin(messagerie, 'parc');
    const tokens = await started.finish((await signInAtClinic(browser, 'parc', SURGEON, 'two')).url);
    expect(tokens.claims()).toMatchObject({ sub: surgeon, acr: 'eidas2', amr: ['pwd', 'otp', 'mfa'] });
  });

  test('one factor there, for the secure mail: a code to the same account completes it', async () => {
    const { browser, started } = await begin(messagerie, 'parc');
    const page = await signInAtClinic(browser, 'parc', SURGEON);
    expect(page.url.pathname).toMatch(/\/code-ephemere$/);
    await browser.submit({ channel: 'mail' });
    const end = await browser.submit({ code: (await newestCode(mire)).code });
    expect((await started.finish(end.url)).claims()).toMatchObject({ sub: surgeon, acr: 'eidas2' });
  });

  test('a second factor that is required is checked, not only asked for', async () => {
    const { browser } = await begin(ror, 'strict');
    const refused = await signInAtClinic(browser, 'strict', SURGEON);
    expect([refused.status, alert(refused)]).toEqual([403, shown(errors.fr['error.structure-second-factor.text'])]);
    const again = await begin(ror, 'strict');
    const tokens = await again.started.finish((await signInAtClinic(again.browser, 'strict', SURGEON, 'two')).url);
    expect(tokens.claims()?.acr).toBe('eidas2');
  });

  test('two factors there are worth no more than the structure may give', async () => {
    const { browser, started } = await begin(ror, 'modest');
    const tokens = await started.finish((await signInAtClinic(browser, 'modest', SURGEON, 'two')).url);
    expect(tokens.claims()).toMatchObject({ acr: 'eidas1', amr: ['pwd', 'otp'] });
  });

  test('the same name at two providers is two people', async () => {
    const { storage } = mire.sandbox.parts;
    const here = await storage.accounts.byIdentity('structure:parc', SURGEON.entryId);
    const there = await storage.accounts.byIdentity('structure:modest', SURGEON.entryId);
    expect(here?.id).not.toBe(there?.id);
  });

  test('somebody new stands before the sign-up', async () => {
    const { browser } = await begin(ror, 'parc');
    const page = await signInAtClinic(browser, 'parc', NURSE_THERE);
    expect(page.url.pathname).toMatch(/\/signup$/);
    expect(page.page.querySelectorAll('.locked').map((name) => name.text)).toEqual(['Moulin', 'Luc']);
  });

  test('who says no there comes back to the page, and an answer serves once', async () => {
    const { browser } = await begin(ror, 'parc');
    const uid = browser.current?.url.pathname.split('/')[2];
    await browser.get(`/interaction/${uid}/compte-local/s/parc`);
    await browser.submit({}, '/s/parc');
    const back = await browser.submit({ means: 'cancel' });
    expect([back.status, alert(back)]).toEqual([403, shown(errors.fr['error.structure-refused.text'])]);
    expect((await browser.get(back.url)).status).toBe(409);
    expect((await auditOf(mire, 'sign-in.structure-refused')).at(-1)?.details).toMatchObject({ structure: 'parc' });
  });

  test('an answer to another browser, another structure or a made-up state opens nothing', async () => {
    const victim = await begin(ror, 'parc');
    const uid = victim.browser.current?.url.pathname.split('/')[2];
    await victim.browser.get(`/interaction/${uid}/compte-local/s/parc`);
    const there = await victim.browser.submit({}, '/s/parc');
    expect(there.url.origin).toBe(clinic('parc').issuer);
    // The attacker signs in, and gives the answer to somebody else.
    const attacker = await begin(ror, 'parc');
    attacker.browser.also.delete(mire.issuer);
    const stranger = clinicBrowser(mire, clinic('parc'));
    const made = await stranger.get(`${mire.issuer}/callback/structure/parc?code=x&state=made-up`);
    expect(made.status).toBe(400);
    const other = await stranger.get(`${mire.issuer}/callback/structure/modest?code=x&state=made-up`);
    expect(other.status).toBe(400);
    const crossed = await stranger.get(`/interaction/${uid}/compte-local/return?code=x&state=y`);
    expect(crossed.status).toBe(400);
    const wrongState = await victim.browser.get(`${mire.issuer}/interaction/${uid}/compte-local/return?code=x&state=y`);
    expect([wrongState.status, alert(wrongState)]).toEqual([403, shown(errors.fr['error.structure-refused.text'])]);
  });

  test('signing out here signs out there as well', async () => {
    const { browser, started } = await begin(ror, 'parc');
    const tokens = await started.finish((await signInAtClinic(browser, 'parc', SURGEON)).url);
    const out = client.buildEndSessionUrl(ror.configuration, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: 'http://localhost:4000/',
      state: 'gone',
    });
    browser.also.add(clinic('parc').issuer);
    let end = await browser.get(out);
    // The provider asks as it likes: its page has one button.
    for (let steps = 0; steps < 4 && end.url.origin !== 'http://localhost:4000'; steps += 1) {
      const form = end.page.querySelector('form');
      if (!form) break;
      end = await browser.submit({ logout: 'yes' }, form.getAttribute('action') ?? '');
    }
    expect(end.redirects.some((address) => address.startsWith(`${clinic('parc').issuer}/session/end`))).toBe(true);
  });

  test('a provider that is away is said on its own choice only', async () => {
    await add('away');
    await clinic('away').close();
    clinics.delete('away');
    const browser = clinicBrowser(mire, clinic('parc'));
    await browser.get((await ror.start()).url);
    const uid = browser.current?.url.pathname.split('/')[2];
    await browser.get(`/interaction/${uid}/compte-local/s/away`);
    const page = await browser.submit({}, '/s/away');
    expect([page.status, alert(page)]).toEqual([502, shown(errors.fr['error.structure-unavailable.text'])]);
    expect((await signInAtClinic(browser, 'parc', SURGEON)).url.href).toContain('code=');
  });

  test('neither secret, code nor ID token of the provider is logged', () => {
    const logs = mire.logs.join('');
    for (const secret of [clinic('parc').clientSecret, SURGEON.password]) expect(logs.includes(secret)).toBe(false);
  });
});
