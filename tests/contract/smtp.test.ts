import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { createSmtpSender } from '../../adapters/mail/smtp.ts';
import { AT_ONCE } from '../../config/pace.ts';
import { mailOf } from '../../src/delivery/messages.ts';
import type { MailSender } from '../../src/delivery/ports.ts';
import { inTime } from '../support/jest/until.ts';

interface Received {
  readonly from: string;
  readonly to: string[];
  readonly raw: string;
  readonly mail: ParsedMail;
}

const TO = 'alice.martin@example.org';
const sender = { platform: 'Portail Santé', host: 'mire.example.fr', supportUrl: 'https://assistance.example.org/' };
const mail = (to = TO, platform = sender.platform) =>
  mailOf(
    { id: 'c0ffee-1', to, code: '012345', purpose: 'sign-in', locale: 'fr', expiresAt: new Date() },
    { ...sender, platform },
  );

const received: Received[] = [];
const events = new EventEmitter();
let answer: { at: 'RCPT' | 'DATA'; code: number; text: string } | undefined;
let server: SMTPServer;
let smtp: MailSender;

const refusal = (at: 'RCPT' | 'DATA') =>
  answer?.at === at ? Object.assign(new Error(answer.text), { responseCode: answer.code }) : null;

beforeAll(async () => {
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: (_address, _session, done) => done(refusal('RCPT')),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', async () => {
        const raw = Buffer.concat(chunks);
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          raw: raw.toString(),
          mail: await simpleParser(raw),
        });
        events.emit('mail');
        done(refusal('DATA'));
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
});
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

beforeEach(() => {
  received.length = 0;
  answer = undefined;
  const { port } = server.server.address() as AddressInfo;
  smtp = createSmtpSender({ url: `smtp://127.0.0.1:${port}`, from: 'Mire <ne-pas-repondre@mire.example.org>' });
});
afterEach(() => smtp.close());

test('a mail arrives as text and HTML, from the service, to one person', async () => {
  await smtp.send(mail());
  const [one] = received;
  expect(received).toHaveLength(1);
  expect(one?.from).toBe('ne-pas-repondre@mire.example.org');
  expect(one?.to).toEqual([TO]);
  expect(one?.mail.subject).toBe('Votre code de connexion – Portail Santé');
  expect(one?.mail.text?.split('\n')).toContain('012345');
  expect(one?.mail.html).toContain('<html lang="fr">');
  expect(one?.mail.headers.get('auto-submitted')).toBe('auto-generated');
  expect(one?.mail.headers.get('content-language')).toBe('fr');
});

test('the same code sent twice is the same message', async () => {
  await smtp.send(mail());
  await smtp.send(mail());
  expect(received.map((one) => one.mail.messageId)).toEqual(Array(2).fill('<c0ffee-1@mire.example.org>'));
});

test.each([
  `${TO}\r\nBcc: mallory@example.org`,
  decodeURIComponent('alice@example.org%0d%0aBcc:mallory@example.org'),
  `${TO}, mallory@example.org`,
  `Alice <${TO}>, mallory@example.org`,
  `${TO}> SIZE=1\r\nRCPT TO:<mallory@example.org`,
  'group:mallory@example.org;',
  '"a b"@example.org',
  'alice',
  '',
])('%p is no address: refused for good before anything is sent', async (to) => {
  await expect(smtp.send(mail(to))).rejects.toMatchObject({ permanent: true, message: 'mail: not an address' });
  expect(received).toEqual([]);
});

test('a platform name with line breaks adds no header', async () => {
  await smtp.send({ ...mail(), subject: 'Code\r\nBcc: mallory@example.org\r\n\r\nbody' });
  expect(received[0]?.to).toEqual([TO]);
  expect(received[0]?.mail.bcc).toBeUndefined();
  expect(received[0]?.raw).not.toMatch(/^Bcc:/im);
});

test('each job of the two queues has a connection of its own: none waits for another’s while its time runs', async () => {
  const most = 2 * AT_ONCE;
  const all = Promise.withResolvers<void>();
  let under = 0;
  // Nobody gets an answer until everybody has asked: with fewer connections than jobs that never comes.
  const patient = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      stream.resume().on('end', async () => {
        under += 1;
        if (under === most) all.resolve();
        await all.promise;
        done(null);
      });
    },
  });
  patient.listen(0, '127.0.0.1');
  await once(patient.server, 'listening');
  const { port } = patient.server.address() as AddressInfo;
  const pool = createSmtpSender({ url: `smtp://127.0.0.1:${port}`, from: 'Mire <a@mire.example.org>' });
  await inTime('every mail', Promise.all(Array.from({ length: most }, () => pool.send(mail()))));
  expect(under).toBe(most);
  await pool.close();
  await new Promise<void>((resolve) => patient.close(() => resolve()));
});

describe('a refusal', () => {
  test.each([
    ['RCPT', 550, `5.1.1 <${TO}> unknown`, true, 'mail: EENVELOPE RCPT TO 550 5.1.1'],
    ['RCPT', 450, `4.2.0 <${TO}> greylisted`, false, 'mail: EENVELOPE RCPT TO 450 4.2.0'],
    ['DATA', 554, `${TO} looks like spam`, true, 'mail: EMESSAGE DATA 554'],
    ['DATA', 452, `4.3.1 no room for ${TO}`, false, 'mail: EMESSAGE DATA 452 4.3.1'],
  ] as const)(
    'at %s with %i says whether it is for good, and never the address',
    async (at, code, text, permanent, message) => {
      answer = { at, code, text };
      const error = await smtp.send(mail()).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ permanent, message });
      expect(error).not.toHaveProperty('cause');
      expect((error as Error).stack).not.toContain(TO);
    },
  );

  test('is temporary when the server is not there', async () => {
    const nowhere = createSmtpSender({ url: 'smtp://127.0.0.1:1', from: 'a@example.org' });
    await expect(nowhere.send(mail())).rejects.toMatchObject({
      permanent: false,
      message: expect.stringMatching(/^mail: E/),
    });
    await nowhere.close();
  });
});
