import { describe, expect, test } from '@jest/globals';
import { spoken } from '../../src/accounts/telling.ts';
import { noticeMail } from '../../src/delivery/deliver-notice.ts';
import { COLOURS } from '../../src/delivery/mail-frame.ts';
import { paramsOf, TEMPLATES, type TemplateId } from '../../src/delivery/templates.ts';

const sender = { platform: 'Portail', host: 'mire.example.fr', supportUrl: 'https://assistance.example.org/' };
const ids = Object.keys(TEMPLATES) as TemplateId[];
const base = { id: 'n', accountId: undefined, to: 'a@example.org', createdAt: new Date(), sentAt: undefined } as const;

describe.each(ids)('the notice %s', (template) => {
  const params = Object.fromEntries(
    paramsOf(template).map((name) => [name, `https://mire.example.fr/${name}?a=1&b=2`]),
  );

  test.each(['fr', 'en'] as const)('is whole in %s, as text and as HTML', (locale) => {
    const mail = noticeMail({ ...base, template, locale, params, givenUpAt: undefined }, sender);
    for (const body of [mail.subject, mail.text, mail.html]) expect(body).not.toMatch(/\{\w*\}|undefined/);
    expect(mail.text).toContain(sender.supportUrl);
    expect(mail.html).toContain(`<html lang="${locale}">`);
  });

  test('names the same values in both languages', () => {
    const names = (locale: 'fr' | 'en') => [
      ...new Set(JSON.stringify(TEMPLATES[template][locale]).match(/\{\w+\}/g) ?? []),
    ];
    expect(names('fr').sort()).toEqual(names('en').sort());
  });
});

test('a value cannot add a line, a header or an element', () => {
  const params = { when: 'hier\r\nBcc: x@example.org <img src=x>', account: 'https://mire.example.fr/' };
  const mail = noticeMail(
    { ...base, template: 'mail-now-here', locale: 'fr', params, givenUpAt: undefined },
    { ...sender, platform: 'A\r\nBcc: y@example.org' },
  );
  expect(mail.subject).not.toMatch(/[\r\n]/);
  expect(mail.text).not.toMatch(/^Bcc/m);
  expect(mail.html).not.toContain('<img');
});

describe('the frame of a mail', () => {
  const luminance = (colour: string) => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5]
      .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one: string, other: string) => {
    const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };

  test.each(Object.entries(COLOURS))('%s: text, links and buttons can be read', (_, { ground, text, link, onLink }) => {
    for (const [one, other] of [
      [text, ground],
      [link, ground],
      [onLink, link],
    ] as const)
      expect(contrast(one, other)).toBeGreaterThan(4.5);
  });

  const mail = (template: TemplateId, params: Record<string, string>, supportUrl = sender.supportUrl) =>
    noticeMail({ ...base, template, locale: 'fr', params, givenUpAt: undefined }, { ...sender, supportUrl });
  const params = { when: 'hier', account: 'https://mire.example.fr/compte' };

  test('a page of ours is a link, and a name that looks like one is not', () => {
    const { html } = mail('device-added', { ...params, device: 'https://evil.example/' });
    expect(html).toContain('<a class="link" href="https://mire.example.fr/compte"');
    expect(html).not.toContain('href="https://evil.example');
  });

  test('what is asked for is a button', () => {
    const { html } = mail('password-changed', {
      ...params,
      until: 'demain',
      undo: 'https://mire.example.fr/x#y',
      code: 'y',
    });
    expect(html).toMatch(/<a class="button" href="https:\/\/mire\.example\.fr\/x#y"/);
  });

  test('its colours stand on what carries the text, where a client drops those of the body', () => {
    const { html } = mail('mail-now-here', params);
    expect(html).toContain('<body style="margin:0;padding:0">');
    expect(html).toContain(`background:${COLOURS.light.ground};color:${COLOURS.light.text}`);
  });

  test('support that is a mail address is written as one', () => {
    const { text } = mail('mail-now-here', params, 'mailto:assistance@sante.fr?subject=Mire');
    expect(text).toContain('Assistance : assistance@sante.fr\n');
    expect(text).not.toContain('mailto:');
  });

  test('an hour says of which zone it is', () => {
    expect(spoken(new Date('2026-11-23T08:00:00Z'), 'fr')).toBe('23 novembre 2026 à 09:00 UTC+1');
    expect(spoken(new Date('2026-07-01T08:00:00Z'), 'en')).toMatch(/^1 July 2026 at 10:00 (CEST|GMT\+2)$/);
  });
});
