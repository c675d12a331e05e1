import { createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { CookieSigner } from '../../src/http/cookie-signer.ts';

const [NEW, OLD] = ['the-key-that-signs-since-this-morning', 'the-key-that-signed-until-yesterday'];
/** Keygrip's own way to write a signature. */
const keygrip = (data: string, key: string) =>
  createHmac('sha1', key)
    .update(data)
    .digest('base64')
    .replace(/[/+=]/g, (sign) => ({ '/': '_', '+': '-', '=': '' })[sign] ?? '');

const data = (number: number) => `mire_session=session-number-${number}`;

test('a cookie that Keygrip signed is still believed, and Keygrip would believe ours', () => {
  const signer = new CookieSigner([NEW]);
  for (let number = 0; number < 50; number += 1) {
    expect(signer.sign(data(number))).toBe(keygrip(data(number), NEW));
    expect(signer.verify(data(number), keygrip(data(number), NEW))).toBe(true);
  }
});

test('the first key signs, all verify, and the place of the key tells that a cookie is to be signed anew', () => {
  const signer = new CookieSigner([NEW, OLD]);
  expect(signer.index(data(1), keygrip(data(1), NEW))).toBe(0);
  expect(signer.index(data(1), keygrip(data(1), OLD))).toBe(1);
  expect(signer.sign(data(1))).toBe(keygrip(data(1), NEW));
});

test.each([
  ['of another value', keygrip(data(2), NEW)],
  ['under another key', keygrip(data(1), 'a-key-that-was-never-ours-at-all')],
  ['cut short', keygrip(data(1), NEW).slice(0, -1)],
  ['with something after it', `${keygrip(data(1), NEW)}A`],
  ['empty', ''],
  ['padded', `${keygrip(data(1), NEW)}=`],
  ['of other characters', 'é'.repeat(27)],
])('a signature %s is refused', (_what, signature) => {
  expect(new CookieSigner([NEW, OLD]).index(data(1), signature)).toBe(-1);
});

test('no other spelling of a signature is taken for it', () => {
  const signer = new CookieSigner([NEW]);
  const signature = signer.sign(data(1));
  const last = signature.at(-1) ?? '';
  // The last of 27 characters has two bits that say nothing.
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const others = [...alphabet].filter((one) => one !== last).map((one) => signature.slice(0, -1) + one);
  expect(others.filter((one) => signer.verify(data(1), one))).toEqual([]);
});

test('without a key nothing can be signed', () => {
  expect(() => new CookieSigner([])).toThrow('need a key');
});
