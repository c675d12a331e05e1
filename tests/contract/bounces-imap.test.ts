import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdir, readdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { createStorage } from '../../adapters/db/storage.ts';
import { createImapBox, type ImapOptions } from '../../adapters/mail/imap.ts';
import { createSmtpSender } from '../../adapters/mail/smtp.ts';
import { type MailAddress, readMailAddress } from '../../config/mail-address.ts';
import { createBounceMetrics, LONGEST_BOUNCE, readBounces } from '../../src/delivery/bounce-box.ts';
import { returnPath, returnToken } from '../../src/delivery/bounces.ts';
import { mailOf } from '../../src/delivery/messages.ts';
import { createVault } from '../../src/protection/secrets.ts';
import type { Storage } from '../../src/storage.ts';
import { sampleAccount, testVault } from '../support/accounts/sample-accounts.ts';
import { describeWith } from '../support/jest/services.ts';
import { until } from '../support/jest/until.ts';
import { testSecrets } from '../support/mire.ts';
import { type OwnDovecot, ownDovecot } from '../support/servers/own-dovecot.ts';
import { HOSPITAL, MIRE, type OwnPostfix, ownPostfix } from '../support/servers/own-postfix.ts';
import { productionEnvironment, startWorker } from '../support/servers/production.ts';
import { type TestDatabase, testDatabase } from '../support/storage/database.ts';

const BOX = `retours@${MIRE}`;
const NOBODY = 65534;
const back = readMailAddress(BOX) as MailAddress;
const returnTo = (address: string) => returnPath(back, returnToken(testVault, address));
const FRAME = { platform: 'Portail', host: 'mire.example.fr', supportUrl: 'https://assistance.example.org/' };
const log = { info: () => undefined };

