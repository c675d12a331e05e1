import { MODES } from '../../../config/modes.ts';
import type { Tab } from '../../../interactions/layout/locals.ts';
import type { Translate } from '../../../interactions/layout/texts.ts';

/** Invented people and applications, for the page samples. */
export const formState = { action: '/interaction/x/login', csrf: 'x' };

/** The tabs in the guide's order. `open` may be nobody. */
export function tabs(t: Translate, open: string, refused?: string): Tab[] {
  return MODES.map(({ id }) => ({
    id,
    label: t(`mode.${id}.label`),
    description: t(`mode.${id}.description`),
    href: `/interaction/x/${id}`,
    state: id === open ? 'open' : id === refused ? 'refused' : 'offered',
    ...(id === refused && { why: t('chooser.refused.level', { application: 'Messagerie sécurisée' }) }),
  }));
}

export const APPLICATIONS = [
  { name: 'Portail régional', description: 'Vos services et vos actualités.', href: '/x', minimum: 'eidas1' },
  {
    name: 'Messagerie sécurisée',
    description: 'Échangez entre professionnels, en confiance.',
    href: '/x',
    minimum: 'eidas2',
  },
  { name: 'ROR', description: "Répertoire de l'offre et des ressources en santé.", href: '/x', minimum: 'eidas1' },
  { name: 'Cerveau', description: 'Veille des tensions et des lits disponibles.', href: '/x', minimum: 'eidas1' },
];

export const messages = [
  {
    at: '23/11/2026 14:02:11',
    channel: 'sms',
    to: '+33 6 39 98 00 42',
    text: 'Mire : votre code est 123 456.',
    code: '123456',
  },
  {
    at: '23/11/2026 14:01:40',
    channel: 'mail',
    to: 'marie.durand@hopital.example',
    subject: 'Votre code à usage unique',
    text: 'Bonjour,\n\nVotre code est 654 321. Il est valable 5 minutes.',
    code: '654321',
  },
];

export const personas = (t: Translate) => [
  {
    id: 'mdurand',
    name: 'Marie Durand',
    story: 'Infirmière de nuit. Mail et téléphone vérifiés.',
    login: 'mdurand',
    password: 'Mire-sandbox-2026!',
    nationalId: '899700123457',
    email: 'marie.durand@hopital.example',
    phone: '+33 6 39 98 00 42',
    modes: [t('mode.login-mdp.label'), t('mode.code-ephemere.label')],
  },
  {
    id: 'nouveau',
    name: 'Ahmed Benali',
    story: "Médecin, jamais connecté : la carte ouvre l'inscription.",
    nationalId: '899700765434',
    modes: [],
  },
];

const claims = {
  sub: '7b1c0c1e-6d6f-4a9e-9d2b-0c9f6f0f8a11',
  name: 'Marie Durand',
  acr: 'eidas2',
  amr: ['pwd', 'otp', 'mfa'],
  email: 'marie.durand@hopital.example',
  profession: { code: '60', system: 'TRE_G15-ProfessionSante', label: 'Infirmier' },
};

export const applicationSession = {
  name: claims.name,
  claims: Object.entries(claims).map(([name, value]) => ({
    name,
    value: typeof value === 'string' ? value : JSON.stringify(value),
  })),
  raw: JSON.stringify(claims, null, 2),
};
