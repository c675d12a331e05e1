import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openLeakedFile } from '../../adapters/passwords/leaked-file.ts';
import { createPasswordRule } from '../../src/accounts/password-rule.ts';
import { ConfigError } from '../../src/http/errors.ts';

const ABOUT = ['mdurand', 'Marie', 'Durand', 'marie.durand@hopital.example'];

describe('the rule for a new password', () => {
  const rule = createPasswordRule();

  test.each([
    ['azerty', 'too-short'],
    ['onze-lettre', 'too-short'],
    ['é'.repeat(257), 'too-long'],
    ['mdurandmdurand', 'like-you'],
    ['Marie.Durand.69', 'like-you'],
    ['dRaNuD-marie-durand', 'like-you'],
    ['hopital-durand1', 'like-you'],
    ['aaaaaaaaaaaa', 'guessable'],
    ['azertyuiop123', 'guessable'],
    ['123456789012345', 'guessable'],
    ['motdepasse2026', 'guessable'],
    ['infirmiere2026', 'guessable'],
    ['UNBELIEVABLE', 'leaked'],
  ])('%s is %s', async (password, flaw) => {
    expect(await rule.judge(password, ABOUT, 'nobody')).toBe(flaw);
  });

  test.each([
    'cerise lampe nuage violon',
    'Le café est froid à 7h',
    'kfjq zmvo trpw',
    'durand mange des cerises',
    '東京の夜は静かです雨',
  ])('%s is accepted: a phrase needs neither capital nor digit', async (password) => {
    expect(await rule.judge(password.padEnd(12, '雨'), ABOUT, 'nobody')).toBeUndefined();
  });
});

test('only what is neither too long, nor known, nor short of bits is weighed, and each time it is counted', async () => {
  const weighed: string[] = [];
  const rule = createPasswordRule(undefined, async (whose) => void weighed.push(whose));
  for (const password of ['azerty', 'é'.repeat(300), 'Marie.Durand.69', 'UNBELIEVABLE', '123456789012345'])
    await rule.judge(password, ABOUT, 'cheap');
  expect(weighed).toEqual([]);
  await rule.judge('cerise lampe nuage violon', ABOUT, 'a session');
  expect(weighed).toEqual(['a session']);
});

describe('a list of leaked passwords of one’s own', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mire-leaked-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: string) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const sha1 = (password: string) => createHash('sha1').update(password).digest('hex').toUpperCase();

  test('of hashes in order, each is found on the disk and no other', async () => {
    const passwords = Array.from({ length: 2000 }, (_, index) => `cerise lampe nuage ${index}`);
    const lines = passwords.map((password, index) => `${sha1(password)}:${(index * 7919) % 100_000}`).sort();
    const leaked = await openLeakedFile(file('hashes.txt', `${lines.join('\r\n')}\r\n`));
    for (const password of passwords) expect([password, await leaked.has(password)]).toEqual([password, true]);
    for (let index = 2000; index < 2500; index += 1)
      expect(await leaked.has(`cerise lampe nuage ${index}`)).toBe(false);
    const rule = createPasswordRule(leaked);
    expect(await rule.judge('cerise lampe nuage 7', [], 'nobody')).toBe('leaked');
  });

  test('of one hash, and of hashes without counts', async () => {
    expect(await (await openLeakedFile(file('one.txt', sha1('seul et unique')))).has('seul et unique')).toBe(true);
    const lines = ['a', 'b', 'c'].map(sha1).sort().join('\n');
    const leaked = await openLeakedFile(file('plain-hashes.txt', lines));
    expect(await Promise.all(['a', 'b', 'c', 'd'].map((password) => leaked.has(password)))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  test('of passwords, one a line', async () => {
    const leaked = await openLeakedFile(file('words.txt', 'cerise lampe nuage violon\nautre chose\n'));
    expect(await leaked.has('cerise lampe nuage violon')).toBe(true);
    expect(await leaked.has('cerise')).toBe(false);
  });

  test('that cannot be read stops the start with its name', async () => {
    await expect(openLeakedFile(join(folder, 'nowhere.txt'))).rejects.toThrow(ConfigError);
  });
});
