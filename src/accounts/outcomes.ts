type Words = Readonly<Record<'fr' | 'en', string>>;

/** What taking an account back to a moment did, in the words of its page and of its mail. */
export const OUTCOMES = {
  'mail-back': {
    fr: 'L’adresse mail d’avant est remise.',
    en: 'The mail address of before is put back.',
  },
  'mail-not-back': {
    fr: 'L’adresse mail d’avant n’a pas pu être remise : elle est maintenant celle d’un autre compte. Votre compte n’a plus d’adresse ; l’assistance peut en enregistrer une.',
    en: 'The mail address of before could not be put back: it is now that of another account. Your account has no address any more; support can register one.',
  },
  'phone-back': {
    fr: 'Le numéro de téléphone d’avant est remis.',
    en: 'The phone number of before is put back.',
  },
  'password-gone': {
    fr: 'Le mot de passe ne sert plus, et aucun mot de passe d’avant n’est remis : choisissez-en un autre.',
    en: 'The password no longer works, and no earlier one is put back: choose another.',
  },
  'passkeys-gone': {
    fr: 'Les clés d’accès ajoutées depuis sont retirées.',
    en: 'The passkeys added since are removed.',
  },
  'passkeys-back': {
    fr: 'Les clés d’accès retirées depuis sont remises : retirez celles que vous n’avez plus.',
    en: 'The passkeys removed since are put back: remove those that you no longer have.',
  },
  'authenticator-gone': {
    fr: 'L’application d’authentification liée depuis est retirée.',
    en: 'The authenticator application tied since is removed.',
  },
  'authenticator-back': {
    fr: 'L’application d’authentification retirée depuis est remise.',
    en: 'The authenticator application removed since is put back.',
  },
  'codes-gone': {
    fr: 'Les codes de secours créés depuis sont annulés ; ceux d’avant ne peuvent pas être remis : créez-en d’autres.',
    en: 'The recovery codes made since are cancelled; earlier ones cannot be put back: make others.',
  },
  'identities-gone': {
    fr: 'Les cartes et identités rattachées depuis sont détachées, avec le nom et la profession qu’elles avaient apportés.',
    en: 'The cards and identities joined since are taken away, with the name and profession that they had brought.',
  },
  'identities-back': {
    fr: 'Les cartes et identités détachées depuis sont rattachées de nouveau.',
    en: 'The cards and identities taken away since are joined again.',
  },
  'identities-not-back': {
    fr: 'Une carte ou une identité détachée depuis n’a pas pu être rattachée : elle l’est maintenant à un autre compte. Prévenez l’assistance.',
    en: 'A card or identity taken away since could not be joined again: it is now another account’s. Tell support.',
  },
  'desktops-gone': {
    fr: 'Les postes ajoutés depuis sont retirés.',
    en: 'The desktops added since are removed.',
  },
  'desktops-not-back': {
    fr: 'Les postes retirés depuis ne sont pas remis : reconnectez-les.',
    en: 'The desktops removed since are not put back: sign in to them again.',
  },
  'consents-gone': {
    fr: 'Les accords donnés depuis à des applications sont retirés : elles vous le redemanderont.',
    en: 'The consents given to applications since are withdrawn: they will ask you again.',
  },
  'doors-shut': {
    fr: 'Les modes de connexion rouverts depuis sont de nouveau fermés.',
    en: 'The ways of signing in that were opened again since are closed again.',
  },
  'doors-not-back': {
    fr: 'Les modes de connexion fermés depuis le restent : vous pouvez les rouvrir dans votre historique.',
    en: 'The ways of signing in closed since stay closed: you can open them again in your history.',
  },
  reopened: { fr: 'Votre compte est rouvert.', en: 'Your account is open again.' },
  'notices-on': {
    fr: 'Vous recevrez un mail à chaque connexion.',
    en: 'You will receive a mail at each sign-in.',
  },
} as const satisfies Readonly<Record<string, Words>>;

export type Outcome = keyof typeof OUTCOMES;
export const isOutcome = (word: string): word is Outcome => Object.hasOwn(OUTCOMES, word);

export const inWords = (outcomes: readonly Outcome[], locale: 'fr' | 'en'): string[] =>
  outcomes.map((one) => OUTCOMES[one][locale]);
