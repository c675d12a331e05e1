import { told, undoable } from './account-notices.ts';
import type { NoticeTemplate } from './templates.ts';

/** What a person is told about their own account. */
export const accountTemplates = {
  'mail-changed': undoable({
    fr: {
      subject: 'Votre adresse mail a changé',
      lines: ['L’adresse mail de votre compte a été remplacée le {when}. Les messages iront désormais à {to}.'],
    },
    en: {
      subject: 'Your mail address has changed',
      lines: ['The mail address of your account was replaced on {when}. Messages will now go to {to}.'],
    },
  }),
  'mail-now-here': told({
    fr: {
      subject: 'Cette adresse est maintenant celle de votre compte',
      lines: ['Depuis le {when}, les messages de votre compte arrivent à cette adresse.'],
    },
    en: {
      subject: 'This address is now that of your account',
      lines: ['Since {when}, the messages of your account come to this address.'],
    },
  }),
  'phone-changed': undoable({
    fr: {
      subject: 'Votre numéro de téléphone a changé',
      lines: ['Le numéro de téléphone de votre compte a été changé le {when}. Nouveau numéro : {to}.'],
    },
    en: {
      subject: 'Your phone number has changed',
      lines: ['The phone number of your account was changed on {when}. New number: {to}.'],
    },
  }),
  'password-changed': undoable({
    fr: {
      subject: 'Votre mot de passe a changé',
      lines: ['Le mot de passe de votre compte a été changé le {when}.', 'Vos autres sessions ont été fermées.'],
    },
    en: {
      subject: 'Your password has changed',
      lines: ['The password of your account was changed on {when}.', 'Your other sessions were closed.'],
    },
  }),
  'passkey-added': undoable({
    fr: {
      subject: 'Une clé d’accès a été ajoutée',
      lines: ['La clé d’accès « {name} » a été ajoutée à votre compte le {when}.'],
    },
    en: { subject: 'A passkey was added', lines: ['The passkey “{name}” was added to your account on {when}.'] },
  }),
  'passkey-removed': undoable({
    fr: {
      subject: 'Une clé d’accès a été retirée',
      lines: ['La clé d’accès « {name} » a été retirée de votre compte le {when}.'],
    },
    en: { subject: 'A passkey was removed', lines: ['The passkey “{name}” was removed from your account on {when}.'] },
  }),
  'passkey-cloned': told(
    {
      fr: {
        subject: 'Une clé d’accès a été suspendue',
        lines: [
          'La clé d’accès « {name} » a été présentée le {when} d’une façon qui laisse penser qu’elle a été copiée.',
          'Nous l’avons suspendue : elle n’ouvre plus votre compte. Retirez-la et ajoutez-en une autre.',
        ],
      },
      en: {
        subject: 'A passkey was suspended',
        lines: [
          'The passkey “{name}” was presented on {when} in a way that suggests it was copied.',
          'We suspended it: it no longer opens your account. Remove it and add another.',
        ],
      },
    },
    'ways',
  ),
  'authenticator-added': undoable({
    fr: {
      subject: 'Une application d’authentification a été ajoutée',
      lines: ['Une application d’authentification a été liée à votre compte le {when}.'],
    },
    en: {
      subject: 'An authenticator application was added',
      lines: ['An authenticator application was tied to your account on {when}.'],
    },
  }),
  'authenticator-removed': undoable({
    fr: {
      subject: 'Votre application d’authentification a été retirée',
      lines: ['L’application d’authentification de votre compte a été retirée le {when}.'],
    },
    en: {
      subject: 'Your authenticator application was removed',
      lines: ['The authenticator application of your account was removed on {when}.'],
    },
  }),
  'recovery-codes-made': undoable({
    fr: {
      subject: 'De nouveaux codes de secours ont été créés',
      lines: ['Dix codes de secours ont été créés pour votre compte le {when}. Les précédents ne servent plus.'],
    },
    en: {
      subject: 'New recovery codes were made',
      lines: ['Ten recovery codes were made for your account on {when}. Earlier ones no longer work.'],
    },
  }),
  'recovery-code-used': told(
    {
      fr: {
        subject: 'Un code de secours a servi',
        lines: ['Un code de secours de votre compte a été utilisé le {when}. Il vous en reste {left}.'],
      },
      en: {
        subject: 'A recovery code was used',
        lines: ['A recovery code of your account was used on {when}. You have {left} left.'],
      },
    },
    'ways',
  ),
  'door-closed': told(
    {
      fr: {
        subject: 'Un mode de connexion a été fermé',
        lines: [
          'Vous avez signalé une connexion qui n’était pas la vôtre le {when}.',
          'Le mode « {mode} » n’ouvre plus votre compte, et vos autres sessions ont été fermées.',
        ],
      },
      en: {
        subject: 'A way of signing in was closed',
        lines: [
          'You reported a sign-in that was not yours on {when}.',
          'The way “{mode}” no longer opens your account, and your other sessions were closed.',
        ],
      },
    },
    'history',
  ),
  'change-undone': told({
    fr: {
      subject: 'Un changement de votre compte a été annulé',
      lines: ['Un changement de votre compte a été annulé le {when}. Toutes vos sessions ont été fermées.'],
    },
    en: {
      subject: 'A change of your account was undone',
      lines: ['A change of your account was undone on {when}. All your sessions were closed.'],
    },
  }),
  'account-taken-back': told({
    fr: {
      subject: 'Votre compte a été repris',
      lines: [
        'Un changement de votre compte n’était pas de vous : le {when}, ce qui a été fait depuis a été repris, et toutes vos sessions ont été fermées.',
        '{what}',
        'Ce qui avait été changé plus tôt est resté. Si cela non plus n’était pas de vous, annulez-le par le message qui l’annonçait.',
      ],
    },
    en: {
      subject: 'Your account was taken back',
      lines: [
        'A change of your account was not yours: on {when} what was done since was taken back, and all your sessions were closed.',
        '{what}',
        'What was changed earlier has stayed. If that was not you either, undo it by the message that told of it.',
      ],
    },
  }),
  'door-opened': undoable({
    fr: {
      subject: 'Un mode de connexion a été rouvert',
      lines: ['Le mode « {mode} », que vous aviez fermé, ouvre de nouveau votre compte depuis le {when}.'],
    },
    en: {
      subject: 'A way of signing in was opened again',
      lines: ['The way “{mode}”, which you had closed, opens your account again since {when}.'],
    },
  }),
  'identity-linked': undoable({
    fr: {
      subject: 'Un nouveau moyen de vous connecter',
      lines: ['Votre compte est rattaché à {identity} depuis le {when} : vous pouvez vous connecter par là.'],
    },
    en: {
      subject: 'A new way for you to sign in',
      lines: ['Your account is joined to {identity} since {when}: you can sign in that way.'],
    },
  }),
  'identity-removed': undoable({
    fr: {
      subject: 'Un moyen de vous connecter a été détaché',
      lines: ['Votre compte n’est plus rattaché à {identity} depuis le {when} : elle ne l’ouvre plus.'],
    },
    en: {
      subject: 'A way for you to sign in was taken away',
      lines: ['Your account is no longer joined to {identity} since {when}: it does not open it any more.'],
    },
  }),
  'account-closed': undoable({
    fr: {
      subject: 'Votre compte est fermé',
      lines: ['Votre compte a été fermé le {when}, à votre demande. Il n’ouvre plus aucune application.'],
    },
    en: {
      subject: 'Your account is closed',
      lines: ['Your account was closed on {when}, at your request. It no longer opens any application.'],
    },
  }),
  'identifier-reminder': told(
    {
      fr: {
        subject: 'Votre identifiant',
        lines: ['Vous avez demandé votre identifiant le {when}. Le voici : {login}'],
      },
      en: { subject: 'Your username', lines: ['You asked for your username on {when}. Here it is: {login}'] },
    },
    'signIn',
  ),
} as const satisfies Readonly<Record<string, NoticeTemplate>>;
