// @peculiar/x509 refuses to load without this polyfill; it must come first.
import 'reflect-metadata';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Extension, type JsonNameParams, KeyUsageFlags } from '@peculiar/x509';
import type { CardRefusal, CardVerdict } from '../../src/cards/card.ts';
import { loadTrust } from '../../src/cards/trust.ts';
import {
  AUTHENTICATION,
  type CardSketch,
  type Issued,
  makeAuthority,
  makeCard,
  person,
  SIGNATURE,
} from '../../src/sandbox/card-certificates.ts';
import {
  type Authorities,
  CAMILLE,
  cardOf,
  derOf,
  inDays,
  makeAuthorities,
  NOW,
  type Rules,
  verifierOf,
} from '../support/cards/card-authorities.ts';

let authorities: Authorities;
let good: Issued;
beforeAll(async () => {
  authorities = await makeAuthorities();
  good = await cardOf(authorities);
});

const verdictOf = async (card: Issued, rules: Rules = {}, believed = authorities): Promise<CardVerdict> =>
  (await verifierOf(believed, rules)).verify(derOf(card));
const refusalOf = async (...args: Parameters<typeof verdictOf>) => {
  const verdict = await verdictOf(...args);
  return verdict.ok ? 'accepted' : verdict.refusal;
};
const failedStep = (verdict: CardVerdict) => verdict.checks.find(({ result }) => result === 'failed')?.name;

test('a valid card says who its holder is, and every check passed', async () => {
  const verdict = await verdictOf(good);
  expect(verdict).toEqual({
    ok: true,
    degraded: false,
    holder: {
      nationalId: '899700123450',
      familyName: 'FICTIF0012345',
      givenName: 'CAMILLE',
      profession: '10',
      cardType: 'CPS',
      notAfter: inDays(-1 + 3 * 365),
    },
    checks: ['read', 'usage', 'product', 'card-type', 'chain', 'validity', 'revocation', 'identity'].map((name) => ({
      name,
      result: 'passed',
    })),
  });
});

