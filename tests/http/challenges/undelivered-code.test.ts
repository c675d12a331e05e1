import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import { until } from '../../support/jest/until.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { PROMPT_QUEUE, WITHOUT_FLOORS } from '../../support/pace.ts';
import { signInDirectly } from '../../support/sign-in/directly.ts';
import { MDURAND } from '../../support/sign-in/journeys.ts';
import { auditOf, begin } from '../../support/sign-in/steps.ts';

import { vouchFor, WITH_VOUCHING } from '../../support/sign-in/vouching-mode.ts';
import { FORM, solvedCaptcha } from '../../support/sign-up/sign-up.ts';

describe('a code that does not arrive', () => {
  let mire: RunningMire;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    // Of addresses that begin like Marie Durand's it says that there are none; anybody else is to come later.
    onRcptTo: ({ address }, _session, done) =>
      done(
        address.startsWith('mdurand')
          ? Object.assign(new Error('5.1.1 nobody of that name'), { responseCode: 550 })
          : Object.assign(new Error('4.3.0 later'), { responseCode: 451 }),
      ),
  });
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    const { port } = server.server.address() as AddressInfo;
    mire = await startMire({
      env: { MAIL_URL: `smtp://127.0.0.1:${port}`, CAPTCHA_WORK: '2' },
      added: { modes: WITH_VOUCHING, pace: { ...WITHOUT_FLOORS, queue: PROMPT_QUEUE } },
    });
  });
  afterAll(async () => {
    await mire.close();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  const codePage = async (person = MDURAND) => {
    const { browser } = await begin(mire, { client: 'messagerie' });
    if (!browser.current?.url.pathname.endsWith('/code-ephemere')) await browser.click('Code Éphémère');
    const asked = await browser.submit(person);
    return { browser, asked };
  };

  test('a server that makes us wait is told on the page, reloaded too', async () => {
    const { browser } = await codePage({ login: 'kbenali', password: 'Stethoscope-bleu-42' });
    const page = await browser.submit({ channel: 'mail' });
    expect(page.body).toContain('Saisissez le code reçu');
    const told = await until('the page to say so', async () => {
      const { body } = await browser.get(page.url.href);
      return body.includes('Le code n’est pas encore parti') && body;
    });
    expect(told).not.toContain('vous a été envoyé');
  });

  test('a dead address is told to who waits, kept, and not used for codes where there is another way', async () => {
    const { browser } = await codePage();
    const page = await browser.submit({ channel: 'mail' });
    const told = await until('the page to say so', async () => {
      const { body } = await browser.get(page.url.href);
      return body.includes('Nous n’arrivons pas à écrire à cette adresse') && body;
    });
    expect(told).toContain('@hopital.example');
    expect(told).not.toContain('mdurand@');
    await until('the audit', async () => (await auditOf(mire, 'account.mail-refused')).length === 1);

    const next = await codePage();
    expect(next.asked.body).toContain('par SMS');
    expect(next.asked.body).not.toContain('par mail');
    const account = (await mire.sandbox.parts.storage.accounts.byLoginKey(MDURAND.login))?.account;
    expect(account?.emailRefusedAt).toBeInstanceOf(Date);
  });

  test('who has no other way than a dead address reads what to do, and where to ask', async () => {
    const HELP = 'n’a pas d’autre moyen de recevoir un code';
    expect((await codePage()).asked.body).not.toContain(HELP);
    const row = mire.database.database('accounts').where({ login: MDURAND.login });
    await row.clone().update({ email_refused_at: new Date(), phone_verified: false });
    try {
      const { asked } = await codePage();
      expect(asked.body).toContain(HELP);
      const links = asked.page.querySelectorAll('.notice a').map((link) => link.getAttribute('href'));
      expect(links).toContain(mire.settings.SUPPORT_URL);
    } finally {
      await row.clone().update({ phone_verified: true });
    }
  });

  const DEAD = 'Nous n’arrivons pas à écrire à cette adresse';

  /** Somebody new, whom a mode vouches for, gives this address; the page that asks for its code. */
  const signUpWith = async (externalId: string, email: string) => {
    const { browser, started } = await begin(mire, { client: 'messagerie' });
    await vouchFor(browser, started.url, { externalId });
    const captcha = await solvedCaptcha(mire);
    const page = await browser.submit({ ...FORM, email, email_confirmation: email, ...captcha }, '/signup');
    expect(page.url.pathname).toMatch(/\/signup\/mail$/);
    return { browser, page };
  };

  test('the page of a sign-up said that the code was sent, of an address that does not exist', async () => {
    const { browser, page } = await signUpWith('899700111111', 'mdurand-sans-boite@hopital.example');
    const told = await until('the page to say so', async () => {
      const { body } = await browser.get(page.url.href);
      return body.includes(DEAD) && body;
    });
    expect(told).toContain('corrigez-le ci-dessous');
    expect(told).not.toContain('vous a été envoyé');
  });

  test('of an address that is somebody’s, a sign-up tells what it tells of one that is nobody’s', async () => {
    const { accounts } = mire.sandbox.parts.storage;
    const account = (await accounts.byLoginKey(MDURAND.login))?.account;
    await mire.database.database('accounts').where({ id: account?.id }).update({ email_refused_at: new Date() });
    const theirs = await signUpWith('899700222222', account?.email ?? '');
    expect((await theirs.browser.get(theirs.page.url.href)).body).toContain(DEAD);
    // Of whoever has an account nothing was sent, and so nothing is late.
    const late = await signUpWith('899700333333', 'personne@hopital.example');
    await until('the server to make us wait', async () => {
      const rows = await mire.database.database('challenges').where({ purpose: 'verify-mail', trouble: 'busy' });
      return rows.length === 1;
    });
    expect((await late.browser.get(late.page.url.href)).body).toContain('vous a été envoyé');
  });

  test('the page of the account said so too, of a new address', async () => {
    const browser = await signInDirectly(mire, { acr: 'eidas2' });
    await browser.get('/compte/coordonnees');
    const page = await browser.submit({ email: 'mdurand.nouvelle@hopital.example' });
    const told = await until('the page to say so', async () => {
      const { body } = await browser.get(page.url.href);
      return body.includes(DEAD) && body;
    });
    expect(told).not.toContain('vous a été envoyé');
  });
});
