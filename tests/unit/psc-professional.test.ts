import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { foreignText } from '../../src/foreign-text.ts';
import { PscUnreadable, readProfessional } from '../../src/psc/professional.ts';
import { PSC_PEOPLE } from '../../src/sandbox/psc/people.ts';
import { subjectOf, userinfoOf } from '../../src/sandbox/psc/userinfo.ts';
import { HOSTILE } from '../support/clients/hostile-texts.ts';

const ID = '899700123450';
const SUBJECT = `f:550dc1c8-d97b-4b1e-ac8c-8eb4471cf9dd:${ID}`;

/** Of somebody of whom it says this. */
const read = (userinfo: Record<string, unknown>, idClaims: Record<string, unknown> = {}, subject = SUBJECT) =>
  readProfessional({ subject, idClaims, userinfo });
const person = (index: number) => {
  const found = PSC_PEOPLE[index];
  if (!found) throw new Error('nobody');
  return found;
};
const ofPerson = (nationalId: string) => {
  const found = PSC_PEOPLE.find((one) => one.nationalId === nationalId) ?? person(0);
  return readProfessional({ subject: subjectOf(found), idClaims: {}, userinfo: userinfoOf(found, 'MOBILE') });
};

describe('what Pro Santé Connect says', () => {
  test('names, title, profession and specialty in our codes; everything in its own words', () => {
    const { statement, claims, nationalId, authMode } = ofPerson('899900009992');
    expect({ nationalId, authMode }).toEqual({ nationalId: '899900009992', authMode: 'MOBILE' });
    expect(statement).toEqual({
      source: 'psc',
      familyName: 'INCONNU0009992',
      givenName: 'ALIX',
      title: 'DR',
      profession: '10',
      specialty: 'SM04',
    });
    expect(claims.SubjectRole).toEqual(['10^1.2.250.1.213.1.1.5.5']);
    expect(Object.keys(claims)).not.toEqual(expect.arrayContaining(['sub']));
  });

  test('of several professions the first is stated and all are handed on', () => {
    const { statement, claims } = ofPerson('899700000062');
    expect(statement).toMatchObject({ title: 'PR', profession: '10', specialty: 'SM26' });
    expect((claims.SubjectRefPro as { exercices: unknown[] }).exercices).toHaveLength(2);
  });

  test('a name is handed on as pages and mails may show it', () => {
    for (const text of Object.values(HOSTILE)) {
      const { familyName = '' } = read({ SubjectNameID: ID, family_name: `N${text}` }).statement;
      expect(foreignText(100).safeParse(familyName)).toEqual({ success: true, data: familyName });
    }
  });

  test('an empty text says nothing; what is missing is left out', () => {
    expect(ofPerson('899700000070').statement).toEqual({
      source: 'psc',
      familyName: 'VIDE0000070',
      givenName: 'DOMINIQUE',
    });
    expect(read({ SubjectNameID: ID }).statement).toEqual({ source: 'psc' });
    expect(read({ SubjectNameID: ID, SubjectRefPro: '', SubjectRole: '', codeCivilite: ' ' }).statement).toEqual({
      source: 'psc',
    });
  });

  test('numbers for texts, one thing for a list, a profession that only the role says, a code nobody knows', () => {
    const one = { codeProfession: 10, codeSavoirFaire: 'SM99', codeCiviliteDexercice: '' };
    expect(
      read({ SubjectNameID: Number(ID), codeCivilite: 'MME', SubjectRefPro: { exercices: one } }).statement,
    ).toEqual({ source: 'psc', title: 'MME', profession: '10' });
    expect(read({ SubjectNameID: ID, SubjectRole: '21^1.2.250.1.213.1.1.5.5' }).statement.profession).toBe('21');
    expect(read({ SubjectNameID: ID, SubjectRefPro: { codeCivilite: 'M' } }).statement.title).toBe('M');
    expect(read({ SubjectNameID: ID, SubjectRole: ['constructor^x'] }).statement).toEqual({ source: 'psc' });
  });

  test.each([
    '899700123450',
    '0691234567',
    '00B7010446',
    '30B0057881/CPET0002',
    '500000001815646/CPAT00045',
    'ANS20210107161422',
  ])('%s is a national identifier', (id) => {
    expect(read({ SubjectNameID: id }, {}, `f:x:${id}`).nationalId).toBe(id);
    // Userinfo without it: the ID token says it, or its subject alone.
    expect(read({}, { preferred_username: id }, `f:x:${id}`).nationalId).toBe(id);
    expect(read({}, {}, `f:x:${id}`).nationalId).toBe(id);
  });

  test.each(['', '99700123450', '8997001234500', '7123', 'x', '30B0057881/', "8997' or 1=1", ID.replace('8', '８')])(
    '%j is none',
    (id) => {
      expect(() => read({ SubjectNameID: id }, {}, 'another kind of subject')).toThrow(PscUnreadable);
    },
  );

  test('two that differ are refused, wherever they stand', () => {
    const other = '899700000013';
    for (const [userinfo, idClaims] of [
      [{ SubjectNameID: other }, {}],
      [{ SubjectNameID: ID }, { SubjectNameID: other }],
      [{ SubjectNameID: ID }, { preferred_username: other }],
      [{ preferred_username: other }, {}],
    ] as const) {
      expect(() => read(userinfo, idClaims)).toThrow(expect.objectContaining({ reason: 'national-id-changed' }));
    }
  });

  test('whatever stands in it, it is read or refused in words', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('SubjectRefPro', 'SubjectRole', 'codeCivilite', 'authMode', 'family_name'),
          fc.jsonValue(),
        ),
        (userinfo) => {
          const { statement } = read(userinfo as Record<string, unknown>);
          expect(Object.values(statement).every((value) => typeof value === 'string' && value !== '')).toBe(true);
        },
      ),
    );
  });
});
