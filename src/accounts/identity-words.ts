import { localeOf } from '../delivery/mail-frame.ts';
import { NATIONAL_ID } from './account.ts';

const WORDS = {
  national: {
    fr: 'votre identité du répertoire national (carte CPS, Pro Santé Connect)',
    en: 'your identity of the national register (CPS card, Pro Santé Connect)',
  },
  structure: { fr: 'votre identité dans un établissement', en: 'your identity in a structure' },
} as const;

/** What joins an account to the outside, as its person knows it. */
export const identityWords = (source: string, locale: string): string =>
  WORDS[source === NATIONAL_ID ? 'national' : 'structure'][localeOf(locale)];
