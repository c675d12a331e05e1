import { expect, test } from '@jest/globals';
import { AD_ANSWERS, CODE_ANSWERS, meaningOf, WORDED_ANSWERS } from '../../adapters/ldap/answers.ts';
import { standingOf } from '../../adapters/ldap/standing.ts';
import { type LdapConnector, ldapConnector } from '../../src/structures/ldap-connector.ts';
import { readingOf, whyLeft } from '../../src/structures/reading.ts';

const said = (code: number, message = '') => Object.assign(new Error(message), { code });
const inDomain = (data: string) => said(49, `80090308: LdapErr: DSID-0C09042A, comment: x, data ${data}, v3839`);
const connectorOf = (more: object): LdapConnector =>
  ldapConnector.parse({
    kind: 'ldap',
    servers: ['ldaps://x'],
    ca: '-----BEGIN CERTIFICATE-----',
    base_dn: 'DC=x',
    ...more,
  });
const domain = connectorOf({ directory: 'active-directory' });
const NOW = new Date('2026-12-01T00:00:00Z');

test.each(Object.entries(AD_ANSWERS))('data %s means what the table says', (data, meaning) => {
  expect(meaningOf(inDomain(data))).toEqual(meaning);
  expect(meaningOf(inDomain(data.toUpperCase()))).toEqual(meaning);
});

test('a sub-code of Active Directory that is told to the right password alone is never a wrong password', () => {
  for (const data of ['52f', '530', '531', '532', '533', '568', '569', '701', '773'])
    expect(meaningOf(inDomain(data))).toMatchObject({ password: 'right' });
});

test.each(Object.entries(CODE_ANSWERS))('result %s means what the table says', (code, meaning) => {
  expect(meaningOf(said(Number(code)))).toEqual(meaning);
});

test.each([
  [49, 'password expired!', 'password-expired', undefined],
  [19, 'Exceed password retry limit. Please try later.', 'locked', undefined],
  [53, 'Account inactivated. Contact system administrator.', 'disabled', 'disabled'],
  [49, 'Account locked', 'locked', undefined],
  [53, 'Password must be changed after reset', 'must-change', undefined],
])('%i "%s" is %s', (code, words, refusal, bar) => {
  const meaning = meaningOf(said(code, words));
  expect(meaning).toMatchObject({ refusal, ...(bar && { bar }) });
  expect(WORDED_ANSWERS.map(([, one]) => one)).toContain(meaning);
});

test('an answer that nobody foresaw is about this one person, and judges nothing', () => {
  for (const code of [10, 14, 16, 19, 21, 34, 50, 53, 65, 71, 90, 123])
    expect(meaningOf(said(code))).toEqual({ password: 'not-judged', refusal: 'unclear' });
  expect(meaningOf(new Error('Connection closed'))).toBe('ill');
});

const entry = (attributes: object) => standingOf({ dn: 'CN=x', ...attributes }, domain, NOW);
const fileTime = (iso: string) => String((BigInt(Date.parse(iso)) + 11_644_473_600_000n) * 10_000n);
const never = { accountExpires: '9223372036854775807' };
test.each([
  ['an ordinary account', { userAccountControl: '512', ...never }, { is: 'here' }],
  ['an account without an end', { userAccountControl: '512', accountExpires: '0' }, { is: 'here' }],
  ['a disabled account', { userAccountControl: '66050', ...never }, { is: 'barred', why: 'disabled' }],
  [
    'the end of a contract, which marks nothing as disabled',
    { userAccountControl: '512', accountExpires: fileTime('2026-11-30T23:59:59Z') },
    { is: 'barred', why: 'expired' },
  ],
  ['an end to come', { userAccountControl: '512', accountExpires: fileTime('2026-12-01T00:00:01Z') }, { is: 'here' }],
  ['userAccountControl unread', never, { is: 'unknown', why: 'userAccountControl cannot be read' }],
  ['userAccountControl empty', { userAccountControl: [], ...never }, { is: 'unknown' }],
  ['userAccountControl that is no number', { userAccountControl: 'oui', ...never }, { is: 'unknown' }],
  ['accountExpires unread', { userAccountControl: '512' }, { is: 'unknown', why: 'accountExpires cannot be read' }],
  ['disabled, the rest unread', { userAccountControl: '514' }, { is: 'barred', why: 'disabled' }],
])('%s', (_name, attributes, standing) => {
  expect(entry(attributes)).toMatchObject(standing);
});

test.each([
  ['days', 'shadowExpire', '20000', '30000'],
  ['time', 'pwdEndTime', '20261130235959Z', '20261201000001Z'],
])('elsewhere an account ends as the structure says: %s', (as, attribute, past, future) => {
  const connector = connectorOf({ expires: { attribute, as } });
  const of = (value: string | undefined) => standingOf({ dn: 'x', [attribute]: value ?? [] }, connector, NOW);
  expect(of(past)).toEqual({ is: 'barred', why: 'expired' });
  expect(of(future)).toEqual({ is: 'here' });
  expect(of(undefined)).toEqual({ is: 'here' });
  expect(of('un jour')).toMatchObject({ is: 'unknown' });
});

test('what is unknown lets nobody in and ends nothing; what bars somebody ends what rests on the word of the structure', () => {
  const right = { password: 'right', sent: 1 } as const;
  const unknown = { is: 'unknown', why: 'x' } as const;
  expect(readingOf(unknown, right, {})).toEqual({ password: 'right', refusal: 'unclear' });
  expect(readingOf({ is: 'here' }, right, undefined)).toEqual({ password: 'right', refusal: 'unclear' });
  expect(readingOf({ is: 'here' }, right, {})).toEqual({ password: 'right' });
  expect(whyLeft(unknown)).toBeUndefined();
  for (const why of ['disabled', 'expired', 'outside'] as const) {
    expect(whyLeft({ is: 'barred', why })).toBe(why);
    // The entry's own word, whatever password was typed: told to the right one alone.
    const wrong = { password: 'wrong', refusal: 'wrong', sent: 1 } as const;
    expect(readingOf({ is: 'barred', why }, wrong, {})).toEqual({ password: 'wrong', refusal: 'wrong', leaves: why });
    expect(readingOf({ is: 'barred', why }, right, {})).toMatchObject({ refusal: 'disabled', leaves: why });
  }
});
