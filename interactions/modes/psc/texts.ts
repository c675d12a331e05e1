import type { Texts } from '../../layout/texts.ts';

export const texts = {
  fr: {
    'psc.title': 'Pro Santé Connect : se connecter',
    'psc.step.click': 'Cliquez sur « S’identifier avec Pro Santé Connect ».',
    'psc.step.phone': 'Munissez-vous du téléphone sur lequel votre e-CPS est activée, ou de votre carte CPS.',
    'psc.step.back': 'Une fois identifié, vous revenez ici automatiquement.',
    'psc.submit': "S'identifier avec Pro Santé Connect",
    'psc.more': 'En savoir plus sur Pro Santé Connect',
    'psc.new-window': '(nouvelle fenêtre)',
    'psc.away': 'Pro Santé Connect ne répond pas en ce moment.',
    'psc.away.advice':
      'Ce n’est pas de votre fait. Choisissez un autre mode de connexion, ou réessayez dans quelques minutes.',
  },
  en: {
    'psc.title': 'Pro Santé Connect: sign in',
    'psc.step.click': 'Choose “Identify with Pro Santé Connect”.',
    'psc.step.phone': 'Have at hand the phone on which your e-CPS is active, or your CPS card.',
    'psc.step.back': 'Once you are identified, you come back here by yourself.',
    'psc.submit': 'Identify with Pro Santé Connect',
    'psc.more': 'More about Pro Santé Connect',
    'psc.new-window': '(new window)',
    'psc.away': 'Pro Santé Connect does not answer at the moment.',
    'psc.away.advice': 'It is not your fault. Choose another way to sign in, or try again in a few minutes.',
  },
} as const satisfies Texts;
