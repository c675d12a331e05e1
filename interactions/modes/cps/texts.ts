import type { Texts } from '../../layout/texts.ts';

export const texts = {
  fr: {
    'cps.title': 'Carte CPS : se connecter',
    'cps.before': 'Avant de cliquer',
    'cps.step.insert': 'Assurez-vous que votre carte CPS est bien insérée dans le lecteur.',
    'cps.step.submit': 'Cliquez sur « Se connecter ».',
    'cps.step.certificate': 'Sélectionnez le certificat correspondant à votre carte CPS.',
    'cps.step.pin': 'Saisissez votre code confidentiel à 4 chiffres et validez.',
    'cps.submit': 'Se connecter',
    'cps.clinic': "La carte n'est pas lue ? Vérifier ma carte",
    'cps.expiring.title': 'Carte CPS : votre carte expire bientôt',
    'cps.expiring.heading.one': "Votre carte expire aujourd'hui ou demain",
    'cps.expiring.heading.other': 'Votre carte expire dans {count} jours',
    'cps.expiring.text':
      "Elle est renouvelée automatiquement : la nouvelle vous est envoyée par courrier à l'adresse connue de votre Ordre. Si vous ne l'avez pas reçue, signalez-le à l'Agence du numérique en santé.",
    'cps.expiring.continue': 'Continuer',
  },
  en: {
    'cps.title': 'CPS card: sign in',
    'cps.before': 'Before you click',
    'cps.step.insert': 'Make sure that your CPS card is in the reader.',
    'cps.step.submit': 'Choose “Sign in”.',
    'cps.step.certificate': 'Choose the certificate of your CPS card.',
    'cps.step.pin': 'Type your 4-digit PIN and confirm.',
    'cps.submit': 'Sign in',
    'cps.clinic': 'The card is not read? Check my card',
    'cps.expiring.title': 'CPS card: your card expires soon',
    'cps.expiring.heading.one': 'Your card expires today or tomorrow',
    'cps.expiring.heading.other': 'Your card expires in {count} days',
    'cps.expiring.text':
      'It is renewed by itself: the new one is sent by post to the address that your professional body knows. If you have not received it, tell the Agence du numérique en santé.',
    'cps.expiring.continue': 'Continue',
  },
} as const satisfies Texts;
