import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import { until } from '../../support/jest/until.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { PROMPT_QUEUE, WITHOUT_FLOORS } from '../../support/pace.ts';
import { MDURAND } from '../../support/sign-in/journeys.ts';
import { auditOf, begin } from '../../support/sign-in/steps.ts';

describe('a code that does not arrive', () => {
  let mire: RunningMire;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    // Of Marie Durand's address it says that there is none; anybody else is to come later.
    onRcptTo: ({ address }, _session, done) =>
      done(
        address.startsWith('mdurand@')
          ? Object.assign(new Error('5.1.1 nobody of that name'), { responseCode: 550 })
          : Object.assign(new Error('4.3.0 later'), { responseCode: 451 }),
      ),
  });
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    const { port } = server.server.address() as AddressInfo;
    mire = await startMire({
      env: { MAIL_URL: `smtp://127.0.0.1:${port}` },
      added: { pace: { ...WITHOUT_FLOORS, queue: PROMPT_QUEUE } },
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
});
