import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { onEachDatabase } from '../support/each-database.ts';
import { parallel, sampleAccount, testVault } from '../support/sample-accounts.ts';

const SOON = new Date('2026-11-23T09:00:00.000Z');
const FIRST = { clientId: 'portail', stage: 'choosing', data: { mode: null, tries: [1, 2] } };

onEachDatabase('flows, audit and transactions', (ground) => {
  const flows = () => ground().storage.flows;

  test('a flow is made once: what is there already comes back, and no other first row replaces it', async () => {
    const uid = randomUUID();
    expect(await flows().byUid(uid)).toBeUndefined();
    expect(await flows().open(uid, FIRST, SOON)).toEqual({ ...FIRST, version: 1 });
    expect(await flows().open(uid, { clientId: 'ror', stage: 'other', data: {} }, SOON)).toEqual({
      ...FIRST,
      version: 1,
    });
    expect(await flows().byUid(uid)).toEqual({ ...FIRST, version: 1 });
  });

  test('20 parallel openings of one interaction see one and the same row', async () => {
    const uid = randomUUID();
    const rows = await parallel(20, (index) => flows().open(uid, { ...FIRST, stage: `stage-${index}` }, SOON));
    expect(new Set(rows.map((row) => row.stage)).size).toBe(1);
    expect(await flows().byUid(uid)).toEqual(rows[0]);
  });

  test('of 20 moves from one version, one wins', async () => {
    const uid = randomUUID();
    await flows().open(uid, FIRST, SOON);
    const results = await parallel(20, (index) => flows().move(uid, 1, { stage: `stage-${index}`, data: { index } }));
    const winner = results.indexOf(true);
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await flows().byUid(uid)).toEqual({
      clientId: 'portail',
      stage: `stage-${winner}`,
      data: { index: winner },
      version: 2,
    });
    expect(await flows().move(randomUUID(), 1, { stage: 'x', data: {} })).toBe(false);
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
