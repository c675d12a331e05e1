import { describe, expect, test } from '@jest/globals';
import { createAccounts } from '../../adapters/db/accounts.ts';
import { entryIdOf } from '../../adapters/ldap/entry.ts';
import { outsideIdentity } from '../../src/accounts/statement.ts';
import { readProfessional } from '../../src/psc/professional.ts';
import { readAnswer } from '../../src/structures/provider-answer.ts';
import { isLdap, isOidc, type Structure, structureDefinition } from '../../src/structures/structure.ts';
import { testVault } from '../support/accounts/sample-accounts.ts';

/** What a source may say instead of somebody. */
const NOTHING: readonly unknown[] = ['', ' ', '\t', '\u00a0', null, undefined, 0, false, [], {}, ['a']];

const structure = (connector: object): Structure => ({
  ...structureDefinition.parse({ id: 'chu', name: 'CHU', connector }),
  enabled: true,
  version: 1,
});
const provider = { kind: 'oidc', issuer: 'https://login.example', client_id: 'mire' };
const directory = {
  ...{ kind: 'ldap', servers: ['ldaps://one.example'], ca: '-----BEGIN CERTIFICATE-----' },
  base_dn: 'dc=example',
};
const answer = (subject: unknown, idClaims = {}) =>
  ({
    subject,
    idClaims,
    userinfo: {},
    idToken: '',
    sid: undefined,
    acr: undefined,
    authenticatedAt: undefined,
  }) as never;

/** Each reads who somebody is; undefined or an error: nobody. */
const READERS: Readonly<Record<string, (said: unknown) => unknown>> = {
  'the schema of every identity': (said) => outsideIdentity.parse({ source: 'structure:chu', externalId: said }),
  'a source that is none': (said) => outsideIdentity.parse({ source: said, externalId: 'x' }),
  'the subject of a provider': (said) => {
    const one = structure(provider);
    return isOidc(one) ? readAnswer(one, answer(said), new Date()) : undefined;
  },
  'another claim of a provider, beside a subject': (said) => {
    const one = structure({ ...provider, id_claim: 'oid' });
    return isOidc(one) ? readAnswer(one, answer('sub', { oid: said }), new Date()) : undefined;
  },
  'an entry of a directory': (said) => {
    const one = structure(directory);
    return isLdap(one) ? entryIdOf({ dn: 'uid=x', entryUUID: said } as never, one.connector) : undefined;
  },
  'Pro Santé Connect': (said) => readProfessional(answer('f:uuid:', { SubjectNameID: said })),
};

describe('an account was joined through an id that was null', () => {
  test.each(Object.entries(READERS))('nobody is known by nothing: %s', (name, read) => {
    // A list with one text in it is that text where a directory has several values.
    const nothing =
      name === 'an entry of a directory'
        ? NOTHING.filter((said) => !Array.isArray(said) || said.length === 0)
        : NOTHING;
    for (const said of nothing) {
      let known: unknown;
      try {
        known = read(said);
      } catch {
        known = undefined;
      }
      expect([said, known]).toEqual([said, undefined]);
    }
  });

  test('nor does the database link or find it, whoever asks', async () => {
    const never = () => {
      throw new Error('the database was asked');
    };
    const accounts = createAccounts({ query: never, raw: never } as never, testVault);
    for (const said of ['', ' ', '\t']) {
      await expect(async () => accounts.linkIdentity('a', 'structure:chu', said)).rejects.toThrow(
        /Invalid string|regex/,
      );
      expect(await accounts.byIdentity('structure:chu', said)).toBeUndefined();
    }
  });
});