describe('a certificate with one defect is refused by the name of that defect', () => {
  const cases: [CardRefusal, string, Partial<CardSketch>][] = [
    ['signature-certificate', 'usage', { use: SIGNATURE }],
    [
      'signature-certificate',
      'usage',
      { use: { ...AUTHENTICATION, keyUsage: KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation } },
    ],
    ['wrong-usage', 'usage', { use: { ...AUTHENTICATION, extended: ['1.3.6.1.5.5.7.3.1'] } }],
    ['wrong-usage', 'usage', { use: { ...AUTHENTICATION, keyUsage: KeyUsageFlags.keyEncipherment } }],
    ['card-type', 'product', { category: '040183' }],
    ['card-type', 'product', { category: null }],
    ['card-type', 'product', { category: '040100' }],
    ['card-type', 'card-type', { type: '020102' }],
    ['card-type', 'card-type', { type: null }],
    ['card-type', 'card-type', { type: '020104' }],
    ['expired', 'validity', { notBefore: inDays(-300), notAfter: inDays(-1) }],
    ['not-yet-valid', 'validity', { notBefore: inDays(1) }],
    ['pseudonym', 'identity', { subject: [...CAMILLE, { '2.5.4.65': [{ utf8String: 'EMPLOYE000000018' }] }] }],
    ['pseudonym', 'identity', { subject: [{ CN: [{ utf8String: '899700123450' }] }] }],
    ['unreadable', 'identity', { subject: [{ CN: [{ utf8String: '899700123450' }], SN: [{ utf8String: 'FICTIF' }] }] }],
    ['unreadable', 'identity', { subject: person({ id: 'www.example.fr', family: 'A', given: 'B', title: 'C' }) }],
    ['unreadable', 'identity', { subject: person({ id: '8997001234501', family: 'A', given: 'B', title: 'C' }) }],
    ['unreadable', 'identity', { subject: person({ id: ' 899700123450', family: 'A', given: 'B', title: 'C' }) }],
  ];
  test.each(cases)('%s, found at the check "%s"', async (refusal, step, sketch) => {
    const verdict = await verdictOf(await cardOf(authorities, sketch));
    expect(verdict).toMatchObject({ ok: false, refusal });
    expect(failedStep(verdict)).toBe(step);
  });

  const text = (utf8String: string) => [{ utf8String }];
  const named = (extra: JsonNameParams): JsonNameParams => [...extra, ...CAMILLE];
  const unreadable: [string, JsonNameParams][] = [
    ['a NUL in the number', person({ id: '899700123450\0', family: 'A', given: 'B', title: 'C' })],
    ['a NUL in another attribute', named([{ O: text('A\0B') }])],
    ['"/CN=" inside another attribute', named([{ O: text('A/CN=899700000001') }])],
    ['",CN =" inside the name', person({ id: '899700123450', family: 'A,CN =899700000001', given: 'B', title: 'C' })],
    ['two numbers, in two RDNs', named([{ CN: text('899700000001') }])],
    [
      'two numbers, in one RDN',
      [{ CN: [...text('899700123450'), ...text('899700000001')], SN: text('A'), G: text('B') }],
    ],
    // What follows `#` is DER: here a BIT STRING, which OpenSSL lets stand in a name.
    ['a surname that is no text', [{ CN: ['899700123450'], SN: ['#03020041'], G: ['B'] }]],
    ['two surnames', named([{ SN: text('AUTRE') }])],
    ['a huge attribute', named([{ O: text('A'.repeat(257)) }])],
    ['a crowd of attributes', named(Array.from({ length: 24 }, (_, i) => ({ OU: text(`${i}`) })))],
    ['an invisible sign in the surname', person({ id: '899700123450', family: 'A\u202eB', given: 'B', title: 'C' })],
  ];
  test.each(unreadable)('unreadable: %s', async (_, subject) => {
    const verdict = await verdictOf(await cardOf(authorities, { subject }));
    expect(verdict).toMatchObject({ ok: false, refusal: 'unreadable' });
    expect(failedStep(verdict)).toBe('read');
  });

  test('unreadable: a critical extension nobody here understands', async () => {
    const strange = new Extension('1.2.250.1.71.99', true, Buffer.from('0500', 'hex'));
    expect(await refusalOf(await cardOf(authorities, {}, [strange]))).toBe('unreadable');
  });

  test('unreadable: one extension twice, with two values', async () => {
    const second = new Extension('1.2.250.1.71.1.2.2', false, Buffer.from('020102', 'hex'));
    expect(await refusalOf(await cardOf(authorities, {}, [second]))).toBe('unreadable');
  });

  test('unreadable: bytes after the certificate, or cut, or PEM where DER is due', async () => {
    const verifier = await verifierOf(authorities);
    const der = derOf(good);
    for (const bytes of [
      Buffer.concat([der, Buffer.from([0])]),
      der.subarray(0, -1),
      Buffer.from(good.certificatePem),
    ]) {
      expect(await verifier.verify(bytes)).toMatchObject({ ok: false, refusal: 'unreadable' });
    }
    expect(await verifier.verify(new Uint8Array())).toMatchObject({ ok: false, refusal: 'no-certificate' });
  });

  test('accents, commas, plus and equal signs inside a value are read as they are', async () => {
    const subject = named([{ O: text('Hôpital + Fils, Sœurs = Cie') }]);
    expect(await refusalOf(await cardOf(authorities, { subject }))).toBe('accepted');
  });

  test('a flipped bit anywhere is never accepted', async () => {
    const verifier = await verifierOf(authorities);
    const der = derOf(good);
    for (let at = 0; at < der.length; at += 1) {
      const bytes = Buffer.from(der);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      expect((await verifier.verify(bytes)).ok).toBe(false);
    }
  });
});

