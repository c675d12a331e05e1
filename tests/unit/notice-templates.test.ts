import { describe, expect, test } from '@jest/globals';
import { noticeMail } from '../../src/delivery/deliver-notice.ts';
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
    for (const body of [mail.subject, mail.text, mail.html]) expect(body).not.toMatch(/[{}]|undefined/);
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
