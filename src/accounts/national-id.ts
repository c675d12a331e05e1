/**
 * Forms of the national identifier (PS_IdNat), type digit first. The RPPS key is not checked: no rule names it, and a
 * number that a card or Pro Santé Connect gives is taken as it stands.
 */
const REGISTER = String.raw`\/[0-9A-Za-z][0-9A-Za-z ._-]{0,39}`;
const FORMS = [
  /^8\d{11}$/, // RPPS
  /^0[0-9A-Z]{9}$/, // ADELI
  new RegExp(`^3[0-9A-Z]{9}${REGISTER}$`), // FINESS and register
  new RegExp(`^4\\d{9}${REGISTER}$`), // SIREN and register
  new RegExp(`^5\\d{14}${REGISTER}$`), // SIRET and register
  new RegExp(`^6\\d{14}${REGISTER}$`), // RPPS of a practice, and register
];

export const isNationalId = (text: string): boolean => FORMS.some((form) => form.test(text));
