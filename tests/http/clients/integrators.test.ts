import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parallel } from '../../support/accounts/sample-accounts.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser, type Visited } from '../../support/http/browser.ts';
import { findAll } from '../../support/http/needles.ts';
import { type RunningMire, startMire, testSecrets } from '../../support/mire.ts';
import { mireCommand, typedCommand } from '../../support/mire-command.ts';
import { messages, openCodeEphemere, signInByPassword } from '../../support/sign-in/journeys.ts';
import { auditOf, csrfOf } from '../../support/sign-in/steps.ts';
import { dumpDatabase } from '../../support/storage/dump.ts';

const FORM = {
  name: 'Agenda des gardes',
  kind: 'server',
  redirect_uris: 'http://localhost:4000/callback',
  post_logout_redirect_uris: '',
  scope: 'profile',
  minimum_acr: 'eidas2',
  step_up_reason: '',
  contact: 'equipe@agenda.example',
};
const factOf = ({ page }: Visited, name: string) => {
  const term = page.querySelectorAll('dt').find((one) => one.text === name);
  return term?.nextElementSibling?.text ?? '';
};
const other = { login: 'slefevre', password: 'Mortier-pilon-2026' };

describe('the portal of integrators', () => {
  const secrets = testSecrets();
  let mire: RunningMire;
  let browser: Browser;
  beforeAll(async () => {
    mire = await startMire({ env: { ...secrets, INTEGRATOR_DOMAINS: 'integrateur.example' } });
    await mire.database.database('accounts').where({ login_key: 'mdurand' }).update({
      email: 'marie@integrateur.example',
      email_key: 'marie@integrateur.example',
      email_verified: true,
    });
    browser = new Browser(mire.issuer);
  });
  afterAll(() => mire.close());

  const environment = () => ({
    ...secrets,
    DATABASE_URL: mire.database.url,
    ISSUER: mire.issuer,
    MIRE_ENV: 'sandbox',
  });
  const mireSays = (...args: string[]) => mireCommand(args, environment());
  /** Somebody with a mail address alone: the code leaves at once. */
  async function byOnlyChannel(one: Browser, url: URL): Promise<Visited> {
    const sent = mire.sandbox.inbox.list().length;
    await one.get(url);
    await openCodeEphemere(one);
    await one.submit(other);
    const [message] = await messages(mire, sent + 1);
    return one.submit({ code: message?.code ?? '' });
  }
  const invited = (mail: string, yes: boolean) => {
    const { integrators } = mire.sandbox.parts.storage;
    return yes ? integrators.invite(mail, mire.clock.now()) : integrators.uninvite(mail);
  };
  const portal = () => new URL('/integrateurs', mire.issuer);
  const stored = (id: string) => mire.sandbox.parts.storage.clients.byId(id);
  async function created(changes: Partial<typeof FORM> = {}): Promise<{ id: string; secret: string }> {
    const form = await browser.get(`${mire.issuer}/integrateurs/nouvelle`);
    const page = await browser.post(`${mire.issuer}/integrateurs`, { ...FORM, ...changes, _csrf: csrfOf(form) });
    expect(page.status).toBe(200);
    return { id: factOf(page, 'client_id'), secret: factOf(page, 'client_secret') };
  }

  async function rename(id: string, name: string): Promise<void> {
    const form = await browser.get(`${mire.issuer}/integrateurs/${id}/modifier`);
    expect(form.page.querySelector('#champ-redirect_uris')?.text).toBe(FORM.redirect_uris);
    const page = await browser.post(`${mire.issuer}/integrateurs/${id}`, { ...FORM, name, _csrf: csrfOf(form) });
    expect(page.url.pathname).toBe(`/integrateurs/${id}`);
  }

  test('a password is not enough: the code is asked for on the way, and the page comes back', async () => {
    await signInByPassword(browser, (await (await Application.discover(mire.issuer, 'ror')).start()).url);
    const asked = await browser.get(portal());
    expect(asked.url.pathname).toMatch(/^\/interaction\//);
    // Only what is missing.
    const sent = mire.sandbox.inbox.list().length;
    await browser.submit({ channel: 'mail' });
    const [message] = await messages(mire, sent + 1);
    const back = await browser.submit({ code: message?.code ?? '' });
    expect(back.url.pathname).toBe('/integrateurs');
    expect(back.status).toBe(200);
    expect(back.page.querySelector('h1')?.text).toBe('Portail des intégrateurs');
  });

  test('somebody whose address is of no allowed domain needs an invitation', async () => {
    const stranger = new Browser(mire.issuer);
    const refused = await byOnlyChannel(stranger, portal());
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('réservé aux intégrateurs');
    const mail = (await mire.sandbox.parts.storage.accounts.byLoginKey('slefevre'))?.account.email ?? '';
    const asked = await typedCommand(['integrators', 'invite', mail.toUpperCase()], environment());
    expect(JSON.parse(asked.out)).toMatchObject({
      changed: true,
    });
    expect((await stranger.get(portal())).status).toBe(200);
    expect((await mireSays('integrators', 'list')).out.toLowerCase()).toContain(mail);
    await invited(mail, false);
    expect((await stranger.get(portal())).status).toBe(403);
    expect(await auditOf(mire, 'integrator.invited')).toHaveLength(1);

    // An address that nobody verified proves nothing.
    const verified = (email_verified: boolean) =>
      mire.database.database('accounts').where({ login_key: 'slefevre' }).update({ email_verified });
    await verified(false);
    await invited(mail, true);
    expect((await stranger.get(portal())).status).toBe(403);
    await verified(true);
    expect((await stranger.get(portal())).status).toBe(200);
    await invited(mail, false);
    // One that ends like an allowed domain is another.
    await mire.database
      .database('accounts')
      .where({ login_key: 'slefevre' })
      .update({ email: 's@evil-integrateur.example' });
    expect((await stranger.get(portal())).status).toBe(403);
    await mire.database.database('accounts').where({ login_key: 'slefevre' }).update({ email: mail });
  });

  test('ten minutes: created, copied, signed in; and only integrators sign in while it is tried out', async () => {
    const { id, secret } = await created();
    expect(id).toMatch(/^agenda-des-gardes-[0-9a-f]{8}$/);
    const page = await browser.get(`${mire.issuer}/integrateurs/${id}`);
    expect(page.body).not.toContain(secret);
    for (const words of ['spring:', '"providerId": "oidc"', 'openid-client', 'OIDCProviderMetadataURL', 'passport.use'])
      expect(page.page.text).toContain(words);

    const application = await Application.discover(mire.issuer, id, secret);
    const started = await application.start({ scope: 'openid profile', prompt: 'consent' });
    await browser.get(started.url);
    const back = await browser.submit({ decision: 'accept' });
    expect((await started.finish(back.url)).claims()).toMatchObject({ aud: id, acr: 'eidas2' });

    const stranger = new Browser(mire.issuer);
    const attempt = await application.start({ scope: 'openid profile' });
    const refused = await byOnlyChannel(stranger, attempt.url);
    expect(refused.url.searchParams.get('error')).toBe('access_denied');
    expect(refused.url.searchParams.get('error_description')).toContain('tried out');
    const lines = (await auditOf(mire, 'client.registered')).filter(({ client_id }) => client_id === id);
    expect(lines).toEqual([expect.objectContaining({ account_id: expect.any(String) })]);
  });

  /** The application's page. A refusal is answered first, and kept for its integrator right after. */
  async function whereItSays(id: string, words: string): Promise<Visited> {
    let page = await browser.get(`${mire.issuer}/integrateurs/${id}`);
    for (let looks = 0; looks < 300 && !page.page.text.includes(words); looks += 1)
      page = await browser.get(`${mire.issuer}/integrateurs/${id}`);
    return page;
  }

  test('its own last errors, in words, and those of nobody else', async () => {
    const { id, secret } = await created();
    const application = await Application.discover(mire.issuer, id, secret);
    const { url } = await application.start({ redirect_uri: `${FORM.redirect_uris}/` });
    await new Browser(mire.issuer).get(url);
    const page = await whereItSays(id, 'redirect_uri diffère');
    expect(page.page.text).toContain(
      `redirect_uri diffère par une barre oblique finale\u00a0: vous avez envoyé ${FORM.redirect_uris}/, ${FORM.redirect_uris} est enregistrée.`,
    );
    expect((await browser.get(`${mire.issuer}/integrateurs/${id}?lang=en`)).page.text).toContain(
      'differs by a trailing slash',
    );
    await browser.get(`${mire.issuer}/integrateurs/${id}?lang=fr`);

    const mail = (await mire.sandbox.parts.storage.accounts.byLoginKey('slefevre'))?.account.email ?? '';
    await invited(mail, true);
    const neighbour = new Browser(mire.issuer);
    const home = await byOnlyChannel(neighbour, portal());
    expect(home.body).not.toContain(id);
    expect((await neighbour.get(`${mire.issuer}/integrateurs/${id}`)).status).toBe(404);
    const token = csrfOf(await neighbour.get(`${mire.issuer}/integrateurs/nouvelle`));
    for (const path of ['', '/secret', '/production'])
      expect((await neighbour.post(`${mire.issuer}/integrateurs/${id}${path}`, { ...FORM, _csrf: token })).status).toBe(
        404,
      );
    expect((await stored(id))?.version).toBe(1);
    await invited(mail, false);
  });

  test.each([
    [{ redirect_uris: 'https://*.example.org/' }, 'Une adresse est refusée'],
    [{ redirect_uris: 'javascript:alert(1)' }, 'Une adresse est refusée'],
    [{ redirect_uris: 'http://app.example.org/' }, 'Une adresse est refusée'],
    [{ redirect_uris: '' }, 'Donnez une adresse au moins'],
    [{ post_logout_redirect_uris: 'pas une adresse' }, 'Une adresse est refusée'],
    [{ name: '' }, 'Un champ obligatoire est vide'],
    [{ minimum_acr: 'eidas1' }, ''],
    [{ scope: 'everything' }, ''],
    [{ contact: 'personne' }, ''],
  ])('%j is refused beside its field, and nothing that was typed is lost', async (change, sentence) => {
    const before = (await mire.sandbox.parts.storage.clients.list()).length;
    const form = await browser.get(`${mire.issuer}/integrateurs/nouvelle`);
    const page = await browser.post(`${mire.issuer}/integrateurs`, { ...FORM, ...change, _csrf: csrfOf(form) });
    expect(page.status).toBe(422);
    expect(page.page.text).toMatch(new RegExp(sentence));
    expect(page.page.querySelector('[aria-invalid], .alert')).toBeTruthy();
    if (!('redirect_uris' in change))
      expect(page.page.querySelector('#champ-redirect_uris')?.text).toBe(FORM.redirect_uris);
    expect(await mire.sandbox.parts.storage.clients.list()).toHaveLength(before);
  });

  test('a form without its token, or with another session’s, does nothing', async () => {
    const { id } = await created();
    for (const _csrf of ['', 'wrong']) {
      expect((await browser.post(`${mire.issuer}/integrateurs`, { ...FORM, _csrf })).status).toBe(403);
      expect((await browser.post(`${mire.issuer}/integrateurs/${id}/secret`, { _csrf })).status).toBe(403);
    }
  });

  test('a rotation leaves two secrets; two at once leave two, not three', async () => {
    const { id, secret } = await created();
    const token = csrfOf(await browser.get(`${mire.issuer}/integrateurs/${id}`));
    const answers = await parallel(2, () =>
      browser.fetch(`/integrateurs/${id}/secret`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ _csrf: token }).toString(),
      }),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual(expect.arrayContaining([200]));
    expect((await stored(id))?.metadata.client_secret).not.toBe(secret);
    const authenticates = async (value: string) =>
      (
        await fetch(`${mire.issuer}/introspect`, {
          method: 'POST',
          headers: { authorization: `Basic ${Buffer.from(`${id}:${value}`).toString('base64')}` },
          body: new URLSearchParams({ token: 'x' }),
        })
      ).status;
    if (answers.filter(({ status }) => status === 200).length === 1) expect(await authenticates(secret)).toBe(200);
    expect(await authenticates('no secret of this application, ever')).toBe(401);
  });

  test('submitted, refused with a reason, mended, submitted, approved once: then everybody signs in', async () => {
    const { id, secret } = await created();
    const submit = async () => {
      const page = await browser.get(`${mire.issuer}/integrateurs/${id}`);
      return browser.post(`${mire.issuer}/integrateurs/${id}/production`, { _csrf: csrfOf(page) });
    };
    expect((await mireSays('clients', 'approve', id)).err).toContain('is not submitted');
    expect((await submit()).body).toContain('Mise en production demandée');
    expect((await mireSays('clients', 'list', '--stage', 'submitted')).out).toContain(id);
    await mireSays('clients', 'refuse', id, '--reason', 'Donnez un autre nom.');
    expect((await browser.get(`${mire.issuer}/integrateurs/${id}`)).body).toContain('Donnez un autre nom.');

    await rename(id, 'Agenda régional');
    expect((await stored(id))?.metadata).toMatchObject({ client_name: 'Agenda régional', stage: 'sandbox' });
    await submit();
    // What was submitted is what is approved: a change takes it back.
    await rename(id, 'Agenda de la région');
    expect((await mireSays('clients', 'approve', id)).code).toBe(1);
    await submit();
    const twice = await Promise.all([1, 2].map(() => mireSays('clients', 'approve', id)));
    expect(twice.map(({ code }) => code).sort()).toEqual([0, 1]);
    expect((await auditOf(mire, 'client.approved')).filter(({ client_id }) => client_id === id)).toHaveLength(1);

    const application = await Application.discover(mire.issuer, id, secret);
    const started = await application.start({ scope: 'openid profile' });
    const stranger = new Browser(mire.issuer);
    const consent = await byOnlyChannel(stranger, started.url);
    expect(consent.url.pathname).toMatch(/^\/interaction\//);
    const back = await stranger.submit({ decision: 'accept' });
    expect((await started.finish(back.url)).claims()).toMatchObject({ aud: id });
    const page = await browser.get(`${mire.issuer}/integrateurs/${id}`);
    expect(page.body).toContain('En production');
    expect(page.body).not.toContain('/modifier');
    expect((await browser.post(`${mire.issuer}/integrateurs/${id}`, { ...FORM, _csrf: csrfOf(page) })).status).toBe(
      409,
    );
  });

  test('no secret, contact or refused address stands in the database as it is, nor in a log line', async () => {
    const { id, secret } = await created({ contact: 'secretariat@agenda.example' });
    const sent = 'https://agenda.example/prive?dossier=12';
    const application = await Application.discover(mire.issuer, id, secret);
    await new Browser(mire.issuer).get((await application.start({ redirect_uri: sent })).url);
    const page = await whereItSays(id, sent);
    expect(page.page.text).toContain(sent);
    const rotated = await browser.post(`${mire.issuer}/integrateurs/${id}/secret`, { _csrf: csrfOf(page) });
    const needles = new Map([
      [secret, 'the first secret'],
      [factOf(rotated, 'client_secret'), 'the second secret'],
      ['secretariat@agenda.example', 'contact'],
      [sent, 'refused address'],
    ]);
    expect(needles.size).toBe(4);
    const logs = { place: 'logs', text: mire.logs.join('\n') };
    expect(findAll(needles, [...(await dumpDatabase(mire.database)), logs])).toEqual([]);
  });
});
