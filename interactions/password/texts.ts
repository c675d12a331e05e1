import type { Texts } from '../layout/texts.ts';

/** The rule for a new password, in words; wherever one is chosen. */
export const texts = {
  fr: {
    'password-rule.hint':
      '12 caractères au moins. Le plus simple : une phrase que vous retiendrez, par exemple quatre mots sans rapport entre eux. Ni majuscule ni chiffre ne sont exigés.',
    'password-rule.too-short': 'Il faut 12 caractères au moins.',
    'password-rule.too-long': 'Ce mot de passe est trop long : 256 caractères au plus.',
    'password-rule.like-you':
      'Ce mot de passe ressemble trop à votre identifiant, à votre nom ou à votre adresse mail.',
    'password-rule.guessable': 'Ce mot de passe est trop facile à deviner : ajoutez un ou deux mots sans rapport.',
    'password-rule.leaked': 'Ce mot de passe figure dans une liste volée et publiée : choisissez-en un autre.',
    'password-rule.live.left.one': 'Encore {count} caractère',
    'password-rule.live.left.other': 'Encore {count} caractères',
    'password-rule.live.plain': 'Trop régulier : mêlez des mots différents',
    'password-rule.live.like-you': 'Trop proche de votre nom ou de votre identifiant',
    'password-rule.live.fair': 'Correct : un mot de plus le rendrait plus sûr',
    'password-rule.live.good': 'Bon mot de passe',
  },
  en: {
    'password-rule.hint':
      'At least 12 characters. Easiest: a phrase you will remember, such as four unrelated words. Neither capitals nor digits are required.',
    'password-rule.too-short': 'At least 12 characters are needed.',
    'password-rule.too-long': 'This password is too long: 256 characters at most.',
    'password-rule.like-you': 'This password is too much like your username, your name or your e-mail address.',
    'password-rule.guessable': 'This password is too easy to guess: add one or two unrelated words.',
    'password-rule.leaked': 'This password is in a stolen and published list: choose another one.',
    'password-rule.live.left.one': '{count} more character',
    'password-rule.live.left.other': '{count} more characters',
    'password-rule.live.plain': 'Too regular: mix different words',
    'password-rule.live.like-you': 'Too close to your name or username',
    'password-rule.live.fair': 'Fair: one more word would make it safer',
    'password-rule.live.good': 'Good password',
  },
} as const satisfies Texts;
