import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { structureDefinition } from '../../src/structures/structure.ts';
import { parallel, sampleAccount } from '../support/accounts/sample-accounts.ts';
import { onEachDatabase } from '../support/storage/each-database.ts';

const connector = { kind: 'oidc', issuer: 'https://login.example', client_id: 'mire' };
const define = (id: string, more: object = {}) =>
  structureDefinition.parse({ id, name: `Structure ${id}`, connector, ...more });
const NOW = new Date('2026-11-24T10:00:00Z');
const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);

onEachDatabase('structures', (ground) => {
  const storage = () => ground().storage;

  test('a structure is added, changed and left as it is; its secret stays until another one comes', async () => {
    const { structures } = storage();
    expect(await structures.save(define('chu'), 'first-secret')).toBe('added');
    expect(await structures.save(define('chu'), undefined)).toBe('unchanged');
    expect(await structures.save(define('chu', { town: 'Lyon' }), undefined)).toBe('changed');
    expect(await structures.secret('chu')).toBe('first-secret');
    expect(await structures.save(define('chu', { town: 'Lyon' }), 'second-secret')).toBe('changed');
    expect(await structures.secret('chu')).toBe('second-secret');
    expect(await structures.byId('chu')).toMatchObject({ town: 'Lyon', version: 3, enabled: true });
    const [row] = await ground().database('structures').select('definition', 'secret');
    expect(JSON.stringify(row)).not.toContain('second-secret');
  });

  test('searches find open ones by every word; FINESS and networks too', async () => {
    const { structures } = storage();
    await structures.save(define('a', { name: 'Hôpital Édouard', town: 'Lyon', finess: '690000001' }), 'x');
    await structures.save(define('b', { name: 'Hôpital Sud', town: 'Lyon', networks: ['198.51.100.0/24'] }), 'x');
    const found = async (text: string) => (await structures.search(text, 10)).map(({ id }) => id);
    expect(await found('HOPITAL lyon')).toEqual(expect.arrayContaining(['a', 'b']));
    expect(await found('edouard')).toEqual(['a']);
    expect(await found('100%_')).toEqual([]);
    expect((await structures.byFiness('690000001'))?.id).toBe('a');
    expect(await structures.networks()).toContainEqual({ id: 'b', network: '198.51.100.0/24' });
    expect(await structures.setEnabled('b', false)).toBe(true);
    expect(await structures.setEnabled('b', false)).toBe(false);
    expect(await found('sud')).toEqual([]);
    expect(await structures.networks()).not.toContainEqual({ id: 'b', network: '198.51.100.0/24' });
  });

  test('of many tries at once as many are made as may be, until it was quiet long enough', async () => {
    const { structures, structureTries } = storage();
    await structures.save(define('t'), 'x');
    const most = { attempts: 3, minutes: 30 };
    const take = (at: Date) => structureTries.take('t', 'entry', at, most);
    const answers = await parallel(10, () => take(NOW));
    expect(answers.filter((next) => next === undefined)).toHaveLength(3);
    expect(answers.find((next) => next !== undefined)).toEqual(later(30));
    // A refusal is no try: the directory saw nothing of it.
    expect(await take(later(29))).toEqual(later(30));
    expect(await take(later(30))).toBeUndefined();
    // Spread over hours it never reaches what the directory counts.
    expect([await take(later(59)), await take(later(88)), await take(later(117))]).toEqual([
      undefined,
      undefined,
      later(118),
    ]);
    await structureTries.forget('t', 'entry');
    expect(await take(later(117))).toBeUndefined();
  });

  test('members are known by keyed hashes, leave once, and come back', async () => {
    const { structures, structureMembers, accounts } = storage();
    await structures.save(define('m'), 'x');
    const account = sampleAccount({ id: randomUUID() });
    await accounts.insert(account);
    await accounts.linkIdentity(account.id, 'structure:m', 'entry-of-marie');
    const member = { accountId: account.id, entryId: 'entry-of-marie' };
    expect(await structureMembers.present('m')).toEqual([member]);
    expect(await structureMembers.byLogin('m', 'marie')).toBeUndefined();
    await structureMembers.seen('m', 'entry-of-marie', 'marie', NOW);
    expect(await structureMembers.byLogin('m', 'marie')).toEqual(member);
    const left = await parallel(5, () => structureMembers.left('m', 'entry-of-marie', NOW));
    expect(left.filter(Boolean)).toHaveLength(1);
    expect(await structureMembers.present('m')).toEqual([]);
    await structureMembers.seen('m', 'entry-of-marie', 'marie', NOW);
    expect(await structureMembers.present('m')).toEqual([member]);
    const rows = JSON.stringify(await ground().database('structure_members'));
    for (const clear of ['marie', 'entry-of-marie']) expect(rows).not.toContain(clear);
  });

  test('of several workers one gets the night of a structure', async () => {
    const { structures } = storage();
    await structures.save(define('n'), 'x');
    const claims = await parallel(5, () => structures.claimCheck('n', NOW, later(-60)));
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await structures.claimCheck('n', later(120), later(60))).toBe(true);
  });
});
