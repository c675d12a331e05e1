import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PURPOSES } from '../../src/challenges/challenge.ts';
import { fitsOneSms, toGsm7 } from '../../src/delivery/gsm7.ts';
import { localeOf } from '../../src/delivery/mail-frame.ts';
import { type Letter, mailOf, smsOf } from '../../src/delivery/messages.ts';

const sender = {
  platform: 'Portail des Professionnels de Santé',
  host: 'mire.sante-exemple.fr',
  supportUrl: 'https://assistance.example.org/?a=1&b=2',
};
const letter = (over: Partial<Letter> = {}): Letter => ({
  id: 'a-1',
  to: 'alice.martin@example.org',
  code: '012345',
  purpose: 'sign-in',
  locale: 'fr',
  expiresAt: new Date(1_000_000),
  ...over,
});

describe.each(['fr', 'en'] as const)('the mail in %s', (locale) => {
  const mail = mailOf(letter({ locale }), sender);

  test('has the code on a line of its own, and not in its subject', () => {
    expect(mail.text.split('\n')).toContain('012345');
    expect(mail.html).toMatch(/>012345<\/p>/);
    expect(mail.subject).not.toContain('012345');
  });

  test('names the platform, its life and where help is, and not the person', () => {
    for (const body of [mail.text, mail.html]) {
      expect(body).toContain(sender.platform);
      expect(body).toContain('5 minutes');
      expect(body).not.toMatch(/alice|martin/i);
    }
    expect(mail.text).toContain(sender.supportUrl);
    expect(mail.html).toContain('href="https://assistance.example.org/?a=1&#38;b=2"');
  });

  test('says its language to screen readers', () => {
    expect(mail.html).toContain(`<html lang="${locale}">`);
    expect(mail.locale).toBe(locale);
  });

  test('warns that nobody will ask for the code', () => {
    expect(mail.text).toMatch(locale === 'fr' ? /Ne le communiquez à personne/ : /Do not share it with anyone/);
  });
});

test('a platform name cannot add a header, a line or an element', () => {
  const mail = mailOf(letter(), { ...sender, platform: 'A\r\nBcc: x@example.org\n<img src=x>' });
  expect(mail.subject).not.toMatch(/[\r\n]/);
  expect(mail.html).not.toContain('<img');
  expect(mail.text.split('\n')).not.toContain('Bcc: x@example.org');
});

test.each([
  ['fr-FR', 'fr'],
  ['de', 'fr'],
  ['', 'fr'],
  ['en', 'en'],
  ['en-GB', 'en'],
  ['enx', 'fr'],
] as const)('who reads %p is written to in %s', (tag, locale) => {
  expect(localeOf(tag)).toBe(locale);
});

describe.each(['fr', 'en'] as const)('the SMS in %s', (locale) => {
  test('is one part, begins with the code and ends with the line browsers fill in from', () => {
    const { text } = smsOf(letter({ locale }), sender);
    expect(text.split('\n')[0]).toBe('012345');
    expect(text.split('\n').at(-1)).toBe('@mire.sante-exemple.fr #012345');
    expect(fitsOneSms(text)).toBe(true);
    expect(text).toContain(sender.platform);
  });

  test('shortens a long name rather than give up that line', () => {
    const platform = 'Plateforme Régionale de Santé Numérique des Professionnels d’Auvergne-Rhône-Alpes';
    const { text } = smsOf(letter({ locale }), { ...sender, platform });
    expect(text.split('\n').at(-1)).toBe('@mire.sante-exemple.fr #012345');
    expect(text).toMatch(/Plateforme R.+\.\.\./);
    expect(fitsOneSms(text)).toBe(true);
  });

  test('gives up that line, and never the warning, when the host is too long for it', () => {
    const { text } = smsOf(letter({ locale }), { ...sender, host: `${'mire.'.repeat(20)}fr` });
    expect(text).not.toContain('@');
    expect(text).toMatch(locale === 'fr' ? /Ne le donnez à personne\.$/ : /Do not share it with anyone\.$/);
  });

  test.each(PURPOSES)(
    'for %s is one part that the browser can fill in from, whatever the platform is called and the code is',
    (purpose) => {
      const codes = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 6, maxLength: 6 });
      fc.assert(
        fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), codes, (platform, code) => {
          const lines = smsOf(letter({ locale, purpose, code }), { ...sender, platform }).text.split('\n');
          expect(fitsOneSms(lines.join('\n'))).toBe(true);
          expect(lines[0]).toBe(code);
          expect(lines.at(-1)).toBe(`@${sender.host} #${code}`);
        }),
      );
    },
  );
});

test('what SMS cannot write is written as near as it can be', () => {
  expect(toGsm7('Hôpital «\u00a0Être\u202f» – cœur’s ç 你')).toBe('Hopital "Etre" - coeur\'s c ?');
  expect(toGsm7('Santé à Lyon')).toBe('Santé à Lyon');
});

// 3GPP TS 23.038 §6.2.1: é è à ù ì ò ä ö ü ñ æ and Ç É Ä Ö Ü Ñ Æ stand in the alphabet, and no other accent of French.
test.each([
  ['é è à ù æ Ç É Æ', 'é è à ù æ Ç É Æ'],
  ['ê ë î ï ô û ç ÿ â', 'e e i i o u c y a'],
  ['À Â È Ê Ë Î Ï Ô Ù Û Œ Ÿ', 'A A E E E I I O U U OE Y'],
  ['l’œuvre l‘été « Vœux » “X” ‹Y›', 'l\'oeuvre l\'été "Voeux" "X" <Y>'],
  ['suite… n° 2 – 3 — 4 ‑ 5', 'suite... no 2 - 3 - 4 - 5'],
  ['m² 1ᵉʳ ﬁn Santé™', 'm2 1er fin SantéTM'],
  ['e\u0301te\u0302 coupé\u00adici zéro\u200blargeur', 'éte coupéici zérolargeur'],
  ['Łódź Đà Nẵng 👩‍⚕️', 'Lodz Dà Nang ??'],
])('%p is written %p in an SMS', (text, written) => {
  expect(toGsm7(text)).toBe(written);
});

test('whatever a name is made of, what SMS cannot write never stays in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
      for (const character of toGsm7(text)) expect(fitsOneSms(character)).toBe(true);
    }),
  );
});

test('a euro sign takes two places', () => {
  expect(fitsOneSms('€'.repeat(80))).toBe(true);
  expect(fitsOneSms(`${'€'.repeat(80)}a`)).toBe(false);
  expect(fitsOneSms('ê')).toBe(false);
});
