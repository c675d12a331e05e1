import { expect, test } from '@jest/globals';
import { isLikeName } from '../../src/accounts/names.ts';

const known = { familyName: 'Durand', givenName: 'Marie-Hélène' };

test.each([
  ['DURAND', 'MARIE HELENE', true],
  ['Durand', 'Marie', true],
  ['durand', 'helene', true],
  ['DURAND EP MARTIN', 'MARIE', true],
  ['MARTIN EP DURAND', 'MARIE', true],
  ['Martin (née Durand)', 'Marie', true],
  ['DURAND-MARTIN', 'MARIE', true],
  ['MARTIN', 'MARIE', false],
  ['DURAND', 'PAUL', false],
  ['DURANDEAU', 'MARIE', false],
  ['', 'MARIE', false],
  ['DURAND', '', false],
  ['DURAND', 'M', false],
])('%s %s may be Marie-Hélène Durand: %s', (familyName, givenName, expected) => {
  expect(isLikeName({ familyName, givenName }, known)).toBe(expected);
});

test.each([
  [{ familyName: 'LE GALL', givenName: 'YANN' }, { familyName: 'Le Goff', givenName: 'Yann' }, false],
  [{ familyName: 'DE LA TOUR', givenName: 'ANNE' }, { familyName: 'de La Tour', givenName: 'Anne' }, true],
  [{ familyName: 'DE', givenName: 'ANNE' }, { familyName: 'de La Tour', givenName: 'Anne' }, false],
  [{ familyName: 'LEBOEUF', givenName: 'CHLOE' }, { familyName: 'Lebœuf', givenName: 'Chloé' }, true],
  [{ familyName: 'O’Neill', givenName: 'Sinéad' }, { familyName: "O'NEILL", givenName: 'SINEAD' }, true],
  [{ familyName: 'Durand' }, { familyName: 'Durand', givenName: 'Marie' }, true],
  [{}, { familyName: 'Durand', givenName: 'Marie' }, true],
])('%o may be %o: %s', (said, account, expected) => {
  expect(isLikeName(said, account)).toBe(expected);
});
