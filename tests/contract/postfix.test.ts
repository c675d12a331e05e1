import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createStorage } from '../../adapters/db/storage.ts';
import { createSmtpSender, type SmtpOptions } from '../../adapters/mail/smtp.ts';
import { type MailAddress, readMailAddress } from '../../config/mail-address.ts';
import { returnPath, returnToken, takeBounce } from '../../src/delivery/bounces.ts';
import { mailOf } from '../../src/delivery/messages.ts';
import type { Mail } from '../../src/delivery/ports.ts';
import { sampleAccount, testVault } from '../support/accounts/sample-accounts.ts';
import { describeWith } from '../support/jest/services.ts';
import { testSecrets } from '../support/mire.ts';
import { commandIn } from '../support/mire-command.ts';
import { cutWire } from '../support/servers/cut-wire.ts';
import { HOSPITAL, MIRE, type OwnPostfix, ownPostfix } from '../support/servers/own-postfix.ts';
import { testDatabase } from '../support/storage/database.ts';

const FROM = `Mire <ne-pas-repondre@${MIRE}>`;
const FRAME = { platform: 'Portail', host: 'mire.example.fr', supportUrl: 'https://assistance.example.org/' };
let sent = 0;
const mailTo = (name: string): Mail =>
  mailOf(
    {
      id: `c0de-${++sent}`,
      to: name.includes('@') ? name : `${name}@${HOSPITAL}`,
      code: '012345',
      purpose: 'sign-in',
      locale: 'fr',
      expiresAt: new Date(),
    },
    FRAME,
  );

