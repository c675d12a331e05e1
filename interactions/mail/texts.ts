import type { Texts } from '../layout/texts.ts';

/** "We cannot write to you any more", at a sign-in. */
export const texts = {
  fr: {
    'dead-mail.title.address': 'Donner une adresse mail qui fonctionne',
    'dead-mail.title.code': 'Vérifier votre adresse mail',
    'dead-mail.heading': 'Nous n’arrivons plus à vous écrire',
    'dead-mail.since': 'Depuis le {since}, son serveur refuse nos messages pour votre adresse',
    'dead-mail.why':
      'Sans adresse qui fonctionne, vous ne recevez ni code de connexion par mail, ni avertissement si quelqu’un touche à votre compte.',
    'dead-mail.new': 'Nouvelle adresse mail',
    'dead-mail.send': 'Recevoir un code à cette adresse',
    'dead-mail.works': 'Cette adresse fonctionne ?',
    'dead-mail.works-why': 'Nous y envoyons un code. S’il vous parvient, elle reste celle de votre compte.',
    'dead-mail.same': 'Envoyer un code à mon adresse actuelle',
    'dead-mail.later': 'Pas maintenant ?',
    'dead-mail.later-why': 'Nous vous le redemanderons dans une semaine au plus tôt.',
    'dead-mail.go-on': 'Plus tard : continuer vers {application}',
    'dead-mail.code': 'Vérifiez votre adresse mail',
    'dead-mail.confirm': 'Valider et continuer',
    'dead-mail.other': 'Donnez une autre adresse, ou remettez à plus tard : le lien est ci-dessous.',
    'dead-mail.back': 'Donner une autre adresse, ou remettre à plus tard',
    'dead-mail.inbox': 'Bac à sable : lire le message',
  },
  en: {
    'dead-mail.title.address': 'Give a mail address that works',
    'dead-mail.title.code': 'Check your mail address',
    'dead-mail.heading': 'We cannot write to you any more',
    'dead-mail.since': 'Since {since}, its server has refused our messages for your address',
    'dead-mail.why':
      'Without an address that works, you receive no sign-in code by mail, and no warning when somebody touches your account.',
    'dead-mail.new': 'New mail address',
    'dead-mail.send': 'Receive a code at this address',
    'dead-mail.works': 'Does this address work?',
    'dead-mail.works-why': 'We send a code there. If it reaches you, the address stays that of your account.',
    'dead-mail.same': 'Send a code to my present address',
    'dead-mail.later': 'Not now?',
    'dead-mail.later-why': 'We shall ask again in a week at the earliest.',
    'dead-mail.go-on': 'Later: go on to {application}',
    'dead-mail.code': 'Check your mail address',
    'dead-mail.confirm': 'Confirm and continue',
    'dead-mail.other': 'Give another address, or put it off: the link is below.',
    'dead-mail.back': 'Give another address, or put it off',
    'dead-mail.inbox': 'Sandbox: read the message',
  },
} as const satisfies Texts;
