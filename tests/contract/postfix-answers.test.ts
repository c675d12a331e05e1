import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createSmtpSender, type SmtpOptions } from '../../adapters/mail/smtp.ts';
import {
  MEANINGS,
  type Reason,
  reasonOfSmtp,
  ruleOfSmtp,
  SMTP_RULES,
  type SmtpAnswer,
} from '../../src/delivery/answers.ts';
import { mailOf } from '../../src/delivery/messages.ts';
import type { DeliveryRefused, Mail } from '../../src/delivery/ports.ts';
import { describeWith } from '../support/jest/services.ts';
import { MAILBOX_PASSWORD, MAILBOX_USER, type OwnDovecot, ownDovecot } from '../support/servers/own-dovecot.ts';
import { HOSPITAL, MIRE, type OwnPostfix, ownPostfix } from '../support/servers/own-postfix.ts';

const FRAME = { platform: 'Portail', host: 'mire.example.fr', supportUrl: 'https://assistance.example.org/' };
const mailTo = (name: string): Mail =>
  mailOf(
    {
      id: `answer-${name}`,
      to: name.includes('@') ? name : `${name}@${HOSPITAL}`,
      code: '012345',
      purpose: 'sign-in',
      locale: 'fr',
      expiresAt: new Date(),
    },
    FRAME,
  );

interface Case {
  readonly name: string;
  readonly answer: SmtpAnswer;
  readonly reason: Reason;
  readonly mail?: Mail;
  readonly options?: (postfix: OwnPostfix) => Partial<SmtpOptions>;
}

const atRcpt = (to: string, reply: string, reason: Reason): Case => ({
  name: `${to}: ${reply}`,
  answer: { phase: 'recipient', code: Number(reply.slice(0, 3)), status: reply.slice(4) },
  reason,
  mail: mailTo(to),
});
const loginAs = (user: string, password: string) => (postfix: OwnPostfix) => {
  const url = new URL(postfix.urls.login);
  return { url: `smtp://${user}:${encodeURIComponent(password)}@${url.host}` };
};
const from = (name: string) => `Mire <${name}@${MIRE}>`;

/** How Postfix is made to say each; the phase is the command that it answers. */
const CASES: readonly Case[] = [
  atRcpt('disabled', '550 5.2.1', 'unknown-recipient'),
  atRcpt('nobody', '550 5.1.1', 'unknown-recipient'),
  atRcpt('unclear', '550 5.0.0', 'unclear-recipient'),
  atRcpt('full', '452 4.2.2', 'mailbox-full'),
  atRcpt('overfull', '552 5.2.2', 'mailbox-full'),
  atRcpt('blocked', '550 5.7.1', 'not-let-in'),
  atRcpt('quota', '550 5.4.5', 'not-let-in'),
  atRcpt('login', '530 5.7.0', 'not-let-in'),
  atRcpt('alice@elsewhere.test', '554 5.7.1', 'not-let-in'),
  atRcpt('closing', '421 4.7.0', 'busy'),
  atRcpt('grey', '450 4.2.0', 'busy'),
  {
    name: 'a sender whose domain nobody knows',
    answer: { phase: 'recipient', code: 550, status: '5.1.8' },
    reason: 'sender-refused',
    options: () => ({ from: from('unheard') }),
  },
  {
    name: 'a sender that is not let in, said at MAIL FROM',
    answer: { phase: 'sender', code: 550, status: '5.7.1' },
    reason: 'sender-refused',
    options: ({ urls }) => ({ from: from('refused'), url: urls.early }),
  },
  {
    name: 'a sender that is not let in, said at RCPT',
    answer: { phase: 'recipient', code: 550, status: '5.7.1' },
    reason: 'not-let-in',
    options: () => ({ from: from('refused') }),
  },
  {
    name: 'STARTTLS asked for',
    answer: { phase: 'sender', code: 530, status: '5.7.0' },
    reason: 'not-let-in',
    options: ({ urls }) => ({ url: urls.strict, tls: 'none' }),
  },
  {
    name: 'a login asked for',
    answer: { phase: 'recipient', code: 554, status: '5.7.1' },
    reason: 'not-let-in',
    options: ({ urls }) => ({ url: urls.login }),
  },
  {
    name: 'a password that Dovecot does not know',
    answer: { phase: 'login', code: 535, status: '5.7.8' },
    reason: 'login-refused',
    options: loginAs(MAILBOX_USER, 'wrong'),
  },
  {
    name: 'the door shut at the banner',
    answer: { phase: 'greeting', code: 554, status: '5.7.1' },
    reason: 'not-let-in',
    options: ({ urls }) => ({ url: urls.shut }),
  },
  {
    name: 'a certificate that nobody knows',
    answer: { phase: 'tls' },
    reason: 'not-encrypted',
    options: () => ({ ca: undefined }),
  },
  {
    name: 'TLS where there is none',
    answer: { phase: 'tls' },
    reason: 'not-encrypted',
    options: ({ urls }) => ({ url: urls.open.replace('smtp:', 'smtps:') }),
  },
  {
    name: 'a port where nobody listens',
    answer: { phase: 'connect' },
    reason: 'unreachable',
    options: () => ({ url: 'smtp://127.0.0.1:1' }),
  },
  {
    name: 'a message that is refused after it was read',
    answer: { phase: 'message', code: 550, status: '5.7.1' },
    reason: 'content-refused',
    mail: { ...mailTo('alice'), subject: 'POURRIEL' },
  },
  {
    name: 'a message that is too long',
    answer: { phase: 'message', code: 552, status: '5.3.4' },
    reason: 'content-refused',
    mail: { ...mailTo('alice'), text: 'x'.repeat(50_000) },
  },
];

