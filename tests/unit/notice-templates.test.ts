import { describe, expect, test } from '@jest/globals';
import { PURPOSES } from '../../src/challenges/challenge.ts';
import { noticeMail } from '../../src/delivery/deliver-notice.ts';
import { COLOURS } from '../../src/delivery/mail-frame.ts';
import { type NoticeWords, paramsOf, TEMPLATES, type TemplateId } from '../../src/delivery/templates.ts';
import { sampleMails } from '../../src/sandbox/sample-messages.ts';

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

  test.each(['fr', 'en'] as const)('has no address in a sentence of %s, and a button to somewhere', (locale) => {
    const { subject, lines, link, after = [] } = TEMPLATES[template][locale] as NoticeWords;
    for (const line of [subject, ...lines, ...after])
      expect(line).not.toMatch(/\{(account|portal|recovery|undo|link|support)\}|https?:/);
    expect(link?.href).toMatch(/^\{(account|portal|recovery|undo|link|support)\}/);
    const { html } = noticeMail({ ...base, template, locale, params, givenUpAt: undefined }, sender);
    expect(html.match(/<a class="button"/g)).toHaveLength(1);
  });

  test('names the same values in both languages', () => {
    const names = (locale: 'fr' | 'en') => [
      ...new Set(JSON.stringify(TEMPLATES[template][locale]).match(/\{\w+\}/g) ?? []),
    ];
    expect(names('fr').sort()).toEqual(names('en').sort());
  });
});

/** What does not come of somebody's act on an account: years that pass, a secret that ends, an account that is not there yet. */
const OF_THEMSELVES = /^(?:mail-recheck|idle-|client-|invitation$)/;

describe.each(ids.filter((id) => !OF_THEMSELVES.test(id)))('%s, which somebody’s act sends,', (template) => {
  test.each(['fr', 'en'] as const)('says in %s of which account, when, from where and what to do', (locale) => {
    const [, mail] = sampleMails(locale, sender).find(([kind]) => kind === template) ?? [];
    const { text = '' } = mail ?? {};
    expect(text).toContain('md•••••');
    expect(text).toContain(
      { fr: '23 novembre 2026 à 09:00 (heure de Paris)', en: '23 November 2026 at 09:00 (Paris time)' }[locale],
    );
    expect(text).toContain(
      template.startsWith('help-desk')
        ? { fr: 'Depuis : l’assistance.', en: 'From: support.' }[locale]
        : {
            fr: 'Depuis : Firefox sur Windows (réseau : Hôpital fictif, Lyon).',
            en: 'From: Firefox on Windows (network: Hôpital fictif, Lyon).',
          }[locale],
    );
    expect(text).toMatch(
      {
        fr: /Prévenez l’assistance|annulez-le avant le 26 novembre 2026 à 09:00 \(heure de Paris\)|Connectez-vous|rien à faire/,
        en: /[Tt]ell support|undo it before 26 November 2026 at 09:00 \(Paris time\)|Sign in|nothing to do/,
      }[locale],
    );
  });
});

describe.each(PURPOSES.filter((purpose) => purpose !== 'verify-phone'))('the mail of a code for %s', (purpose) => {
  test.each(['fr', 'en'] as const)(
    'says in %s for which application, when and from where, after the code',
    (locale) => {
      const [, mail] = sampleMails(locale, sender).find(([kind]) => kind === `code-${purpose}`) ?? [];
      const { text = '', html = '' } = mail ?? {};
      const said = {
        fr: 'Demandé le 23 novembre 2026 à 09:00 (heure de Paris), pour Messagerie sécurisée, depuis Firefox sur Windows (réseau : Hôpital fictif, Lyon).',
        en: 'Asked for on 23 November 2026 at 09:00 (Paris time), for Messagerie sécurisée, from Firefox on Windows (network: Hôpital fictif, Lyon).',
      }[locale];
      for (const body of [text, html.replaceAll('\u00a0', ' ')]) {
        expect(body).toContain(said);
        expect(body.indexOf('482915')).toBeLessThan(body.indexOf(said));
      }
      expect(text.split('\n\n').length).toBeLessThanOrEqual(7);
    },
  );
});

describe('a notice that was written before it said so much', () => {
  const old = { when: 'hier', account: 'https://mire.example.fr/compte' };

  test('leaves out what it does not know', () => {
    const { text } = noticeMail(
      { ...base, template: 'mail-now-here', locale: 'fr', params: old, givenUpAt: undefined },
      sender,
    );
    expect(text).toContain('Depuis le hier');
    expect(text).not.toMatch(/Compte :|Depuis :|\{/);
  });

  test('that lacks what it is about is a defect', () => {
    const notice = { ...base, template: 'phone-changed', locale: 'fr', params: old, givenUpAt: undefined } as const;
    expect(() => noticeMail(notice, sender)).toThrow('needs {to}');
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

  test('a page of ours is a button, and a name that looks like an address is text', () => {
    const { html } = mail('device-added', { ...params, device: 'https://evil.example/' });
    expect(html).toContain('<a class="button" href="https://mire.example.fr/compte/appareils"');
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
});
