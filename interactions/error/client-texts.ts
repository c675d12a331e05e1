/** Refusals of the portal of integrators. */
export const clientTexts = {
  fr: {
    'error.integrator-only.title': 'Ce portail est réservé aux intégrateurs',
    'error.integrator-only.text': "Votre adresse mail vérifiée n'est ni d'un domaine admis ni invitée.",
    'error.integrator-only.advice': "Demandez une invitation à l'assistance.",
  },
  en: {
    'error.integrator-only.title': 'This portal is for integrators',
    'error.integrator-only.text': 'Your verified mail address is neither of an allowed domain nor invited.',
    'error.integrator-only.advice': 'Ask support for an invitation.',
  },
} as const;