/** What a server can never be made to say, and why. */
const NEVER: Partial<Record<Reason, string>> = {
  'not-an-address': 'it is seen before a server is spoken to',
};

/** How nodemailer names the command that was answered. */
const SAID: Readonly<Record<SmtpAnswer['phase'], RegExp>> = {
  connect: /CONN/,
  tls: /CONN|STARTTLS/,
  greeting: /CONN|EHLO|HELO|554/,
  login: /^mail: EAUTH .*AUTH/,
  sender: /MAIL FROM/,
  recipient: /RCPT TO/,
  data: /^mail: EENVELOPE DATA/,
  message: /^mail: EMESSAGE DATA/,
};
/** What ends the whole connection is told by nodemailer as an answer to it. */
const ENDS = 421;

test('every row of the table of answers is made to happen, or says why it cannot be', () => {
  const met = new Set<string>([...CASES.map(({ reason }) => reason), ...Object.keys(NEVER)]);
  expect(Object.keys(MEANINGS).filter((reason) => !met.has(reason))).toEqual([]);
  const rules = new Set(CASES.map(({ answer }) => ruleOfSmtp(answer)));
  expect(SMTP_RULES.filter((rule) => !rules.has(rule))).toEqual([]);
});

describeWith('postfix', 'what a real Postfix answers', () => {
  let postfix: OwnPostfix;
  let dovecot: OwnDovecot;
  beforeAll(async () => {
    postfix = await ownPostfix();
    postfix.greylist.begin(300, () => new Date());
    dovecot = await ownDovecot(postfix.folderOf(`retours@${MIRE}`), postfix.sasl);
  });
  afterAll(async () => {
    await dovecot.remove();
    await postfix.remove();
  });

  async function send(mail: Mail, more: Partial<SmtpOptions>): Promise<'taken' | DeliveryRefused> {
    const { urls, certificate } = postfix;
    const sender = createSmtpSender({
      url: urls.open,
      from: from('mire'),
      tls: 'required',
      ca: certificate.ca,
      ...more,
    });
    try {
      await sender.send(mail);
      return 'taken';
    } catch (error) {
      return error as DeliveryRefused;
    } finally {
      await sender.close();
    }
  }

  test.each(CASES)('$name: $reason', async ({ answer, reason, mail = mailTo('alice'), options }) => {
    const refused = (await send(mail, options?.(postfix) ?? {})) as DeliveryRefused;
    expect(refused).toMatchObject({
      reason,
      message: expect.stringMatching(answer.code === ENDS ? SAID.connect : SAID[answer.phase]),
    });
    expect(reasonOfSmtp(answer)).toBe(reason);
    if (answer.code) expect(refused.message).toContain(`${answer.code} ${answer.status}`);
  });

  test('with the right password a mail is taken by the server that asks for one', async () => {
    const mail = mailTo('bob');
    expect(await send(mail, loginAs(MAILBOX_USER, MAILBOX_PASSWORD)(postfix))).toBe('taken');
    expect(await postfix.arrived(`bob@${HOSPITAL}`, mail.id)).toMatch(/with ESMTPSA id/);
  });
});
