import type { Texts } from '../layout/texts.ts';

export const texts = {
  fr: {
    'captcha.without-script':
      'Sans JavaScript, la case « Je ne suis pas un robot » ne peut pas s’afficher : validez simplement le formulaire, nous vérifierons d’abord votre adresse mail.',
  },
  en: {
    'captcha.without-script':
      'Without JavaScript the “I am not a robot” box cannot appear: just send the form, we will check your e-mail address first.',
  },
} as const satisfies Texts;
