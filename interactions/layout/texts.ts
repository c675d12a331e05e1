import type { Lang } from './lang.ts';

/** The texts of one screen: flat dotted keys, the same in every language. `{name}` stands for a value. */
export type Texts = Readonly<Record<Lang, Readonly<Record<string, string>>>>;

export type Values = Readonly<Record<string, string | number>>;
export type Translate = (key: string, values?: Values) => string;

/**
 * Joins the texts of several screens. With a `count`, `key.one` or `key.other` is taken, as the language counts.
 * @throws {Error} on a key that is nowhere, that stands twice, or whose value is not given: a page with a hole is a defect.
 */
export function translator(...screens: readonly Texts[]): (lang: Lang) => Translate {
  return (lang) => {
    const texts = new Map<string, string>();
    for (const screen of screens) {
      for (const [key, text] of Object.entries(screen[lang])) {
        if (texts.has(key)) throw new Error(`The text ${key} stands twice`);
        texts.set(key, typography(lang, text));
      }
    }
    const plural = new Intl.PluralRules(lang);
    return (key, values = {}) => {
      const count = values.count;
      const wanted = typeof count === 'number' ? `${key}.${plural.select(count) === 'one' ? 'one' : 'other'}` : key;
      const text = texts.get(wanted);
      if (text === undefined) throw new Error(`The text ${wanted} is missing in ${lang}`);
      return text.replace(/\{(\w+)\}/g, (_, name: string) => {
        const value = values[name];
        if (value === undefined) throw new Error(`The text ${wanted} needs {${name}}`);
        return String(value);
      });
    };
  };
}

/** French sets a no-break space inside « » and before : ; ? ! so that no line begins with them. */
function typography(lang: Lang, text: string): string {
  return lang === 'fr' ? text.replace(/ ([:;?!»])/g, '\u00a0$1').replace(/« /g, '«\u00a0') : text;
}

/** What every page may need: the frame, the forms, the way out. */
export const texts = {
  fr: {
    'layout.skip': 'Aller au contenu',
    'layout.sandbox': 'Bac à sable : données fictives',
    'layout.error-prefix': 'Erreur :',
    'layout.footer': 'Informations',
    'layout.product': 'Mire, service de connexion',
    'layout.home': 'Accueil',
    'layout.terms': "Conditions d'utilisation",
    'layout.legal': 'Mentions légales',
    'layout.personal-data': 'Données personnelles',
    'layout.accessibility': 'Accessibilité : partiellement conforme',
    'layout.support': 'Assistance',
    'layout.support-code': "Code à donner à l'assistance :",
    'form.errors.one': 'Une réponse est à corriger',
    'form.errors.other': '{count} réponses sont à corriger',
    'form.all-required': 'Tous les champs sont obligatoires.',
    'form.show-password': 'Afficher',
    'form.show-password-long': 'Afficher le mot de passe',
    'form.hide-password': 'Masquer',
    'form.abort': "Retour à l'application",
    'form.other-modes': 'Choisir un autre mode de connexion',
    'field.login': 'Identifiant',
    'field.login.missing': 'Saisissez votre identifiant.',
    'field.password': 'Mot de passe',
    'field.password.missing': 'Saisissez votre mot de passe.',
    'field.too-long': 'Cette réponse est trop longue.',
  },
  en: {
    'layout.skip': 'Skip to content',
    'layout.sandbox': 'Sandbox: fictitious data',
    'layout.error-prefix': 'Error:',
    'layout.footer': 'Information',
    'layout.product': 'Mire, sign-in service',
    'layout.home': 'Home',
    'layout.terms': 'Terms of use',
    'layout.legal': 'Legal notice',
    'layout.personal-data': 'Personal data',
    'layout.accessibility': 'Accessibility: partially compliant',
    'layout.support': 'Support',
    'layout.support-code': 'Code to give to support:',
    'form.errors.one': 'One answer needs correcting',
    'form.errors.other': '{count} answers need correcting',
    'form.all-required': 'All fields are required.',
    'form.show-password': 'Show',
    'form.show-password-long': 'Show password',
    'form.hide-password': 'Hide',
    'form.abort': 'Back to the application',
    'form.other-modes': 'Choose another way to sign in',
    'field.login': 'Username',
    'field.login.missing': 'Enter your username.',
    'field.password': 'Password',
    'field.password.missing': 'Enter your password.',
    'field.too-long': 'This answer is too long.',
  },
} as const satisfies Texts;
