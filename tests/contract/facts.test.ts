import { expect, test } from '@jest/globals';
import { NATIONAL_ID } from '../../src/accounts/account.ts';
import { effective, fieldOrigin, identitySources, recordStatement } from '../../src/accounts/facts.ts';
import { sampleAccount } from '../support/accounts/sample-accounts.ts';
import { onEachDatabase } from '../support/storage/each-database.ts';

const DAY = 24 * 60 * 60 * 1000;
const MONDAY = new Date('2026-11-23T08:00:00.000Z');
const day = (count: number) => new Date(MONDAY.getTime() + count * DAY);

onEachDatabase('what each source says of a person', (ground) => {
  const line = { supportCode: 'XXXX-XXXX' };
  const made = async () => {
    const account = {
      ...sampleAccount(),
      familyName: 'Martin',
      givenName: 'Alice',
      profession: '60',
      specialty: undefined,
    };
    await ground().storage.accounts.insert(account);
    return account;
  };
  const say = (id: string, statement: { source: string } & Record<string, unknown>, at: Date) =>
    ground().storage.transaction((tx) => recordStatement(tx, id, statement, at, line));
  const now = async (id: string) => {
    const { storage } = ground();
    const [account, facts] = [await storage.accounts.byId(id), await storage.facts.of(id)];
    if (!account) throw new Error('no account');
    return { account, facts };
  };
  const lines = async (id: string) =>
    ground().database('audit').where({ account_id: id, event: 'account.facts-recorded' });

  test('is written when it is new, with its date, and not again', async () => {
    const { id } = await made();
    await say(id, { source: 'cps', familyName: 'MARTIN', givenName: 'ALICE', profession: '10' }, day(0));
    await say(id, { source: 'cps', familyName: 'MARTIN', givenName: 'ALICE', profession: '10' }, day(1));
    await say(id, { source: 'cps', profession: '10', givenName: 'ALICE', familyName: 'MARTIN' }, day(2));
    const { account, facts } = await now(id);
    expect(facts.map(({ source, statedAt }) => [source, statedAt])).toEqual([['cps', day(0)]]);
    // In capitals it is no other name; the profession is another one.
    expect(account).toMatchObject({ familyName: 'Martin', givenName: 'Alice', profession: '10' });
    expect((await lines(id)).map(({ details }) => details)).toEqual([{ source: 'cps', changed: ['profession'] }]);
    await say(id, { source: 'cps', familyName: 'DURAND', givenName: 'ALICE', profession: '10' }, day(3));
    expect((await now(id)).account.familyName).toBe('DURAND');
  });

  test('the stronger source wins, whichever spoke last: register, then structure, then the person', async () => {
    const { id } = await made();
    await say(id, { source: 'person', profession: '21', title: 'PR' }, day(9));
    expect((await now(id)).account.profession).toBe('21');
    await say(id, { source: 'structure:chu', profession: '70', familyName: 'Martin-Roux' }, day(8));
    expect((await now(id)).account).toMatchObject({ profession: '70', familyName: 'Martin-Roux', title: 'PR' });
    await say(id, { source: 'cps', profession: '10', familyName: 'MARTIN', givenName: 'ALICE' }, day(7));
    await say(id, { source: 'psc', profession: '40', specialty: 'SCD01', title: 'DR' }, day(1));
    await say(id, { source: 'person', profession: '60', title: 'M' }, day(12));
    const { account, facts } = await now(id);
    expect(facts.map(({ source }) => source)).toEqual(['psc', 'cps', 'structure:chu', 'person']);
    expect(account).toMatchObject({ profession: '40', specialty: 'SCD01', title: 'DR', familyName: 'MARTIN' });
    expect(identitySources(account, '899700123450', facts)).toEqual({
      national_id: { source: 'psc', since: '2026-11-24' },
      title: { source: 'psc', since: '2026-11-24' },
      profession: { source: 'psc', since: '2026-11-24' },
      specialty: { source: 'psc', since: '2026-11-24' },
    });
    expect(fieldOrigin(account, facts, 'familyName')).toEqual({ source: 'cps', since: '2026-11-30' });
  });

  test('of two structures the one that spoke last is heard; a specialty of another profession says nothing', async () => {
    const { id } = await made();
    await say(id, { source: 'structure:a', profession: '10', specialty: 'SM54' }, day(1));
    await say(id, { source: 'structure:b', profession: '60' }, day(2));
    const { account, facts } = await now(id);
    expect([account.profession, account.specialty]).toEqual(['60', undefined]);
    expect(effective(account, facts).specialty).toBeUndefined();
  });

  test('what was never said by anybody comes from the account', async () => {
    const account = { ...(await made()), title: 'MME' };
    expect(identitySources(account, undefined, [])).toEqual({
      title: { source: 'account' },
      profession: { source: 'account' },
    });
  });

  test('an alias is found by, and never said; that of somebody else stays theirs', async () => {
    const { storage } = ground();
    const [one, two] = [await made(), await made()];
    await storage.accounts.linkIdentity(one.id, NATIONAL_ID, '899700000011');
    await say(one.id, { source: 'psc', otherNationalIds: ['0691234567'] }, day(1));
    expect((await storage.accounts.byIdentity(NATIONAL_ID, '0691234567'))?.id).toBe(one.id);
    expect(await storage.accounts.identity(one.id, NATIONAL_ID)).toBe('899700000011');
    await say(two.id, { source: 'psc', otherNationalIds: ['0691234567'] }, day(1));
    expect((await storage.accounts.byIdentity(NATIONAL_ID, '0691234567'))?.id).toBe(one.id);
    // Proved by its own card one day, it is theirs to say.
    await storage.accounts.linkIdentity(one.id, NATIONAL_ID, '0691234567');
    await expect(storage.accounts.linkIdentity(two.id, NATIONAL_ID, '0691234567')).rejects.toThrow('another account');
  });

  test('nothing of it stands in clear', async () => {
    const { id } = await made();
    await say(id, { source: 'psc', familyName: 'Nomenclair', otherNationalIds: ['0699999999'] }, day(1));
    const rows = JSON.stringify(await ground().database('account_facts').where({ account_id: id }));
    expect(rows).not.toMatch(/Nomenclair|0699999999/);
  });
});
