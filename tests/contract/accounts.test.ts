import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { AccountTaken, NATIONAL_ID } from '../../src/accounts/account.ts';
import { loginKey } from '../../src/accounts/login-key.ts';
import { parallel, sampleAccount } from '../support/accounts/sample-accounts.ts';
import { onEachDatabase } from '../support/storage/each-database.ts';

onEachDatabase('accounts', (ground) => {
  const accounts = () => ground().storage.accounts;

  test('an account comes back as it was written', async () => {
    const account = sampleAccount({
      login: 'MDurand',
      email: 'Marie.Durand@example.org',
      emailVerified: true,
      phone: '+33612345678',
      phoneVerified: true,
      title: 'DR',
      profession: '10',
      specialty: 'SM26',
      locale: 'fr',
      extraClaims: { nickname: 'Mimi', address: { locality: 'Lyon' } },
      roles: ['support', 'admin'],
      termsVersion: '2026-01',
      preferredChannel: 'sms',
    });
    await accounts().insert(account);
    expect(await accounts().byId(account.id)).toEqual({ ...account, status: 'active', updatedAt: expect.any(Date) });
  });

  test('what was never given comes back as undefined, and an unknown id as nobody', async () => {
    const account = sampleAccount();
    await accounts().insert(account);
    expect(await accounts().byId(account.id)).toEqual({
      ...account,
      login: undefined,
      emailVerified: false,
      phoneVerified: false,
      extraClaims: {},
      roles: [],
      status: 'active',
      updatedAt: expect.any(Date),
    });
    expect(await accounts().byId(randomUUID())).toBeUndefined();
  });

  test.each([
    ['Jean.Martin', 'JEAN.MARTIN '],
    ['ｊｅａｎ２', 'Jean2'],
    ['zoé\u200bblanc', 'ZOÉBLANC'],
    ['zoe\u0301noir', 'zoénoir'],
  ])('login %j is found however it is spelled: %j', async (login, typed) => {
    const account = sampleAccount({ login });
    await accounts().insert(account);
    expect((await accounts().byLoginKey(loginKey(typed)))?.account.id).toBe(account.id);
    await expect(accounts().insert(sampleAccount({ login: typed }))).rejects.toThrow(AccountTaken);
  });

  test('a mail finds its account, with the password hash in the same answer', async () => {
    const account = sampleAccount({ email: 'Paul.Petit@example.org' });
    await accounts().insert(account);
    const key = loginKey(' paul.petit@EXAMPLE.org');
    expect(await accounts().byLoginKey(key)).toMatchObject({ account: { id: account.id }, passwordHash: undefined });
    await accounts().setPasswordHash(account.id, 'hash');
    expect(await accounts().byLoginKey(key)).toMatchObject({ account: { id: account.id }, passwordHash: 'hash' });
    expect(await accounts().byLoginKey('nobody@example.org')).toBeUndefined();
  });

  test('a login, a mail or an id that is taken is refused, and so is a login that is somebody’s mail', async () => {
    const taken = sampleAccount({ login: 'taken', email: 'taken@example.org' });
    await accounts().insert(taken);
    const clashes = [
      sampleAccount({ login: 'TAKEN' }),
      sampleAccount({ email: 'Taken@Example.org' }),
      sampleAccount({ id: taken.id }),
      sampleAccount({ login: 'taken@example.org' }),
      sampleAccount({ email: 'taken' }),
    ];
    for (const clash of clashes) await expect(accounts().insert(clash)).rejects.toThrow(AccountTaken);
  });

  test('a refused account does not spoil the transaction around it', async () => {
    await accounts().insert(sampleAccount({ login: 'once' }));
    const other = sampleAccount();
    await ground().storage.transaction(async (storage) => {
      await expect(storage.accounts.insert(sampleAccount({ login: 'once' }))).rejects.toThrow(AccountTaken);
      await storage.accounts.insert(other);
    });
    expect(await accounts().byId(other.id)).toBeDefined();
  });

  test('of 20 people who take one login at once, one gets it', async () => {
    const tries = await parallel(20, () =>
      accounts()
        .insert(sampleAccount({ login: 'race' }))
        .then(
          () => 'in',
          (error: Error) => error.name,
        ),
    );
    expect(tries.filter((result) => result === 'in')).toHaveLength(1);
    expect(tries.filter((result) => result === 'AccountTaken')).toHaveLength(19);
  });

  test('a hash is replaced only while the one it replaces still stands', async () => {
    const account = sampleAccount({ login: 'upgraded' });
    await accounts().insert(account);
    await accounts().setPasswordHash(account.id, 'old');
    await accounts().setPasswordHash(account.id, 'changed by its owner');
    await accounts().setPasswordHash(account.id, 'old, stronger', 'old');
    expect((await accounts().byLoginKey('upgraded'))?.passwordHash).toBe('changed by its owner');
    await accounts().setPasswordHash(account.id, 'stronger', 'changed by its owner');
    expect((await accounts().byLoginKey('upgraded'))?.passwordHash).toBe('stronger');
  });

  test('since when proofs count never goes back; that of undo codes moves where it is said', async () => {
    const { id } = sampleAccount();
    await accounts().insert(sampleAccount({ id }));
    const [one, two] = [new Date('2026-11-30T10:00:00.123Z'), new Date('2026-11-30T10:00:05Z')];
    expect(await accounts().byId(id)).toMatchObject({ proofsSince: undefined, undosSince: undefined });
    expect(await accounts().moveSince(id, two)).toEqual(two);
    expect(await accounts().moveSince(id, one, one)).toEqual(two);
    expect(await accounts().byId(id)).toMatchObject({ proofsSince: two, undosSince: one });
    expect(await accounts().moveSince(randomUUID(), one)).toBeUndefined();
  });

  test('blocking, roles, terms and channel are written, and a change that changes nothing says so', async () => {
    const { id } = sampleAccount();
    await accounts().insert(sampleAccount({ id }));
    expect(await accounts().setStatus(id, { by: 'administrator', to: 'blocked', reason: 'lost card' })).toBe(true);
    expect(await accounts().setStatus(id, { by: 'administrator', to: 'blocked', reason: 'again' })).toBe(false);
    expect(await accounts().setStatus(randomUUID(), { by: 'administrator', to: 'blocked', reason: 'nobody' })).toBe(
      false,
    );
    expect(await accounts().setRoles(id, ['support'])).toBe(true);
    expect(await accounts().setRoles(id, ['support'])).toBe(false);
    await accounts().acceptTerms(id, '2026-02');
    await accounts().setPreferredChannel(id, 'sms');
    expect(await accounts().byId(id)).toMatchObject({
      status: 'blocked',
      roles: ['support'],
      termsVersion: '2026-02',
      preferredChannel: 'sms',
    });
  });

  test('an identity belongs to one account: linked twice it is no error, by another it is refused', async () => {
    const [one, other] = [sampleAccount(), sampleAccount()];
    await accounts().insert(one);
    await accounts().insert(other);
    await accounts().linkIdentity(one.id, NATIONAL_ID, '899700000001');
    await accounts().linkIdentity(one.id, NATIONAL_ID, '899700000001');
    await expect(accounts().linkIdentity(other.id, NATIONAL_ID, '899700000001')).rejects.toThrow(AccountTaken);
    // The same text from another source is somebody else.
    await accounts().linkIdentity(other.id, 'structure-directory', '899700000001');
    expect((await accounts().byIdentity(NATIONAL_ID, '899700000001'))?.id).toBe(one.id);
    expect((await accounts().byIdentity('structure-directory', '899700000001'))?.id).toBe(other.id);
    expect(await accounts().identity(one.id, NATIONAL_ID)).toBe('899700000001');
    expect(await accounts().identity(other.id, NATIONAL_ID)).toBeUndefined();
  });

  test('a national id stands nowhere in clear', async () => {
    const { id } = sampleAccount();
    await accounts().insert(sampleAccount({ id }));
    await accounts().linkIdentity(id, NATIONAL_ID, '899700000777');
    const { rows } = await ground().database.raw(
      "select encode(external_id, 'escape') || encode(external_id_hash, 'escape') as text from identities where account_id = ?",
      [id],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0].text).not.toContain('899700000777');
  });

  test('of 20 accounts that link one identity at once, one has it', async () => {
    const people = await parallel(20, async () => {
      const account = sampleAccount();
      await accounts().insert(account);
      return account.id;
    });
    const results = await Promise.all(
      people.map((id) =>
        accounts()
          .linkIdentity(id, NATIONAL_ID, '899700000020')
          .then(
            () => id,
            () => undefined,
          ),
      ),
    );
    const winners = results.filter((id) => id !== undefined);
    expect(winners).toHaveLength(1);
    expect((await accounts().byIdentity(NATIONAL_ID, '899700000020'))?.id).toBe(winners[0]);
  });
});