describe('the chain', () => {
  test('a card of authorities with the same names and other keys is of a wrong authority', async () => {
    expect(await refusalOf(await cardOf(await makeAuthorities()))).toBe('wrong-ca');
  });

  test('a card signed by the ORGANISATIONS authority of the same root is of a wrong authority', async () => {
    const organisations = await makeAuthority(
      { commonName: 'TEST AC MIRE ORGANISATIONS', notBefore: inDays(-9) },
      authorities.anchor,
    );
    expect(await refusalOf(await cardOf({ persons: organisations }))).toBe('wrong-ca');
  });

  test('a card signed by the root itself is of a wrong authority', async () => {
    expect(await refusalOf(await cardOf({ persons: authorities.anchor }))).toBe('wrong-ca');
  });

  test('a card signed by another card is of a wrong authority', async () => {
    expect(await refusalOf(await cardOf({ persons: good }))).toBe('wrong-ca');
  });

  test('a card signed by itself is of a wrong authority', async () => {
    const own = await makeAuthority({ commonName: 'TEST AC MIRE PERSONNES', notBefore: inDays(-9) });
    expect(await refusalOf(await makeCard({ subject: CAMILLE, notBefore: inDays(-1) }, own))).toBe('wrong-ca');
  });

  test('a root that allows no authority below it breaks the chain', async () => {
    const short = await makeAuthorities({ pathLength: 0 });
    expect(await refusalOf(await cardOf(short), {}, short)).toBe('wrong-ca');
  });

  test('an authority past its own date issues nothing any more', async () => {
    const late = await cardOf(authorities, { notAfter: inDays(30 * 365) });
    expect(await refusalOf(late)).toBe('accepted');
    expect(await refusalOf(late, { now: inDays(25 * 365) })).toBe('wrong-ca');
  });

  test('a PERSONNES authority can be the anchor, without its root', async () => {
    const { persons } = authorities;
    const alone = { ...authorities, trust: loadTrust(persons.certificatePem) };
    expect(await refusalOf(good, { published: ['persons'] }, alone)).toBe('accepted');
  });

  test('a card of the TEST authorities says it is a test product, and only then', async () => {
    expect(authorities.trust.world).toBe('test');
    const anchor = await makeAuthority({ commonName: 'AC RACINE MIRE', notBefore: inDays(-400) });
    const persons = await makeAuthority({ commonName: 'AC MIRE PERSONNES', notBefore: inDays(-400) }, anchor);
    const production = { anchor, persons, trust: loadTrust(anchor.certificatePem, persons.certificatePem) };
    expect(await refusalOf(await cardOf(production), {}, production)).toBe('card-type');
    expect(await refusalOf(await cardOf(production, { category: '040100' }), {}, production)).toBe('accepted');
  });
});

describe('revocation', () => {
  test('a card on the list is revoked, and so is one whose authority is', async () => {
    expect(await refusalOf(good, { revoked: [good.serial] })).toBe('revoked');
    expect(await refusalOf(good, { revoked: [authorities.persons.serial] })).toBe('revoked');
    expect(await refusalOf(good, { revoked: ['0123456789abcdef'] })).toBe('accepted');
  });

  test.each([
    ['there is no list', { published: [] }],
    ['the list of the root is missing', { published: ['persons'] }],
    ['the lists are past their date', { nextUpdate: new Date(NOW.getTime() - 1000) }],
  ] as const)('when %s, a card is refused, unless a degraded mode is declared', async (_, rules) => {
    expect(await refusalOf(good, rules)).toBe('revocation-unknown');
    const verdict = await verdictOf(good, { ...rules, degraded: true });
    expect(verdict).toMatchObject({ ok: true, degraded: true });
    expect(verdict.checks).toContainEqual({ name: 'revocation', result: 'skipped' });
  });

  test('a card on a list past its date stays revoked, in the degraded mode too', async () => {
    const rules = { nextUpdate: new Date(NOW.getTime() - 1000), revoked: [good.serial], degraded: true };
    expect(await refusalOf(good, rules)).toBe('revoked');
  });

  test('a responder can revoke what the list does not know yet, and vouch when there is no list', async () => {
    const says = (status: 'good' | 'revoked' | 'unknown') => ({ ask: async () => status });
    expect(await refusalOf(good, { ocsp: says('revoked') })).toBe('revoked');
    expect(await refusalOf(good, { ocsp: says('good'), published: [] })).toBe('accepted');
    expect(await refusalOf(good, { ocsp: says('unknown'), published: [] })).toBe('revocation-unknown');
    expect(await refusalOf(good, { ocsp: says('good'), revoked: [good.serial] })).toBe('revoked');
  });
});

test('a CPE is accepted where it is allowed, by the identifier of its structure', async () => {
  const subject = person({ id: '30B0057881/CPET0002', family: 'ADMIN', given: 'CHARLES', title: 'Personnel' });
  const verdict = await verdictOf(await cardOf(authorities, { subject, type: '020102' }), {
    allowedTypes: ['CPS', 'CPE'],
  });
  expect(verdict).toMatchObject({ ok: true, holder: { nationalId: '30B0057881/CPET0002', cardType: 'CPE' } });
});
