import { beforeAll, expect, test } from '@jest/globals';
import { loadTrust } from '../../src/cards/trust.ts';
import { ConfigError } from '../../src/http/errors.ts';
import { type Issued, makeAuthority } from '../../src/sandbox/card-certificates.ts';
import { type Authorities, cardOf, inDays, makeAuthorities } from '../support/cards/card-authorities.ts';

let test1: Authorities;
let production: Issued;
let organisations: Issued;
let card: Issued;
beforeAll(async () => {
  test1 = await makeAuthorities();
  const notBefore = inDays(-9);
  production = await makeAuthority({ commonName: 'AC IGC-SANTE FORT PERSONNES', notBefore });
  organisations = await makeAuthority({ commonName: 'TEST AC MIRE ORGANISATIONS', notBefore }, test1.anchor);
  card = await cardOf(test1);
});

test('roots and PERSONNES authorities make a store of one world', () => {
  const { anchor, persons } = test1;
  expect(loadTrust(anchor.certificatePem, persons.certificatePem)).toMatchObject({ world: 'test' });
  expect(loadTrust(production.certificatePem)).toMatchObject({ world: 'production', intermediates: [] });
  const twoAnchors = loadTrust(`# roots\n${anchor.certificatePem}\n${persons.certificatePem}`);
  expect(twoAnchors.anchors).toHaveLength(2);
});

const cases: [string, RegExp, () => [string, string?]][] = [
  ['an empty file', /holds no certificate/, () => ['']],
  ['a file of something else', /holds no certificate/, () => ['# IGC-Santé\n']],
  ['intermediates without an anchor', /holds no certificate/, () => ['', test1.persons.certificatePem]],
  ['a card among the anchors', /is not an authority/, () => [test1.anchor.certificatePem + card.certificatePem]],
  ['a card among the intermediates', /is not an authority/, () => [test1.anchor.certificatePem, card.certificatePem]],
  [
    'an ORGANISATIONS authority',
    /machines/,
    () => [test1.anchor.certificatePem, test1.persons.certificatePem + organisations.certificatePem],
  ],
  ['no PERSONNES authority', /no card could be read/, () => [test1.anchor.certificatePem]],
  [
    'production and TEST authorities together',
    /production and TEST/,
    () => [test1.anchor.certificatePem + production.certificatePem, test1.persons.certificatePem],
  ],
  [
    'a certificate that is cut',
    /whole PEM/,
    () => [test1.anchor.certificatePem + test1.persons.certificatePem.slice(0, 200)],
  ],
  ['a private key beside the certificate', /whole PEM/, () => [production.certificatePem + production.privateKeyPem]],
  [
    'a certificate whose bytes are spoilt',
    /not readable/,
    () => [production.certificatePem.replace(/\n.{8}/, '\nAAAAAAAA')],
  ],
];
test.each(cases)('%s stops the start', (_, message, files) => {
  expect(() => loadTrust(...files())).toThrow(ConfigError);
  expect(() => loadTrust(...files())).toThrow(message);
});
