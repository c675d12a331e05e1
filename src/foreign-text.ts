import { z } from 'zod';

/**
 * Texts that somebody else writes, whichever door they come by: a registration, the integrators' portal, an administrator's
 * file, the definition of a structure, an import of accounts. They end on our pages, in our mails and in our logs.
 */

/**
 * Control and format characters (bidi marks among them), lone surrogates, private use, unassigned (Cc, Cf, Cs, Co, Cn), the
 * separators of lines and paragraphs, and what no font draws.
 */
const NEVER = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
/** Marks that pile up over the lines above and below; no word needs more on one letter. */
const PILED = /\p{M}{5}/u;

type Refuse = (message: string, code?: 'too_big') => void;

function check(text: string, max: number, refuse: Refuse): void {
  // A text has no more code points than code units, and no fewer than half: the long ones are not counted one by one.
  if (text.length > max * 2 || [...text].length > max) refuse(`is longer than ${max} characters`, 'too_big');
  else if (NEVER.test(text) || PILED.test(text)) refuse('holds control or format characters');
}

const checked = (schema: z.ZodString, max: number) =>
  schema.superRefine((text, context) =>
    check(text, max, (message, code) =>
      context.addIssue(
        code ? { code, origin: 'string', maximum: max, inclusive: true, message } : { code: 'custom', message },
      ),
    ),
  );

/** One line that people read: composed (NFC), without spaces around it, `max` code points at most, not empty. */
export const foreignText = (max: number): z.ZodString =>
  checked(z.string('is not a text').normalize('NFC'), max).trim().min(1, 'is empty');

/** One line that software compares: taken as it is, or refused. */
export const foreignValue = (max: number): z.ZodString => checked(z.string('is not a text'), max);

/** A secret, which nobody reads: taken byte for byte; but a file that was cut in two, or a key that was pressed, is seen. */
export const foreignSecret = (max: number): z.ZodString =>
  z
    .string('is not a text')
    .max(max)
    .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'holds control characters');

/** A text of the past, or of a source that nobody asked to be checked, as it may be shown. */
export const shownText = (text: string, max: number): string =>
  [
    ...text
      .toWellFormed()
      .normalize('NFC')
      .replaceAll(new RegExp(NEVER, 'gu'), ' ')
      .replaceAll(/(\p{M}{4})\p{M}+/gu, '$1'),
  ]
    .slice(0, max)
    .join('')
    .replaceAll(/\s+/g, ' ')
    .trim();

/** Letters of other scripts, and digits, that are drawn like a Latin letter (Unicode TR 39, the common ones). */
const ALIKE: ReadonlyMap<string, string> = new Map(
  Object.entries({
    a: 'аαɑ',
    b: 'ьв',
    c: 'сϲ',
    d: 'ԁ',
    e: 'еєε',
    g: 'ɡ',
    h: 'һн',
    i: 'і1lıιӏ|',
    j: 'ј',
    k: 'кκ',
    m: 'м',
    n: 'ոη',
    o: 'оο0օ',
    p: 'рρ',
    r: 'гᴦ',
    s: 'ѕ5$',
    t: 'тτ',
    u: 'υս',
    v: 'ѵν',
    x: 'хχ',
    y: 'уγ',
  }).flatMap(([latin, others]) => [...others].map((other) => [other, latin] as const)),
);

/** For the comparison of names that a person would take for each other: capitals, accents, spaces and look-alikes aside. */
export const folded = (text: string): string =>
  [...text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().normalize('NFKD')]
    .map((letter) => ALIKE.get(letter) ?? letter)
    .filter((letter) => /[\p{L}\p{N}]/u.test(letter))
    .join('');