describeWith('postfix', 'reports that Postfix makes and Dovecot holds', () => {
  let postfix: OwnPostfix;
  let dovecot: OwnDovecot;
  let ground: TestDatabase;
  let storage: Storage;
  let delivered = 0;
  beforeAll(async () => {
    postfix = await ownPostfix();
    dovecot = await ownDovecot(postfix.folderOf(BOX), postfix.sasl);
    ground = await testDatabase();
    storage = createStorage(ground.database, testVault);
  });
  afterAll(async () => {
    await dovecot.remove();
    await postfix.remove();
    await ground.stop();
  });

  const box = (options: Partial<ImapOptions> = {}) =>
    createImapBox({ url: dovecot.urls.imaps, ca: dovecot.certificate.ca, ...options });

  /** One round, and what its metrics say of it. */
  async function round(options: Partial<ImapOptions> = {}) {
    const registry = new Registry();
    const parts = { storage, vault: testVault, clock: () => new Date(), log, returnTo: back };
    await readBounces({ ...parts, box: box(options), metrics: createBounceMetrics(registry) });
    const values = async (name: string) => (await registry.getSingleMetric(name)?.get())?.values ?? [];
    const taken = (await values('mire_bounces_total')).filter(({ value }) => value > 0);
    return {
      taken: Object.fromEntries(taken.map(({ labels, value }) => [labels.outcome, value])),
      left: (await values('mire_bounces_left'))[0]?.value,
      readAt: (await values('mire_bounces_read_timestamp_seconds'))[0]?.value,
    };
  }

  const person = async (email: string) => {
    const account = sampleAccount({ email });
    await storage.accounts.insert(account);
    return async () => (await storage.accounts.byId(account.id))?.emailRefusedAt;
  };

  /** A mail that Postfix takes and then returns, as to somebody whom the server behind it does not know. */
  async function returned(): Promise<string> {
    const id = `returned-${++delivered}`;
    const to = `later@${HOSPITAL}`;
    const letter = { id, to, code: '012345', purpose: 'sign-in', locale: 'fr', expiresAt: new Date() } as const;
    const sender = createSmtpSender({ url: postfix.urls.open, from: `Mire <mire@${MIRE}>`, returnTo });
    await sender.send(mailOf(letter, FRAME));
    await sender.close();
    await until('the report', async () => (await everything()).length === delivered);
    return to;
  }

  /** What lies in the mailbox, read or not: the files of the Maildir, whose names end with the flags. */
  async function everything(): Promise<string[]> {
    const names = await Promise.all(
      ['new', 'cur'].map((folder) => readdir(join(postfix.folderOf(BOX), folder)).catch(() => [])),
    );
    return names.flat();
  }
  const flagged = async (flag: 'S' | 'F') =>
    (await everything()).filter((name) => name.split(':2,')[1]?.includes(flag)).length;

  /** What anybody may write to the mailbox. */
  async function put(text: string): Promise<void> {
    delivered += 1;
    const folder = join(postfix.folderOf(BOX), 'new');
    await mkdir(folder, { recursive: true });
    const file = join(folder, `${Date.now()}.${randomUUID()}.test`);
    await writeFile(file, text.replaceAll(/\r?\n/g, '\n'));
    await chown(file, NOBODY, NOBODY);
  }

  const report = (to: string, token: string, status = '5.1.1') =>
    `From: MAILER-DAEMON@${HOSPITAL}\nTo: retours+${token}@${MIRE}\nSubject: Undelivered\n\nFinal-Recipient: rfc822; ${to}\nAction: failed\nStatus: ${status}\n`;

  test('an address that nobody has is known as dead from the report in the mailbox, which is read once', async () => {
    const to = await returned();
    const refusedAt = await person(to);
    const before = Date.now() / 1000;
    expect(await round()).toMatchObject({ taken: { refused: 1 }, left: 0 });
    expect(await refusedAt()).toBeInstanceOf(Date);
    expect(await flagged('S')).toBe(1);
    const again = await round();
    expect(again).toMatchObject({ taken: {}, left: 0 });
    expect(again.readAt).toBeGreaterThanOrEqual(Math.floor(before));
  });

  test('a stranger who writes there marks nobody’s address as dead, and what they wrote is left and counted', async () => {
    const victim = `alice@${HOSPITAL}`;
    const refusedAt = await person(victim);
    const own = returnToken(testVault, `mallory@${HOSPITAL}`);
    await put(report(victim, own));
    await put(report(victim, '0'.repeat(32)));
    await put('');
    await put(`Subject: ${'x'.repeat(LONGEST_BOUNCE)}\n\n${report(victim, returnToken(testVault, victim))}`);
    await put(`${report(victim, own)}${`Final-Recipient: rfc822; <${'a'.repeat(100)}\n`.repeat(2000)}`);
    await put(`To:${' '.repeat(100_000)}x y\nStatus:${'\n'.repeat(100_000)}`);
    const begun = Date.now();
    expect(await round()).toMatchObject({ taken: { 'not ours': 6 }, left: 6 });
    expect(Date.now() - begun).toBeLessThan(5000);
    expect(await refusedAt()).toBeUndefined();
    expect(await flagged('F')).toBe(6);
    expect(await flagged('S')).toBe(1);
    // They are looked at once, and stay for a person.
    expect(await round()).toMatchObject({ taken: {}, left: 6 });
  });

  test('a report from before an address proved itself says nothing of it', async () => {
    const to = `proved@${HOSPITAL}`;
    const account = sampleAccount({ email: to });
    await storage.accounts.insert(account);
    await put(report(to, returnToken(testVault, to)));
    await storage.lifecycles.mailChecked(account.id, new Date(Date.now() + 60_000));
    expect(await round()).toMatchObject({ taken: { known: 1 } });
    expect((await storage.accounts.byId(account.id))?.emailRefusedAt).toBeUndefined();
  });

  test('a mailbox that is only full is passing, and marked as read', async () => {
    const to = `crowded@${HOSPITAL}`;
    const refusedAt = await person(to);
    await put(report(to, returnToken(testVault, to), '5.2.2'));
    expect(await round()).toMatchObject({ taken: { passing: 1 } });
    expect(await refusedAt()).toBeUndefined();
  });

  test('a round that breaks in the middle leaves its report for the next one', async () => {
    const to = `broken@${HOSPITAL}`;
    const refusedAt = await person(to);
    await put(report(to, returnToken(testVault, to)));
    const taken = box().read(10, async () => Promise.reject(new Error('the database is away')));
    await expect(taken).rejects.toThrow('the database is away');
    expect(await round()).toMatchObject({ taken: { refused: 1 } });
    expect(await refusedAt()).toBeInstanceOf(Date);
  });

  test('a limit holds a round up, and the next one goes on', async () => {
    for (const _ of [1, 2, 3]) await put('no report');
    const taken: string[] = [];
    const take = async () => {
      taken.push('one');
      return 'left' as const;
    };
    await box().read(2, take);
    expect(taken).toHaveLength(2);
    await box().read(2, take);
    expect(taken).toHaveLength(3);
  });

  test('with STARTTLS it is read as well', async () => {
    await put('no report');
    expect(await round({ url: dovecot.urls.imap })).toMatchObject({ taken: { 'not ours': 1 } });
  });

  test.each([
    ['a certificate that nobody knows', () => ({ ca: undefined }), /^imap: .*(CERT|SIGN)/],
    [
      'a password that is wrong',
      () => ({ url: dovecot.urls.imaps.replace(/:[^/@]+@/, ':secret@') }),
      /^imap: login refused/,
    ],
    ['a port where nobody listens', () => ({ url: 'imaps://a:secret@127.0.0.1:1/INBOX' }), /^imap: ECONNREFUSED/],
    [
      'a mailbox that is not there',
      () => ({ url: dovecot.urls.imaps.replace('INBOX', 'Other') }),
      /^imap: .*(NO|NONEXISTENT)/,
    ],
  ])('%s is said, without the login', async (_, options, said) => {
    const failed = await round(options()).catch((error: Error) => error);
    expect(failed).toMatchObject({ message: expect.stringMatching(said) });
    expect(String(failed)).not.toMatch(/secret|retours/i);
  });

  test('where the server offers no STARTTLS the login is not said', async () => {
    const said: string[] = [];
    const open = createServer((socket) => {
      socket.write('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=LOGIN] ready\r\n');
      socket.setEncoding('utf8').on('error', () => socket.destroy());
      socket.on('data', (line: string) => {
        said.push(line);
        socket.write(`* CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=LOGIN\r\n${line.split(' ')[0]} OK done\r\n`);
      });
    }).listen(0, '127.0.0.1');
    await once(open, 'listening');
    const url = `imap://retours:secret@127.0.0.1:${(open.address() as AddressInfo).port}/INBOX`;
    await expect(createImapBox({ url }).read(1, async () => 'left')).rejects.toThrow(/^imap: /);
    open.close();
    expect(said.join('')).not.toMatch(/LOGIN|AUTHENTICATE|secret/i);
  });

  test('`mire work` reads the mailbox by itself, through the jobs of its database', async () => {
    const secrets = testSecrets();
    const vault = createVault(secrets.DATA_KEYS.split(','), secrets.INDEX_KEY);
    const to = `gone@${HOSPITAL}`;
    const refusedAt = await person(to);
    await put(report(to, returnToken(vault, to)));
    const worker = await startWorker(
      productionEnvironment({
        ...secrets,
        DATABASE_URL: ground.url,
        ISSUER: 'https://mire.test',
        MAIL_BOUNCES: BOX,
        MAIL_BOUNCES_IMAP: dovecot.urls.imaps,
        MAIL_CA: dovecot.certificate.ca,
      }),
    );
    await until('the round of the worker', async () => (await refusedAt()) !== undefined);
    expect(await worker.stop()).toBe(0);
  });
});
