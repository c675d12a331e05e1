import type { Texts } from '../layout/texts.ts';

/** Why a code did not arrive, on every page that asks for one. */
export const texts = {
  fr: {
    'code.trouble.wrong-address.mail': 'Nous n’arrivons pas à écrire à cette adresse, que son serveur ne connaît pas :',
    'code.trouble.wrong-address.sms':
      'Nous n’arrivons pas à écrire à ce numéro, que les opérateurs ne connaissent pas :',
    'code.trouble.mailbox-full.mail': 'La boîte aux lettres est pleine, et refuse le code :',
    'code.trouble.mailbox-full.sms': 'Ce téléphone ne reçoit plus de messages, et refuse le code :',
    'code.trouble.refused.mail': 'Le message qui porte le code a été refusé :',
    'code.trouble.refused.sms': 'Le SMS qui porte le code a été refusé :',
    'code.trouble.late.mail': 'Le code n’est pas encore parti : la messagerie nous fait attendre. Il doit aller à',
    'code.trouble.late.sms': 'Le code n’est pas encore parti : l’opérateur nous fait attendre. Il doit aller au',
    'code.trouble.other-way': 'Choisissez un autre moyen, ou demandez à l’assistance.',
    'code.trouble.other-address': 'Vérifiez ce que vous avez saisi, et corrigez-le ci-dessous.',
    'code.trouble.wait': 'Nous essayons encore. Rechargez cette page pour suivre, ou choisissez un autre moyen.',
  },
  en: {
    'code.trouble.wrong-address.mail': 'We cannot write to this address, which its server does not know:',
    'code.trouble.wrong-address.sms': 'We cannot write to this number, which no operator knows:',
    'code.trouble.mailbox-full.mail': 'The mailbox is full, and refuses the code:',
    'code.trouble.mailbox-full.sms': 'This phone takes no more messages, and refuses the code:',
    'code.trouble.refused.mail': 'The message that brings the code was refused:',
    'code.trouble.refused.sms': 'The SMS that brings the code was refused:',
    'code.trouble.late.mail': 'The code has not left yet: the mail service keeps us waiting. It is to go to',
    'code.trouble.late.sms': 'The code has not left yet: the operator keeps us waiting. It is to go to',
    'code.trouble.other-way': 'Choose another way, or ask support.',
    'code.trouble.other-address': 'Check what you typed, and correct it below.',
    'code.trouble.wait': 'We go on trying. Reload this page to follow, or choose another way.',
  },
} as const satisfies Texts;
