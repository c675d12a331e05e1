import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { styleSheet } from '../../interactions/assets/assets.ts';
import { LANGS } from '../../interactions/layout/lang.ts';
import { translator } from '../../interactions/layout/texts.ts';
import { STATUS } from '../../src/http/errors.ts';
import { ALL_TEXTS, errorSample, ROOT, renderSample, SAMPLES } from '../support/pages/page-samples.ts';

interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Pug escapes `<`, `>` and `"` in what it writes, so a tag ends at the first `>`. */
function tagsOf(html: string): Tag[] {
  return [...html.matchAll(/<([a-z][a-z0-9]*)((?:\s[^>]*)?)\/?>/g)].map(([, name = '', rest = '']) => ({
    name,
    attributes: Object.fromEntries(
      [...rest.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)].map(([, key = '', value = '']) => [key, value]),
    ),
  }));
}

const PAGES = SAMPLES.flatMap((sample) => LANGS.map((lang) => ({ name: `${sample.name} (${lang})`, lang, sample })));

describe.each(PAGES)('page $name', ({ sample, lang }) => {
  const html = renderSample(sample, lang);
  const tags = tagsOf(html);
  const named = (name: string) => tags.filter((tag) => tag.name === name);
  const ids = tags.flatMap(({ attributes }) => attributes.id ?? []);

  test('says its language, one title and one h1', () => {
    expect(named('html')[0]?.attributes.lang).toBe(lang);
    expect(html).toMatch(/<title>[^<]{10,}<\/title>/);
    expect(named('h1')).toHaveLength(1);
  });

  test('has its landmarks, and a link that skips to the content', () => {
    for (const landmark of ['header', 'main', 'footer']) expect(named(landmark)).toHaveLength(1);
    expect(named('main')[0]?.attributes.id).toBe('contenu');
    expect(named('a')[0]?.attributes.href).toBe('#contenu');
  });

  test('labels every input', () => {
    const labelled = new Set(named('label').map(({ attributes }) => attributes.for));
    const seen = named('input').filter(({ attributes }) => attributes.type !== 'hidden');
    expect(seen.filter(({ attributes }) => !labelled.has(attributes.id ?? ''))).toEqual([]);
  });

  test('has nothing that a strict content policy forbids', () => {
    expect(named('style')).toEqual([]);
    expect(named('script').filter(({ attributes }) => !attributes.src)).toEqual([]);
    const inline = tags.filter(({ attributes }) =>
      Object.keys(attributes).some((key) => key === 'style' || key.startsWith('on')),
    );
    expect(inline).toEqual([]);
    expect(html).not.toMatch(/(?:src|href)="(?:data|javascript):/);
  });

  test('points only at ids that exist, once each', () => {
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    const pointed = tags.flatMap(({ attributes: a }) =>
      [a['aria-describedby'], a['aria-labelledby'], a.for, a['aria-controls']].flatMap(
        (value) => value?.split(' ') ?? [],
      ),
    );
    const anchors = named('a').flatMap(({ attributes }) =>
      attributes.href?.startsWith('#') ? attributes.href.slice(1) : [],
    );
    expect([...pointed, ...anchors].filter((id) => !ids.includes(id))).toEqual([]);
  });

  test('protects every form it posts to us', () => {
    const forms = html
      .split('<form')
      .slice(1)
      .map((rest) => rest.slice(0, rest.indexOf('</form>')))
      // A search changes nothing, and its address is no place for a token.
      .filter((form) => !form.includes('role="search"'));
    expect(forms.filter((form) => !/name="(?:_csrf|xsrf)"/.test(form))).toEqual([]);
  });
});

describe('a page with errors', () => {
  const failed = SAMPLES.filter(({ name }) => /wrong|missing|^error-/.test(name));

  test.each(failed)('$name says so first in its title', (sample) => {
    expect(renderSample(sample, 'fr')).toContain('<title>Erreur : ');
    expect(renderSample(sample, 'en')).toContain('<title>Error: ');
  });

  test('a page without one does not', () => {
    expect(renderSample({ ...SAMPLES[0], name: 'clean' } as (typeof SAMPLES)[number], 'fr')).not.toContain('Erreur');
  });

  test.each(failed.filter(({ name }) => name.endsWith('missing')))(
    '$name ties each error to its field and takes the focus',
    (sample) => {
      const tags = tagsOf(renderSample(sample, 'fr'));
      const wrong = tags.find(
        ({ attributes }) => attributes['aria-invalid'] === 'true' || attributes.class?.includes('choices'),
      );
      expect(wrong?.attributes['aria-describedby']).toMatch(/-erreur$/);
      const focused = tags.filter(({ attributes }) => 'autofocus' in attributes);
      expect(focused.map(({ attributes }) => attributes.id)).toEqual(['erreur']);
    },
  );
});

describe('texts', () => {
  test.each(Object.entries(ALL_TEXTS))('%s has the same keys and the same values in both languages', (_, texts) => {
    expect(Object.keys(texts.en).sort()).toEqual(Object.keys(texts.fr).sort());
    const values = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    for (const [key, text] of Object.entries(texts.fr))
      expect({ key, values: values(texts.en[key] ?? '') }).toEqual({ key, values: values(text) });
  });

  test('every key that a view names exists', () => {
    const views = globSync('interactions/**/*.pug', { cwd: ROOT });
    const known = new Set(Object.values(ALL_TEXTS).flatMap(({ fr }) => Object.keys(fr)));
    const named = views.flatMap((view) =>
      [...readFileSync(join(ROOT, view), 'utf8').matchAll(/\bt\('([\w.-]+)'\s*[,)]/g)].map(([, key = '']) => key),
    );
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter((key) => !known.has(key) && !known.has(`${key}.other`))).toEqual([]);
  });

  test.each(Object.keys(STATUS))('the error %s has its page in both languages', (code) => {
    for (const lang of LANGS) expect(renderSample(errorSample(code), lang)).toContain('K7Q2-9XMP');
  });

  test('a missing key, a missing value and a key written twice are refused', () => {
    const some = { fr: { a: 'un', b: '{n}' }, en: { a: 'one', b: '{n}' } };
    const t = translator(some)('fr');
    expect(() => t('c')).toThrow('missing');
    expect(() => t('b')).toThrow('{n}');
    expect(() => translator(some, some)('fr')).toThrow('twice');
    expect(t('b', { n: 3 })).toBe('3');
  });

  test('a count takes the form its language asks for; French keeps : ? ! with the word before', () => {
    const some = {
      fr: { 'a.one': '{count} essai !', 'a.other': '{count} essais !' },
      en: { 'a.one': '{count} try', 'a.other': '{count} tries' },
    };
    expect(translator(some)('fr')('a', { count: 0 })).toBe('0 essai\u00a0!');
    expect(translator(some)('en')('a', { count: 0 })).toBe('0 tries');
  });
});

test('the style sheet and the script stay small', () => {
  expect(styleSheet().length).toBeLessThan(16_000);
  expect(readFileSync(join(ROOT, 'interactions/assets/mire.js')).length).toBeLessThan(4_000);
});
