import { randomInt } from 'node:crypto';

/** Without 0, 1, I, L, O, U: read from one screen and typed on another, nothing is mistaken. */
const LETTERS = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
export const CODE_FORM = /^[2-9A-HJKMNP-TV-Z]{6}$/;

export const newCode = (): string => Array.from({ length: 6 }, () => LETTERS[randomInt(LETTERS.length)]).join('');

/** As people type it: `k7q-2xm`. */
export const normalCode = (typed: string): string => typed.toUpperCase().replace(/[\s-]/g, '');

/** Two digits shown in the browser, and three to choose from on the desktop, in an order that tells nothing. */
export function newNumber(): { number: number; choices: number[] } {
  const choices = new Set<number>();
  while (choices.size < 3) choices.add(randomInt(10, 100));
  const drawn = [...choices];
  return { number: drawn[randomInt(3)] ?? 10, choices: drawn };
}
