import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { parallel, sampleAccount, testVault } from '../support/accounts/sample-accounts.ts';
import { onEachDatabase } from '../support/storage/each-database.ts';

const SOON = new Date('2026-11-23T09:00:00.000Z');
const FIRST = { stage: 'in-mode', data: { mode: null, tries: [1, 2] } };
const at = (uid: string, version: number) => ({ uid, version, clientId: 'portail', expiresAt: SOON });

onEachDatabase('flows, audit and transactions', (ground) => {
  const flows = () => ground().storage.flows;

  test('a flow is made by its first move, with the application it is for', async () => {
    const uid = randomUUID();
    expect(await flows().byUid(uid)).toBeUndefined();
    expect(await flows().move(at(uid, 0), FIRST)).toBe(true);
    expect(await flows().byUid(uid)).toEqual({ clientId: 'portail', ...FIRST, version: 1 });
  });

  test.each([0, 1])('of 20 moves from version %d, one wins', async (version) => {
    const uid = randomUUID();
    if (version > 0) await flows().move(at(uid, 0), FIRST);
    const results = await parallel(20, (index) =>
      flows().move(at(uid, version), { stage: `stage-${index}`, data: { index } }),
    );
    const winner = results.indexOf(true);
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await flows().byUid(uid)).toEqual({
      clientId: 'portail',
      stage: `stage-${winner}`,
      data: { index: winner },
      version: version + 1,
    });
  });

  test('nobody moves a flow that is not there, nor from where it no longer is', async () => {
    const uid = randomUUID();
    expect(await flows().move(at(uid, 1), FIRST)).toBe(false);
    await flows().move(at(uid, 0), FIRST);
    await flows().move(at(uid, 1), FIRST);
    for (const version of [0, 1, 3]) expect(await flows().move(at(uid, version), FIRST)).toBe(false);
  });

  test('an audit line keeps the keyed hash of the address, never the address', async () => {
    const accountId = randomUUID();
    await ground().storage.audit.write({
      event: 'sign-in.password-refused',
      accountId,
      clientId: 'portail',
      mode: 'login-mdp',
      supportCode: 'K7Q2',
      address: '192.0.2.7',
      details: { reason: 'wrong', amr: ['pwd'] },
    });
    const { rows } = await ground().database.raw('select * from audit where account_id = ?', [accountId]);
    expect(rows).toEqual([
      {
        id: expect.any(String),
        at: expect.any(Date),
        event: 'sign-in.password-refused',
        account_id: accountId,
        client_id: 'portail',
        mode: 'login-mdp',
        place: '192.0.x.x',
        acr: null,
        support_code: 'K7Q2',
        address_hash: testVault.index('192.0.2.7', 'address'),
        details: { reason: 'wrong', amr: ['pwd'] },
      },
    ]);
  });

  test('a transaction that fails leaves neither the change nor its audit line', async () => {
    const account = sampleAccount();
    const failure = new Error('the connection to the application broke');
    const work = ground().storage.transaction(async ({ accounts, audit }) => {
      await accounts.insert(account);
      await audit.write({ event: 'account.created', accountId: account.id });
      expect(await accounts.byId(account.id)).toBeDefined();
      throw failure;
    });
    await expect(work).rejects.toBe(failure);
    expect(await ground().storage.accounts.byId(account.id)).toBeUndefined();
    const { rows } = await ground().database.raw('select 1 from audit where account_id = ?', [account.id]);
    expect(rows).toEqual([]);
  });

  test('a transaction that succeeds keeps both, and hands back what the work returned', async () => {
    const account = sampleAccount();
    const result = await ground().storage.transaction(async ({ accounts, audit }) => {
      await accounts.insert(account);
      await audit.write({ event: 'account.created', accountId: account.id });
      return 'done';
    });
    expect(result).toBe('done');
    expect(await ground().storage.accounts.byId(account.id)).toBeDefined();
    const { rows } = await ground().database.raw('select event from audit where account_id = ?', [account.id]);
    expect(rows).toEqual([{ event: 'account.created' }]);
  });
});
