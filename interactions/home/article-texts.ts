import type { Texts } from '../layout/texts.ts';

/** Terms, legal notice, personal data, accessibility statement (RGAA 4.1.2). An empty line separates paragraphs. */
export const texts = {
  fr: {
    'terms.title': "Conditions d'utilisation",
    'terms.purpose.title': 'À quoi sert ce service',
    'terms.purpose.text':
      "Ce service vous connecte aux applications de « {platform} ». Il vérifie qui vous êtes, puis transmet à l'application choisie votre identité, votre profession et le niveau de sûreté de la connexion.",
    'terms.account.title': 'Votre compte',
    'terms.account.text':
      "Votre compte est personnel. Ne prêtez ni votre carte, ni votre mot de passe, ni un code reçu, même à un collègue.\n\nSi vous pensez que quelqu'un s'est connecté à votre place, prévenez aussitôt l'assistance.",
    'terms.use.title': 'Bon usage',
    'terms.use.text':
      'Connectez-vous seulement dans le cadre de votre exercice. Sur un poste partagé, déconnectez-vous avant de partir. Les connexions sont enregistrées à des fins de sécurité.',
    'terms.availability.title': 'Disponibilité',
    'terms.availability.text':
      'Le service est ouvert jour et nuit. Il peut être interrompu pour maintenance ; un autre mode de connexion reste alors souvent possible.',
    'legal.title': 'Mentions légales',
    'legal.publisher.title': 'Éditeur',
    'legal.publisher.text':
      "Ce service est édité par l'organisme responsable de « {platform} ». Son adresse et le nom du directeur de la publication sont donnés par l'assistance.",
    'legal.hosting.title': 'Hébergement',
    'legal.hosting.text':
      "L'hébergeur est désigné par l'éditeur. L'hébergement de données de santé à caractère personnel relève de l'article L. 1111-8 du code de la santé publique.",
    'legal.software.title': 'Logiciel',
    'legal.software.text': 'Mire est un logiciel libre publié sous licence EUPL 1.2.',
    'personal-data.title': 'Données personnelles',
    'personal-data.why.title': 'Pourquoi nous les utilisons',
    'personal-data.why.text':
      "Pour vérifier votre identité, vous connecter aux applications de « {platform} » et protéger l'accès aux données de santé.",
    'personal-data.what.title': 'Lesquelles',
    'personal-data.what.text':
      "Votre identité, votre numéro national de professionnel, votre profession, vos coordonnées, et la trace de vos connexions : date, mode, application, adresse réseau.\n\nVotre mot de passe n'est jamais conservé tel quel, et les codes à usage unique ne sont pas conservés.",
    'personal-data.how-long.title': 'Combien de temps',
    'personal-data.how-long.text':
      "Votre compte est conservé tant que vous l'utilisez. Les traces de connexion sont conservées pour la durée que fixe la politique de sécurité de la plateforme. Ce que remplace un changement de votre compte est gardé 30 jours, chiffré, pour pouvoir y revenir si ce changement n'était pas de vous.",
    'personal-data.cookies.title': 'Cookies',
    'personal-data.cookies.text':
      "Seuls des cookies nécessaires à la connexion sont déposés. L'un d'eux reconnaît pendant six mois ce navigateur où vous vous êtes connecté, pour que personne ne puisse bloquer votre mot de passe depuis un autre. Il n'y a ni mesure d'audience, ni publicité, ni appel à un autre site : ils ne demandent donc pas votre accord.",
    'personal-data.rights.title': 'Vos droits',
    'personal-data.rights.text':
      "Vous pouvez demander à consulter, corriger ou effacer vos données en écrivant à l'assistance, qui transmet au délégué à la protection des données.\n\nVous pouvez aussi adresser une réclamation à la CNIL (www.cnil.fr).",
    'accessibility.title': 'Accessibilité : partiellement conforme',
    'accessibility.state.title': 'État de conformité',
    'accessibility.state.text':
      "Ce service est partiellement conforme au référentiel général d'amélioration de l'accessibilité (RGAA 4.1.2). Les pages ont été conçues pour le clavier, les lecteurs d'écran, le zoom à 200 % et les écrans de 320 pixels, et vérifiées par des tests automatiques. L'audit complet reste à faire.",
    'accessibility.known.title': 'Ce qui peut vous gêner',
    'accessibility.known.text':
      "Le code à usage unique est valable 5 minutes ; vous pouvez en demander un autre. La carte CPS et l'e-CPS reposent sur des logiciels d'autres éditeurs, dont l'accessibilité ne dépend pas de nous.",
    'accessibility.contact.title': 'Signaler une difficulté',
    'accessibility.contact.text':
      "Si vous ne pouvez pas vous connecter, écrivez à l'assistance : elle vous orientera vers une autre solution.",
    'accessibility.defender.title': 'Voie de recours',
    'accessibility.defender.text':
      "Si vous avez signalé un défaut d'accessibilité et n'avez pas reçu de réponse satisfaisante, vous pouvez saisir le Défenseur des droits (www.defenseurdesdroits.fr).",
  },
  en: {
    'terms.title': 'Terms of use',
    'terms.purpose.title': 'What this service is for',
    'terms.purpose.text':
      'This service signs you in to the applications of “{platform}”. It checks who you are, then tells the application you chose your identity, your profession and how strong the sign-in was.',
    'terms.account.title': 'Your account',
    'terms.account.text':
      'Your account is personal. Never lend your card, your password or a code you received, not even to a colleague.\n\nIf you think that somebody signed in as you, tell support at once.',
    'terms.use.title': 'Good use',
    'terms.use.text':
      'Sign in only as part of your work. On a shared computer, sign out before you leave. Sign-ins are recorded for security.',
    'terms.availability.title': 'Availability',
    'terms.availability.text':
      'The service is open day and night. It may be interrupted for maintenance; another way to sign in often remains open.',
    'legal.title': 'Legal notice',
    'legal.publisher.title': 'Publisher',
    'legal.publisher.text':
      'This service is published by the organisation responsible for “{platform}”. Support gives its address and the name of the publication director.',
    'legal.hosting.title': 'Hosting',
    'legal.hosting.text':
      'The host is appointed by the publisher. Hosting personal health data is governed by article L. 1111-8 of the French public health code.',
    'legal.software.title': 'Software',
    'legal.software.text': 'Mire is free software, published under the EUPL 1.2 licence.',
    'personal-data.title': 'Personal data',
    'personal-data.why.title': 'Why we use it',
    'personal-data.why.text':
      'To check who you are, sign you in to the applications of “{platform}” and protect access to health data.',
    'personal-data.what.title': 'What it is',
    'personal-data.what.text':
      'Your identity, your national professional number, your profession, your contact details, and the record of your sign-ins: date, way, application, network address.\n\nYour password is never kept as it is, and one-time codes are not kept.',
    'personal-data.how-long.title': 'How long',
    'personal-data.how-long.text':
      "Your account is kept as long as you use it. Records of sign-ins are kept for the time set by the platform's security policy. What a change of your account replaces is kept for 30 days, encrypted, to come back to it if you did not make that change.",
    'personal-data.cookies.title': 'Cookies',
    'personal-data.cookies.text':
      'Only the cookies needed to sign in are set. One of them recognises for six months this browser in which you signed in, so that nobody can lock your password from another. There is no audience measurement, no advertising and no call to another site: they need no agreement.',
    'personal-data.rights.title': 'Your rights',
    'personal-data.rights.text':
      'You can ask to see, correct or erase your data by writing to support, who pass it on to the data protection officer.\n\nYou can also complain to the CNIL (www.cnil.fr).',
    'accessibility.title': 'Accessibility: partially compliant',
    'accessibility.state.title': 'State of compliance',
    'accessibility.state.text':
      'This service partially complies with the French accessibility standard (RGAA 4.1.2). Pages were designed for keyboards, screen readers, 200% zoom and 320-pixel screens, and checked by automatic tests. The full audit is still to be done.',
    'accessibility.known.title': 'What may be difficult',
    'accessibility.known.text':
      'The one-time code is valid for 5 minutes; you can ask for another one. The CPS card and the e-CPS rely on software of other publishers, whose accessibility is not in our hands.',
    'accessibility.contact.title': 'Report a difficulty',
    'accessibility.contact.text': 'If you cannot sign in, write to support: they will direct you to another solution.',
    'accessibility.defender.title': 'Appeal',
    'accessibility.defender.text':
      'If you reported an accessibility defect and received no satisfactory answer, you can turn to the Défenseur des droits (www.defenseurdesdroits.fr).',
  },
} as const satisfies Texts;