describeWith('postfix', 'a real Postfix', () => {
  let postfix: OwnPostfix;
  beforeAll(async () => {
    postfix = await ownPostfix();
  });
  afterAll(() => postfix.remove());

  const secure = () => ({ url: postfix.urls.open, from: FROM, tls: 'required', ca: postfix.certificate.ca }) as const;
  const send = async (mail: Mail, more: Partial<SmtpOptions> = {}) => {
    const sender = createSmtpSender({ ...secure(), ...more });
    try {
      await sender.send(mail);
      return 'taken';
    } catch (error) {
      return error as { reason: string; message: string };
    } finally {
      await sender.close();
    }
  };

  test('a server that is down is the server’s affair, and takes the mail once it is back', async () => {
    const wire = await cutWire(new URL(postfix.urls.open), 25);
    const mail = mailTo('bob');
    await wire.cut();
    expect(await send(mail, { url: wire.url })).toMatchObject({ reason: 'unreachable' });
    await wire.mend();
    expect(await send(mail, { url: wire.url })).toBe('taken');
    await postfix.arrived(`bob@${HOSPITAL}`, mail.id);
    await wire.stop();
  });

  test.each(['open', 'strict', 'smtps'] as const)('by %s with its authority, a mail comes encrypted', async (way) => {
    const mail = mailTo('alice');
    expect(await send(mail, { url: postfix.urls[way] })).toBe('taken');
    const found = await postfix.arrived(`alice@${HOSPITAL}`, `<${mail.id}@${MIRE}>`);
    // What Postfix writes of how it was given: the name that was said, and with TLS (RFC 3848).
    expect(found).toMatch(/^Received: from mire\.test /m);
    expect(found).toMatch(/with ESMTPS id/);
  });

  test('a self-signed certificate is no reason to send in clear where TLS is only wished for', async () => {
    const mail = mailTo('alice');
    expect(await send(mail, { tls: 'opportunistic', ca: undefined })).toBe('taken');
    expect(await postfix.arrived(`alice@${HOSPITAL}`, mail.id)).toMatch(/with ESMTPS id/);
  });

  test('a password never goes to a server without TLS', async () => {
    const { port } = new URL(postfix.urls.open);
    const refused = await send(mailTo('alice'), { url: `smtp://mire:secret@127.0.0.1:${port}`, ca: undefined });
    expect(refused).toMatchObject({ reason: 'not-encrypted' });
  });

  test('mire test mail prints the talk, what the DNS says, and no password', async () => {
    const environment = {
      ...testSecrets(),
      MAIL_URL: postfix.urls.open,
      MAIL_CA: postfix.certificate.ca,
      MAIL_TLS: 'required',
      MAIL_FROM: FROM,
      MAIL_DKIM_SELECTOR: 'mire',
      MAIL_DKIM_KEY: generateKeyPairSync('rsa', { modulusLength: 2048 })
        .privateKey.export({ type: 'pkcs8', format: 'pem' })
        .toString(),
    };
    const taken = await commandIn(environment, ['test', 'mail', '--to', `bob@${HOSPITAL}`]);
    expect(taken).toMatchObject({ code: 0, err: '' });
    for (const line of [`C: EHLO ${MIRE}`, 'C: STARTTLS', `C: RCPT TO:<bob@${HOSPITAL}>`])
      expect(taken.out).toContain(line);
    expect(taken.out).toMatch(/^SPF: /m);
    expect(taken.out).toMatch(/^Taken by the server\. Message-ID: <[0-9a-f-]{36}@mire\.test>$/m);
    const mail = await postfix.arrived(`bob@${HOSPITAL}`, /Message-ID: (<.+>)$/m.exec(taken.out)?.[1] ?? 'nothing');
    expect(mail).toMatch(/^DKIM-Signature: v=1; a=rsa-sha256;/m);
    expect(mail).toContain(' d=mire.test;');
    const refused = await commandIn(environment, ['test', 'mail', '--to', `nobody@${HOSPITAL}`]);
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(
      /^Not taken: mail: EENVELOPE RCPT TO 550 5\.1\.1 .*about: recipient; it would be given up\.$/m,
    );
    const stranger = await commandIn({ ...environment, MAIL_CA: '' }, ['test', 'mail', '--to', `bob@${HOSPITAL}`]);
    expect(stranger.err).toMatch(/self-signed certificate|unable to verify/);
  });

  test('what is returned later is known from its report, and only with the token of its own recipient', async () => {
    const database = await testDatabase();
    const storage = createStorage(database.database, testVault);
    const to = `later@${HOSPITAL}`;
    const [account, other] = [sampleAccount({ email: to }), sampleAccount({ email: `alice@${HOSPITAL}` })];
    for (const one of [account, other]) await storage.accounts.insert(one);
    const back = readMailAddress(`retours@${MIRE}`) as MailAddress;
    const returnTo = (address: string) => returnPath(back, returnToken(testVault, address));
    const mail = mailTo('later');
    expect(await send(mail, { returnTo })).toBe('taken');
    const report = await postfix.arrived(`retours@${MIRE}`, mail.id);
    const take = (text: string) => takeBounce({ storage, vault: testVault, clock: () => new Date() }, text, back);
    // Whoever knows a token knows it of their own address alone.
    expect(await take(report.replaceAll('later@', 'alice@'))).toBe('not ours');
    expect(await take(report.replaceAll('5.1.1', '5.2.2'))).toBe('passing');
    expect(await take(report.replace('Action: failed', 'Action: delayed'))).toBe('not ours');
    expect(await take(report)).toBe('refused');
    expect(await take(report)).toBe('known');
    expect((await storage.accounts.byId(account.id))?.emailRefusedAt).toBeInstanceOf(Date);
    expect((await storage.accounts.byId(other.id))?.emailRefusedAt).toBeUndefined();
    const environment = { ...testSecrets(), DATABASE_URL: database.url };
    // No database, or a setting that is missing: the server is to hand it in again, not to return a report of its own.
    expect(await commandIn(environment, ['bounces'], report)).toMatchObject({
      code: 75,
      err: expect.stringContaining('MAIL_BOUNCES'),
    });
    await database.stop();
  });

  test('a sender in an international domain has a Message-ID that a server takes as it is', async () => {
    const mail = mailTo('bob');
    expect(await send(mail, { from: 'Mire <ne-pas-repondre@hôpital.example>' })).toBe('taken');
    const arrived = await postfix.arrived(`bob@${HOSPITAL}`, mail.id);
    expect(arrived).toMatch(new RegExp(`^Message-ID: <${mail.id}@xn--hpital-ixa\\.example>$`, 'mi'));
    expect(arrived).toMatch(/^From: .*<ne-pas-repondre@xn--hpital-ixa\.example>$/im);
  });
});
