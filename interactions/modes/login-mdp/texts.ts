import type { Texts } from '../../layout/texts.ts';

export const texts = {
  fr: {
    'login-mdp.title': 'Login / Mdp : se connecter',
    'login-mdp.note': "Ne permet pas l'accès à la messagerie.",
    'login-mdp.submit': 'Se connecter',
    'login-mdp.forgotten': 'Mot de passe oublié ?',
  },
  en: {
    'login-mdp.title': 'Username / Password: sign in',
    'login-mdp.note': 'Does not give access to secure mail.',
    'login-mdp.submit': 'Sign in',
    'login-mdp.forgotten': 'Forgotten password?',
  },
} as const satisfies Texts;
