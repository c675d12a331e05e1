import type { NoticeTemplate } from './templates.ts';

const MEND = {
  fr: 'Faites-en un autre dans l’espace des intégrateurs, ou demandez-le à l’assistance. L’ancien reste valable pendant le changement.',
  en: 'Make another one in the integrators’ portal, or ask support for it. The old one stays good while you change over.',
} as const;

const PORTAL = {
  fr: { label: 'Ouvrir l’espace des intégrateurs', href: '{portal}' },
  en: { label: 'Open the integrators’ portal', href: '{portal}' },
} as const;

/** What the contacts of an application are told before it stops working. */
export const clientTemplates = {
  'client-secret-ends': {
    fr: {
      subject: 'Le secret de {application} expire le {date} – {platform}',
      lines: [
        'Le secret de l’application {application} ({client}) expire le {date}. Ensuite, plus personne ne pourra s’y connecter.',
        MEND.fr,
      ],
      link: PORTAL.fr,
    },
    en: {
      subject: 'The secret of {application} expires on {date} – {platform}',
      lines: [
        'The secret of the application {application} ({client}) expires on {date}. After that nobody can sign in to it.',
        MEND.en,
      ],
      link: PORTAL.en,
    },
  },
  'client-previous-secret-ends': {
    fr: {
      subject: 'L’ancien secret de {application} s’arrête le {date} – {platform}',
      lines: [
        'L’application {application} ({client}) a un nouveau secret. L’ancien est refusé à partir du {date}.',
        'Vérifiez que chacun de vos serveurs utilise le nouveau.',
      ],
      link: PORTAL.fr,
    },
    en: {
      subject: 'The old secret of {application} stops on {date} – {platform}',
      lines: [
        'The application {application} ({client}) has a new secret. The old one is refused from {date} on.',
        'Make sure that each of your servers uses the new one.',
      ],
      link: PORTAL.en,
    },
  },
  'client-certificate-ends': {
    fr: {
      subject: 'Un certificat de {application} expire le {date} – {platform}',
      lines: [
        'Un certificat de l’application {application} ({client}) expire le {date}. Ensuite, elle ne pourra plus s’authentifier avec lui.',
        'Ajoutez le nouveau à ses clés (jwks) avant cette date : les deux sont acceptés ensemble.',
      ],
      link: PORTAL.fr,
    },
    en: {
      subject: 'A certificate of {application} expires on {date} – {platform}',
      lines: [
        'A certificate of the application {application} ({client}) expires on {date}. After that it cannot authenticate with it.',
        'Add the new one to its keys (jwks) before that: both are accepted together.',
      ],
      link: PORTAL.en,
    },
  },
} as const satisfies Readonly<Record<string, NoticeTemplate>>;
