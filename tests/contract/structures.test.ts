import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { saveStructure } from '../../src/structures/saving.ts';
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
    expect(await structures.save(define('chu'), { given: 'first-secret' })).toBe('added');
    expect(await structures.save(define('chu'), { kept: true })).toBe('unchanged');
    expect(await structures.save(define('chu', { town: 'Lyon' }), { kept: true })).toBe('changed');
    expect(await structures.secret('chu')).toBe('first-secret');
    expect(await structures.save(define('chu', { town: 'Lyon' }), { given: 'second-secret' })).toBe('changed');
    expect(await structures.secret('chu')).toBe('second-secret');
    expect(await structures.byId('chu')).toMatchObject({ town: 'Lyon', version: 3, enabled: true });
    const [row] = await ground().database('structures').select('definition', 'secret');
    expect(JSON.stringify(row)).not.toContain('second-secret');
  });

  const ldap = {
    kind: 'ldap',
    servers: ['ldaps://one.example', 'ldaps://two.example'],
    ca: '-----BEGIN CERTIFICATE-----',
    bind_dn: 'cn=mire',
    base_dn: 'dc=example',
  };
  const CHANGES: readonly (readonly [what: string, before: object, after: object, kept: boolean])[] = [
    ['a name', connector, connector, true],
    ['its own id there', connector, { ...connector, client_id: 'other' }, true],
    ['another issuer', connector, { ...connector, issuer: 'https://evil.example' }, false],
    ['another realm of one host', connector, { ...connector, issuer: 'https://login.example/other' }, false],
    ['another port', connector, { ...connector, issuer: 'https://login.example:8443' }, false],
    ['plain http', connector, { ...connector, issuer: 'http://login.example' }, false],
    ['the order of servers', ldap, { ...ldap, servers: [...ldap.servers].reverse() }, true],
    ['a server less', ldap, { ...ldap, servers: ['ldaps://two.example'] }, true],
    ['a server more', ldap, { ...ldap, servers: [...ldap.servers, 'ldaps://evil.example'] }, false],
    ['another port of a server', ldap, { ...ldap, servers: ['ldaps://one.example:6636'] }, false],
    ['a provider in place of a directory', ldap, connector, false],
    ['a directory in place of a provider', connector, ldap, false],
  ];
  test.each(CHANGES)('the secret kept for one host was told to another: %s', async (_what, before, after, kept) => {
    const { structures } = storage();
    const id = `host-${CHANGES.findIndex(([what]) => what === _what)}`;
    const secretOf = ({ kind }: { kind?: string }) => (kind === 'ldap' ? 'bind_password' : 'client_secret');
    const as = (of: object, more: object = {}) => define(id, { name: 'Renommé', connector: { ...of, ...more } });
    await saveStructure(storage(), define(id, { connector: { ...before, [secretOf(before)]: 'of-before' } }));
    expect(await saveStructure(storage(), as(after))).toBe(kept ? 'changed' : 'secret-missing');
    // Refused, nothing changed; without need of one, or with one in a file, the one of before is gone.
    expect(await structures.secret(id)).toBe('of-before');
    if (kept) return;
    const elsewhere = { [`${secretOf(after)}_file`]: '/run/secrets/other' };
    expect(await saveStructure(storage(), as(after, elsewhere))).toBe('changed');
    expect(await structures.secret(id)).toBeUndefined();
    expect(await saveStructure(storage(), as(after, { [secretOf(after)]: 'of-after' }))).toBe('changed');
    expect(await structures.secret(id)).toBe('of-after');
  });

  test('searches find open ones by every word; FINESS and networks too', async () => {
    const { structures } = storage();
    await structures.save(define('a', { name: 'Hôpital Édouard', town: 'Lyon', finess: '690000001' }), { given: 'x' });
    await structures.save(define('b', { name: 'Hôpital Sud', town: 'Lyon', networks: ['198.51.100.0/24'] }), {
      given: 'x',
    });
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
    const { directoryTries } = storage();
    const most = { attempts: 3, minutes: 30 };
    const take = (at: Date) => directoryTries.take('entry', at, most);
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
    await directoryTries.forget('entry');
    expect(await take(later(117))).toBeUndefined();
  });

  test('members are known by keyed hashes, leave once, and come back', async () => {
    const { structures, structureMembers, accounts } = storage();
    await structures.save(define('m'), { given: 'x' });
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
    await structures.save(define('n'), { given: 'x' });
    const claims = await parallel(5, () =>
      structures.claimCheck('n', NOW, { begunBefore: later(-60), workedBefore: later(-60) }),
    );
    expect(claims.filter(Boolean)).toHaveLength(1);
    const due = { begunBefore: later(60), workedBefore: later(60) };
    expect(await structures.claimCheck('n', later(120), due)).toBe(true);
    // One that worked is not due again; one that failed is, and says since when.
    await structures.checkWorked('n', later(121));
    expect(await structures.claimCheck('n', later(150), { ...due, begunBefore: later(140) })).toBe(false);
    expect(await structures.checkFailed('n', later(200), 'no answer')).toEqual(later(200));
    expect(await structures.checkFailed('n', later(230), 'no answer still')).toEqual(later(200));
    expect((await structures.checks()).find(({ id }) => id === 'n')).toEqual({
      id: 'n',
      verifiedAt: later(121),
      failingSince: later(200),
      failure: 'no answer still',
      secretRefused: false,
    });
    await structures.checkWorked('n', later(240));
    expect((await structures.checks()).find(({ id }) => id === 'n')?.failingSince).toBeUndefined();
  });
});
