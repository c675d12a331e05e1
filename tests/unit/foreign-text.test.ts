import { describe, expect, test } from '@jest/globals';
import { newAccount } from '../../src/accounts/import.ts';
import { folded, foreignText, shownText } from '../../src/foreign-text.ts';
import { structureDefinition } from '../../src/structures/structure.ts';
import { HOSTILE } from '../support/clients/hostile-texts.ts';

const ldap = { kind: 'ldap', servers: ['ldaps://x'], ca: '-----BEGIN CERTIFICATE-----', base_dn: 'dc=x' };
const oidc = { kind: 'oidc', issuer: 'https://a.example', client_id: 'mire' };
const structure = { id: 'a', name: 'A', connector: ldap };
const STRUCTURE: Readonly<Record<string, (text: string) => object>> = {
  name: (text) => ({ ...structure, name: text }),
  town: (text) => ({ ...structure, town: text }),
  base_dn: (text) => ({ ...structure, connector: { ...ldap, base_dn: `cn=${text}` } }),
  bind_dn: (text) => ({ ...structure, connector: { ...ldap, bind_dn: `cn=${text}` } }),
  login_filter: (text) => ({ ...structure, connector: { ...ldap, login_filter: `(uid={login})${text}` } }),
  roles: (text) => ({ ...structure, connector: { ...ldap, roles: { 'cn=x': text } } }),
  groups: (text) => ({ ...structure, connector: { ...ldap, roles: { [`cn=${text}`]: 'x' } } }),
  disabled: (text) => ({ ...structure, connector: { ...ldap, disabled: { attribute: 'a', equals: text } } }),
  client_id: (text) => ({ ...structure, connector: { ...oidc, client_id: text } }),
  scope: (text) => ({ ...structure, connector: { ...oidc, scope: `openid ${text}` } }),
  acr_values: (text) => ({ ...structure, connector: { ...oidc, acr_values: text } }),
  id_claim: (text) => ({ ...structure, connector: { ...oidc, id_claim: text } }),
};
const account = { family_name: 'Durand', given_name: 'Marie' };
const ACCOUNT = [
  'family_name',
  'given_name',
  'login',
  'title',
  'profession',
  'specialty',
  'locale',
  'terms_version',
  'email',
] as const;

const refusing = (schema: { safeParse(given: unknown): { success: boolean } }, given: (text: string) => unknown) =>
  Object.entries(HOSTILE).flatMap(([what, text]) => (schema.safeParse(given(text)).success ? [what] : []));

describe('a text that hides, turns or fills a line', () => {
  test.each(Object.keys(STRUCTURE))('is no %s of a structure', (field) => {
    expect(structureDefinition.safeParse(STRUCTURE[field]?.('a')).error?.issues ?? []).toEqual([]);
    expect(refusing(structureDefinition, (text) => STRUCTURE[field]?.(text))).toEqual([]);
  });

  test.each(ACCOUNT)('is no %s of an account', (field) => {
    expect(
      refusing(newAccount, (text) => ({ ...account, [field]: field === 'email' ? `${text}@a.fr` : text })),
    ).toEqual([]);
    expect(refusing(newAccount, (text) => ({ ...account, roles: [text] }))).toEqual([]);
  });

  test('is cleaned where it was stored before', () => {
    const shown = Object.values(HOSTILE).map((text) => shownText(text, 100));
    expect(shown.filter((text) => !foreignText(100).safeParse(text).success)).toEqual([]);
  });
});

test('a length is counted in letters, as people count, not in halves of them', () => {
  expect(foreignText(3).safeParse('👩👩👩').success).toBe(true);
  expect(foreignText(3).safeParse('👩👩👩a').success).toBe(false);
});

test.each(['', ' ', '\u00a0\u2003'])('nothing but spaces (%j) is no text', (text) => {
  expect(foreignText(10).safeParse(text).success).toBe(false);
});

test('two names that a person takes for each other are one when they are compared', () => {
  const mine = folded('Mon compte');
  for (const other of ['mon compte', 'MONCOMPTE', 'Mon-Cômpte !', 'Моn соmрtе', '𝓜𝓸𝓷 𝓬𝓸𝓶𝓹𝓽𝓮', 'Mοn cοmpte']) {
    expect([other, folded(other)]).toEqual([other, mine]);
  }
  expect(folded('Mon compteur')).not.toBe(mine);
});
