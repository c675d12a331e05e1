import { CODE } from '../../config/lives.ts';
import type { Purpose } from '../challenges/challenge.ts';
import type { Locale } from './ports.ts';

/** What the message around a code says, for what the code is for. */
export interface CodeWords {
  subject(platform: string): string;
  intro(platform: string): string;
  readonly notYou: string;
  sms(platform: string): string;
}

const MINUTES = CODE.life / 60;

const verify = {
  fr: {
    subject: (platform: string) => `Votre code de vérification – ${platform}`,
    intro: (platform: string) => `Voici le code qui confirme cette adresse sur ${platform} :`,
    notYou: 'Vous n’avez pas demandé ce code ? Ignorez ce message : sans le code, rien ne se passe.',
    sms: (platform: string) => `Code de vérification ${platform}, valable ${MINUTES} min. Ne le donnez à personne.`,
  },
  en: {
    subject: (platform: string) => `Your verification code – ${platform}`,
    intro: (platform: string) => `Here is the code that confirms this address on ${platform}:`,
    notYou: 'You did not ask for this code? Ignore this message: without the code nothing happens.',
    sms: (platform: string) => `${platform} verification code, valid ${MINUTES} min. Do not share it with anyone.`,
  },
} satisfies Record<Locale, CodeWords>;

export const CODE_WORDS: Readonly<Record<Purpose, Readonly<Record<Locale, CodeWords>>>> = {
  'sign-in': {
    fr: {
      subject: (platform) => `Votre code de connexion – ${platform}`,
      intro: (platform) => `Voici votre code de connexion à ${platform} :`,
      notYou:
        'Vous n’avez pas demandé ce code ? Quelqu’un connaît peut-être votre mot de passe : changez-le et prévenez l’assistance.',
      sms: (platform) => `Code de connexion ${platform}, valable ${MINUTES} min. Ne le donnez à personne.`,
    },
    en: {
      subject: (platform) => `Your sign-in code – ${platform}`,
      intro: (platform) => `Here is your sign-in code for ${platform}:`,
      notYou: 'You did not ask for this code? Somebody may know your password: change it and tell support.',
      sms: (platform) => `${platform} sign-in code, valid ${MINUTES} min. Do not share it with anyone.`,
    },
  },
  'verify-mail': verify,
  'verify-phone': verify,
  recovery: {
    fr: {
      subject: (platform) => `Votre code pour retrouver l’accès – ${platform}`,
      intro: (platform) => `Voici le code qui vous rend l’accès à votre compte sur ${platform} :`,
      notYou:
        'Vous n’avez pas demandé ce code ? Ignorez ce message : votre mot de passe n’a pas changé. Si cela se répète, prévenez l’assistance.',
      sms: (platform) => `Code de secours ${platform}, valable ${MINUTES} min. Ne le donnez à personne.`,
    },
    en: {
      subject: (platform) => `Your code to regain access – ${platform}`,
      intro: (platform) => `Here is the code that gives you back access to your account on ${platform}:`,
      notYou:
        'You did not ask for this code? Ignore this message: your password has not changed. If it happens again, tell support.',
      sms: (platform) => `${platform} recovery code, valid ${MINUTES} min. Do not share it with anyone.`,
    },
  },
};
