import type { Locale } from './ports.ts';
import type { NoticeTemplate, NoticeWords } from './templates.ts';

const NOT_YOU = {
  fr: 'Ce n’était pas vous ? Ouvrez {account} et prévenez l’assistance.',
  en: 'It was not you? Open {account} and tell support.',
} as const;

type Words = Record<Locale, { readonly subject: string; readonly lines: readonly string[] }>;

/** Something that is only told. */
export const told = (words: Words): NoticeTemplate => {
  const inOne = (locale: Locale): NoticeWords => ({
    subject: `${words[locale].subject} – {platform}`,
    lines: [...words[locale].lines, NOT_YOU[locale]],
  });
  return { fr: inOne('fr'), en: inOne('en') };
};

const UNDO = {
  fr: {
    before: 'Si vous n’êtes pas à l’origine de ce changement, annulez-le avant le {until}.',
    label: 'Annuler ce changement',
    code: 'Si la page le demande, recopiez ce code : {code}',
  },
  en: {
    before: 'If you did not make this change, undo it before {until}.',
    label: 'Undo this change',
    code: 'If the page asks for it, copy this code: {code}',
  },
} as const;

/** A change that can be undone. The code stands after `#`, which no browser sends and no server logs. */
export const undoable = (words: Words): NoticeTemplate => {
  const inOne = (locale: Locale): NoticeWords => ({
    subject: `${words[locale].subject} – {platform}`,
    lines: [...words[locale].lines, UNDO[locale].before],
    link: { label: UNDO[locale].label, href: '{undo}' },
    after: [UNDO[locale].code],
  });
  return { fr: inOne('fr'), en: inOne('en') };
};
