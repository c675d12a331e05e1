import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { acceptCrl } from '../../src/cards/crl.ts';
import { createRevocation } from '../../src/cards/revocation.ts';
import { loadTrust } from '../../src/cards/trust.ts';
import { createCardVerifier } from '../../src/cards/verifier.ts';
import { type CardPki, openCardPki } from '../../src/sandbox/card-pki.ts';
import { PERSONAS } from '../../src/sandbox/personas.ts';
import { memoryCrls } from '../support/cards/card-authorities.ts';

const folder = mkdtempSync(join(tmpdir(), 'card-pki-'));
let pki: CardPki;
beforeAll(async () => {
  pki = await openCardPki(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function verdictOf(id: string, allowedTypes: readonly ('CPS' | 'CPE')[] = ['CPS']) {
  const trust = loadTrust(pki.anchors, pki.intermediates);
  const clock = () => new Date();
  const crls = memoryCrls();
  for (const der of await pki.crls()) await acceptCrl(der, { trust, crls, now: clock() });
  const rules = { trust, allowedTypes, revocation: createRevocation({ crls, clock }), degraded: false, clock };
  const card = pki.cards.find((one) => one.id === id);
  if (!card) throw new Error(`no card ${id}`);
  return createCardVerifier(rules).verify(new X509Certificate(card.certificatePem).raw);
}

const nationalId = (persona: string) => PERSONAS.find(({ id }) => id === persona)?.nationalId;

test.each([
  ['cps-medecin', nationalId('kbenali'), '10'],
  ['cps-infirmiere', nationalId('mdurand'), '60'],
  ['unknown-person', '899900009992', '10'],
])('the card %s is believed, and names its person', async (id, person, profession) => {
  expect(person).toBeDefined();
  expect(await verdictOf(id)).toMatchObject({ ok: true, holder: { nationalId: person, profession } });
});

test.each([
  ['cpe', 'card-type'],
  ['expired', 'expired'],
  ['revoked', 'revoked'],
  ['signature', 'signature-certificate'],
  ['wrong-ca', 'wrong-ca'],
  ['pseudonym', 'pseudonym'],
])('the card %s is refused: %s', async (id, refusal) => {
  expect(await verdictOf(id)).toMatchObject({ ok: false, refusal });
});

test('the CPE is believed where CPE are accepted', async () => {
  expect(await verdictOf('cpe', ['CPS', 'CPE'])).toMatchObject({ ok: true, holder: { cardType: 'CPE' } });
});

test('nobody is known by the number of the unknown person', () => {
  expect(PERSONAS.map((persona) => persona.nationalId)).not.toContain('899900009992');
});

test('the second start finds the same cards; their keys are read by the owner alone', async () => {
  const again = await openCardPki(folder);
  expect(again.cards).toEqual(pki.cards);
  const file = join(folder, 'card-pki.json');
  expect(statSync(file).mode & 0o077).toBe(0);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ cards: pki.cards });
});

test('of two first starts together both end with the same cards', async () => {
  const shared = join(folder, 'shared');
  const [one, two] = await Promise.all([openCardPki(shared), openCardPki(shared)]);
  expect(one.cards).toEqual(two.cards);
});

test('every card comes with its own private key', () => {
  for (const { certificatePem, privateKeyPem } of pki.cards) {
    expect(new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(privateKeyPem))).toBe(true);
  }
});
