/** Longer is nobody's identifier: the longest mail address has 254 characters (RFC 5321 §4.5.3.1). */
export const LOGIN_MAX = 254;

const INVISIBLE = /[\p{Cf}\p{Cc}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * The one form under which an identifier or mail is looked up, counted and kept unique: NFKC, without invisible
 * characters, trimmed, lower case. `Jean`, `JEAN ` and full-width `Ｊｅａｎ` are one person and one counter. Normal form
 * comes last too: an invisible character may have stood between a letter and its accent.
 */
export function loginKey(typed: string): string {
  return typed.normalize('NFKC').replace(INVISIBLE, '').toLowerCase().normalize('NFKC').trim();
}
