import type { Texts } from '../layout/texts.ts';

/** The reader that the sandbox simulates. */
export const texts = {
  fr: {
    'reader.title': 'Lecteur simulé : choisissez une carte',
    'reader.lead':
      'En production, le navigateur demande ici votre carte et son code confidentiel. Le bac à sable a ses propres cartes, délivrées par une autorité de test.',
    'reader.insert': 'Insérer cette carte',
    'reader.tls': 'Présenter un certificat importé dans le navigateur',
  },
  en: {
    'reader.title': 'Simulated reader: choose a card',
    'reader.lead':
      'In production the browser asks here for your card and its PIN. The sandbox has cards of its own, issued by a test authority.',
    'reader.insert': 'Insert this card',
    'reader.tls': 'Present a certificate imported in the browser',
  },
} as const satisfies Texts;
