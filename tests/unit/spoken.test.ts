import { describe, expect, test } from '@jest/globals';
import { createCircumstances } from '../../src/accounts/circumstances.ts';
import { spoken, spokenDay, spokenExactly, spokenHour } from '../../src/spoken.ts';

const WINTER = new Date('2026-11-23T22:30:15Z');

describe('an hour is that of a place, and not of a number', () => {
  test.each([
    ['Europe/Paris', '23 novembre 2026 à 23:30 (heure de Paris)', '23 November 2026 at 23:30 (Paris time)'],
    ['Indian/Reunion', '24 novembre 2026 à 02:30 (heure de La Réunion)', '24 November 2026 at 02:30 (Réunion time)'],
    ['Indian/Mayotte', '24 novembre 2026 à 01:30 (heure de Mayotte)', '24 November 2026 at 01:30 (Mayotte time)'],
    [
      'America/Martinique',
      '23 novembre 2026 à 18:30 (heure de Martinique)',
      '23 November 2026 at 18:30 (Martinique time)',
    ],
    [
      'America/Guadeloupe',
      '23 novembre 2026 à 18:30 (heure de Guadeloupe)',
      '23 November 2026 at 18:30 (Guadeloupe time)',
    ],
    ['America/Cayenne', '23 novembre 2026 à 19:30 (heure de Guyane)', '23 November 2026 at 19:30 (French Guiana time)'],
    [
      'Pacific/Noumea',
      '24 novembre 2026 à 09:30 (heure de Nouvelle-Calédonie)',
      '24 November 2026 at 09:30 (New Caledonia time)',
    ],
    // Elsewhere Unicode's own name, which is one of words too.
    [
      'Europe/Brussels',
      '23 novembre 2026 à 23:30 (heure d’Europe centrale)',
      '23 November 2026 at 23:30 (Central European Time)',
    ],
    ['UTC', '23 novembre 2026 à 22:30 (temps universel)', '23 November 2026 at 22:30 (universal time)'],
  ])('%s', (zone, french, english) => {
    expect(spoken(WINTER, 'fr-FR', zone)).toBe(french);
    expect(spoken(WINTER, 'en', zone)).toBe(english);
  });

  test('in summer too', () => {
    expect(spoken(new Date('2026-07-01T08:00:00Z'), 'fr', 'Europe/Paris')).toBe(
      '1 juillet 2026 à 10:00 (heure de Paris)',
    );
  });

  test('to the second, without its day, and the day alone', () => {
    expect(spokenExactly(WINTER, 'fr', 'Europe/Paris')).toBe('23 novembre 2026 à 23:30:15 (heure de Paris)');
    expect(spokenHour(WINTER, 'en', 'Indian/Reunion')).toBe('02:30 (Réunion time)');
    expect(spokenDay(WINTER, 'fr', 'Indian/Reunion')).toBe('24 novembre 2026');
  });
});

describe('whose clock it is', () => {
  const { zoneOf } = createCircumstances({
    issuer: 'https://mire.example.fr',
    zone: 'Indian/Reunion',
    clock: () => WINTER,
  });

  test('the account’s own comes first', () => {
    expect(zoneOf({ extraClaims: { zoneinfo: 'America/Martinique' } })).toBe('America/Martinique');
  });

  test.each([undefined, '', 'Mars/Olympus', 5, null])('the deployment’s, where the account says %p', (zoneinfo) => {
    expect(zoneOf({ extraClaims: { zoneinfo } })).toBe('Indian/Reunion');
    expect(zoneOf(undefined)).toBe('Indian/Reunion');
  });
});
