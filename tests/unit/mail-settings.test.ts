import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { readMailAddress } from '../../config/mail-address.ts';
import { type MailSettings, mailProblems, mailTls } from '../../config/mail-settings.ts';
import { domainRecords } from '../../src/delivery/domain-records.ts';

const FROM = 'Mire <ne-pas-repondre@sante.fr>';
const OPEN = 'smtp://mail.sante.fr';
const WITH_LOGIN = 'smtp://mire:secret@mail.sante.fr';
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const KEY = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const ED25519 = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('the sender', () => {
  test.each([
    ['Mire', undefined],
    ['Mire <ne-pas-repondre>', undefined],
    ['Mire <a@b>', undefined],
    ['Mire <a@b.fr', undefined],
    ['Mire <a@b.fr>, c@d.fr', undefined],
    ['a@b.fr\r\nBcc: c@d.fr', undefined],
    ['a@b.fr', { name: '', local: 'a', domain: 'b.fr' }],
    ['"Mire, Santé" <a@b.fr>', { name: 'Mire, Santé', local: 'a', domain: 'b.fr' }],
    ['Mire <a@hôpital.fr>', { name: 'Mire', local: 'a', domain: 'xn--hpital-ixa.fr' }],
  ])('%p is %p', (text, address) => {
    expect(readMailAddress(text)).toEqual(address);
    expect(mailProblems({ MAIL_FROM: text }).map(({ name }) => name)).toEqual(address ? [] : ['MAIL_FROM']);
  });
});

describe('TLS', () => {
  test.each([
    [OPEN, true, 'required'],
    [WITH_LOGIN, true, 'required'],
    [WITH_LOGIN, false, 'required'],
    [OPEN, false, 'opportunistic'],
  ] as const)('to %s, in production %p, is %s unless said otherwise', (MAIL_URL, production, tls) => {
    expect(mailTls({ MAIL_URL }, production)).toBe(tls);
  });

  test.each([
    [{ MAIL_URL: WITH_LOGIN, MAIL_TLS: 'none' }, ['MAIL_TLS']],
    [{ MAIL_URL: WITH_LOGIN, MAIL_TLS: 'opportunistic' }, ['MAIL_TLS']],
    [{ MAIL_URL: OPEN, MAIL_TLS: 'none' }, []],
    [{ MAIL_URL: 'smtps://mail.sante.fr', MAIL_TLS: 'none' }, ['MAIL_TLS']],
    [{ MAIL_URL: `${WITH_LOGIN}?ignoreTLS=true` }, ['MAIL_URL']],
    [{ MAIL_URL: `${WITH_LOGIN}?tls.rejectUnauthorized=false` }, ['MAIL_URL']],
    [{ MAIL_URL: `${OPEN}?pool=true` }, []],
    [{ MAIL_CA: 'not a certificate' }, ['MAIL_CA']],
  ] satisfies [Partial<MailSettings>, string[]][])(
    'a password never goes in clear: %j is wrong in %j',
    (settings, names) => {
      expect(mailProblems({ MAIL_FROM: FROM, ...settings }).map(({ name }) => name)).toEqual(names);
    },
  );
});

test.each([
  [{ MAIL_DKIM_KEY: KEY }, ['MAIL_DKIM_SELECTOR']],
  [{ MAIL_DKIM_SELECTOR: 'mire' }, ['MAIL_DKIM_KEY']],
  [{ MAIL_DKIM_KEY: 'x', MAIL_DKIM_SELECTOR: 'mire' }, ['MAIL_DKIM_KEY']],
  [{ MAIL_DKIM_KEY: ED25519, MAIL_DKIM_SELECTOR: 'mire' }, ['MAIL_DKIM_KEY']],
  [{ MAIL_DKIM_KEY: KEY, MAIL_DKIM_SELECTOR: 'mire' }, []],
])('a signature needs its key and its name, and a key that can sign', (settings, names) => {
  expect(mailProblems(settings).map(({ name }) => name)).toEqual(names);
});

test.each([
  ['retours@sante.fr', []],
  ['retours@id.sante.fr', []],
  ['retours@autre.fr', ['MAIL_BOUNCES']],
  ['retours', ['MAIL_BOUNCES']],
  [`${'r'.repeat(32)}@sante.fr`, ['MAIL_BOUNCES']],
])('reports that come back to %s: wrong in %j', (MAIL_BOUNCES, names) => {
  expect(mailProblems({ MAIL_FROM: FROM, MAIL_BOUNCES }).map(({ name }) => name)).toEqual(names);
});

test.each([
  ['imaps://mire:secret@mail.sante.fr/INBOX', 'retours@sante.fr', []],
  ['imap://mire:secret@mail.sante.fr', 'retours@sante.fr', []],
  ['imaps://mire:secret@mail.sante.fr/INBOX', undefined, ['MAIL_BOUNCES']],
  ['imaps://mail.sante.fr/INBOX', 'retours@sante.fr', ['MAIL_BOUNCES_IMAP']],
  ['imaps://mire@mail.sante.fr/INBOX', 'retours@sante.fr', ['MAIL_BOUNCES_IMAP']],
  ['imap://mire:secret@mail.sante.fr?secure=false', 'retours@sante.fr', ['MAIL_BOUNCES_IMAP']],
] as const)('the mailbox %s of reports to %p: wrong in %j', (MAIL_BOUNCES_IMAP, MAIL_BOUNCES, names) => {
  expect(mailProblems({ MAIL_FROM: FROM, MAIL_BOUNCES, MAIL_BOUNCES_IMAP }).map(({ name }) => name)).toEqual(names);
});

describe('what the DNS says of the domain', () => {
  const held = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const dkim = { selector: 'mire', key: KEY };
  const asked = (records: Record<string, string[]>, signing: typeof dkim | undefined = dkim) =>
    domainRecords({ domain: 'id.sante.fr', dkim: signing }, async (name) => records[name] ?? []);

  test('is told, whole', async () => {
    const records = {
      'id.sante.fr': ['other', 'v=spf1 mx -all'],
      'mire._domainkey.id.sante.fr': [`v=DKIM1; k=rsa; p=${held}`],
      '_dmarc.sante.fr': ['v=DMARC1; p=reject'],
    };
    expect(await asked(records)).toEqual([
      'SPF: v=spf1 mx -all',
      'DKIM: signed here, and mire._domainkey.id.sante.fr holds the same key',
      'DMARC: _dmarc.sante.fr: v=DMARC1; p=reject',
    ]);
  });

  test.each([
    [{}, /^SPF: none/],
    [{ 'id.sante.fr': ['v=spf1 a', 'v=spf1 mx'] }, /^SPF: .* 2 records/],
    [{ 'id.sante.fr': ['v=spf1 +all'] }, /anybody/],
    [{}, /does not exist/],
    [{ 'mire._domainkey.id.sante.fr': ['v=DKIM1; k=rsa; p=AAAA'] }, /another key/],
    [{}, /^DMARC: none/],
  ])('%j: %s', async (records, said) => {
    expect(await asked(records)).toContainEqual(expect.stringMatching(said));
  });

  test('is said not to be known where nobody can be asked', async () => {
    const lines = await domainRecords({ domain: 'sante.fr', dkim }, () => Promise.reject(new Error('ETIMEOUT')));
    expect(lines).toEqual(['SPF', 'DKIM', 'DMARC'].map((what) => `${what}: the DNS cannot be asked from here`));
  });
});
