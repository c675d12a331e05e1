import type { Acr } from './modes.ts';
import type { ResourceServer } from './resources.ts';

/** The demonstration applications of the sandbox: regional applications as they would be, in small. */
export interface DemoApplication {
  readonly id: string;
  readonly name: string;
  readonly description: { readonly fr: string; readonly en: string };
  readonly minimumAcr: Acr;
  readonly reason?: string;
  /** It calls the sandbox's API on behalf of whoever is signed in to it (RFC 8693). */
  readonly exchanges?: true;
}

export const DEMO_APPLICATIONS: readonly DemoApplication[] = [
  {
    id: 'portail',
    name: 'Portail régional',
    description: { fr: 'Vos services et vos actualités.', en: 'Your services and news.' },
    minimumAcr: 'eidas1',
    exchanges: true,
  },
  {
    id: 'messagerie',
    name: 'Messagerie sécurisée',
    description: { fr: 'Échangez entre professionnels, en confiance.', en: 'Exchange between professionals, safely.' },
    minimumAcr: 'eidas2',
    reason: 'La messagerie contient des données de santé : elle demande un second facteur.',
  },
  {
    id: 'ror',
    name: 'ROR',
    description: {
      fr: "Répertoire de l'offre et des ressources en santé.",
      en: 'Directory of health care supply and resources.',
    },
    minimumAcr: 'eidas1',
  },
  {
    id: 'cerveau',
    name: 'Cerveau',
    description: { fr: 'Veille des tensions et des lits disponibles.', en: 'Watch on pressure and available beds.' },
    minimumAcr: 'eidas1',
  },
];

/** Where an integrator's own test client listens, on the same machine. */
export const INTEGRATOR_ORIGIN = 'http://localhost:4000';

/** APIs of the sandbox: one that checks its tokens by itself, and one behind it that asks us. */
export const sandboxResources = (issuer: string): ResourceServer[] => [
  {
    resource: `${issuer}/sandbox/api/lits`,
    name: 'Lits disponibles',
    scopes: {
      'lits:lire': { fr: 'Consulter les lits disponibles', en: 'See the available beds' },
      'lits:ecrire': { fr: 'Déclarer un lit libre ou occupé', en: 'Say that a bed is free or taken' },
    },
    format: 'jwt',
  },
];
/** The desktop application MonSisra, and a practice's software without a browser, as clients. */
export const DESKTOP_CLIENT = 'monsisra';
export const PRACTICE_CLIENT = 'logiciel';
