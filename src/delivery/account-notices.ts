import type { Locale } from './ports.ts';
import type { NoticeLink, NoticeTemplate, NoticeWords } from './templates.ts';

/** Of which account, and from where. The help desk stands for the place where it is an agent who acts. */
export const CIRCUMSTANCES = {
  fr: 'Compte : {who}. Depuis : {from}.',
  en: 'Account: {who}. From: {from}.',
} as const satisfies Record<Locale, string>;

/** The same where no other line says when. */
export const DATED = {
  fr: `Quand : {when}. ${CIRCUMSTANCES.fr}`,
  en: `When: {when}. ${CIRCUMSTANCES.en}`,
} as const satisfies Record<Locale, string>;

const NOT_YOU = {
  fr: 'Ce n’était pas vous ? Prévenez l’assistance.',
  en: 'It was not you? Tell support.',
} as const;

/** Left out where the account is suspended: its pages are closed. */
export const OWN_PAGES = {
  account: {
    fr: { label: 'Voir mon compte', href: '{account}' },
    en: { label: 'See my account', href: '{account}' },
  },
  history: {
    fr: { label: 'Voir l’historique de mes connexions', href: '{account}/historique' },
    en: { label: 'See the history of my sign-ins', href: '{account}/historique' },
  },
  ways: {
    fr: { label: 'Voir mes moyens de connexion', href: '{account}/moyens' },
    en: { label: 'See my ways of signing in', href: '{account}/moyens' },
  },
  devices: {
    fr: { label: 'Voir mes appareils', href: '{account}/appareils' },
    en: { label: 'See my devices', href: '{account}/appareils' },
  },
  contact: {
    fr: { label: 'Confirmer cette adresse', href: '{account}/coordonnees' },
    en: { label: 'Confirm this address', href: '{account}/coordonnees' },
  },
  signIn: {
    fr: { label: 'Me connecter', href: '{account}' },
    en: { label: 'Sign in', href: '{account}' },
  },
} as const satisfies Record<string, Record<Locale, NoticeLink>>;

/** For whoever has no page of their own to go to. */
export const TO_SUPPORT = {
  fr: { label: 'Joindre l’assistance', href: '{support}' },
  en: { label: 'Reach support', href: '{support}' },
} as const satisfies Record<Locale, NoticeLink>;

type Words = Record<Locale, { readonly subject: string; readonly lines: readonly string[] }>;

/** Something that is only told. */
export const told = (words: Words, page: keyof typeof OWN_PAGES = 'account'): NoticeTemplate => {
  const inOne = (locale: Locale): NoticeWords => ({
    subject: `${words[locale].subject} – {platform}`,
    lines: [...words[locale].lines, CIRCUMSTANCES[locale], NOT_YOU[locale]],
    link: OWN_PAGES[page][locale],
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
    lines: [...words[locale].lines, CIRCUMSTANCES[locale], UNDO[locale].before],
    link: { label: UNDO[locale].label, href: '{undo}' },
    after: [UNDO[locale].code],
  });
  return { fr: inOne('fr'), en: inOne('en') };
};
