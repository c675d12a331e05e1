import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loginKey } from '../../src/accounts/login-key.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Spellings that a person takes for one: case, width, accents, spaces, what cannot be seen. */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  'jean.noël': [
    'Jean.Noël',
    'JEAN.NOËL',
    ' jean.noël ',
    'jean.noe\u0308l',
    'jean.noe\u200d\u0308l',
    'jean.noe\u034f\u0308l',
    'ｊｅａｎ．ｎｏëｌ',
    'jean\u200b.noël',
    'jean\u00ad.noël',
    'jean\ufe0f.noël',
    'jean\u3164.noël',
    '\u202ejean.noël',
    'jean.noël\u0000',
    'jean.noël\u200b ',
    '\u200b jean.noël',
    'jean.noël\u00a0',
    'jean.noël\n',
  ],
  'm.durand@hopital.example': [
    'M.Durand@HOPITAL.example',
    '\ufeffm.durand@hopital.example',
    'm.durand＠hopital.example',
  ],
};

describe('spellings of one identifier were several', () => {
  test.each(Object.entries(SPELLINGS))('%s', (key, spellings) => {
    expect(spellings.map((typed) => [typed, loginKey(typed)])).toEqual(spellings.map((typed) => [typed, key]));
  });

  test('the form is its own form', () => {
    for (const typed of Object.values(SPELLINGS).flat()) expect(loginKey(loginKey(typed))).toBe(loginKey(typed));
    for (const letter of ['İ', 'ẞ', 'ﬁ', 'Σ', '\u0344', 'K']) expect(loginKey(loginKey(letter))).toBe(loginKey(letter));
  });

  /** What folds for another reason than to know an identifier again says so here. */
  const OTHERWISE: Readonly<Record<string, string>> = {
    'src/accounts/login-key.ts': 'the rule',
    'src/accounts/password-rule.ts': 'words of a password',
    'src/foreign-text.ts': 'names that a person takes for each other',
    'src/structures/structure.ts': 'words of a search',
    'src/clients/workshop.ts': 'a client id made of a name',
    'src/accounts/facts.ts': 'names of two sources compared',
    'adapters/ldap/roles.ts': 'distinguished names of groups',
  };
  test('there is one rule: nothing else folds what somebody typed', () => {
    const folding = globSync('{src,adapters,interactions}/**/*.ts', { cwd: ROOT })
      .filter((file) => !file.startsWith('src/sandbox/'))
      .filter((file) => {
        const text = readFileSync(join(ROOT, file), 'utf8');
        return /\.normalize\('NFK?[CD]'\)/.test(text) && /toLowerCase\(\)/.test(text);
      });
    expect(folding.filter((file) => OTHERWISE[file] === undefined)).toEqual([]);
  });

  test.each([
    ['adapters/db/accounts.ts', 'creation and uniqueness'],
    ['adapters/db/care.ts', 'a new mail of an account'],
    ['src/accounts/import.ts', 'accounts of another system'],
    ['src/accounts/password-sign-in.ts', 'the password, and its counter'],
    ['src/challenges/sending.ts', 'codes to an address'],
    ['src/structures/password-check.ts', 'the password of a structure, and its counter'],
    ['src/provider/ciba.ts', 'a request without a browser'],
    ['interactions/recovery/start.ts', 'a forgotten password'],
    ['interactions/recovery/identifier.ts', 'a forgotten identifier'],
    ['interactions/signup/contacts.ts', 'the mail of a sign-up'],
    ['adapters/db/integrators.ts', 'the invitation of an integrator'],
  ])('%s asks it: %s', (file) => {
    expect(readFileSync(join(ROOT, file), 'utf8')).toContain('loginKey(');
  });
});
