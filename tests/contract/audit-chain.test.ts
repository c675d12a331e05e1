import { beforeAll, expect, test } from '@jest/globals';
import { createAuditLines } from '../../adapters/db/audit-lines.ts';
import { createSealedAudit } from '../../adapters/db/audit-seals.ts';
import type { Database } from '../../adapters/db/database.ts';
import { createCheckpointKey } from '../../src/audit/checkpoint-key.ts';
import { type SealedAudit, sealLines } from '../../src/audit/sealing.ts';
import { type Defect, type Verdict, verifyAudit } from '../../src/audit/verification.ts';
import { parallel, testVault } from '../support/accounts/sample-accounts.ts';
import { onEachDatabase } from '../support/storage/each-database.ts';

const key = createCheckpointKey(testVault);
const seal = sealLines(key);

onEachDatabase('the chain of the audit', (ground) => {
  let sealer: SealedAudit;
  const verify = () => verifyAudit(createAuditLines(ground().database), key);
  const line = (n: number) =>
    ground().storage.audit.write({
      event: 'sign-in.password-refused',
      clientId: `application-${n}`,
      address: '203.0.113.7',
      supportCode: 'ABCD-2345',
      details: { n, words: ['é', '"', '\\'] },
    });
  const sealAll = async () => {
    while ((await sealer.round(seal)) !== 0) {
      // Until nothing is left.
    }
  };

  beforeAll(async () => {
    sealer = createSealedAudit(ground().database);
    for (let n = 0; n < 12; n++) await line(n);
    await sealer.round(seal);
    for (let n = 12; n < 30; n++) await line(n);
    await sealAll();
  });

  /** Does harm as the owner of the database could, looks, and takes it back. */
  async function harmed(harm: (transaction: Database) => Promise<unknown>): Promise<Verdict> {
    let verdict: Verdict | undefined;
    const undone = new Error('taken back');
    await ground()
      .database.transaction(async (transaction) => {
        for (const table of ['audit', 'audit_seals', 'audit_retirements'])
          await transaction.raw(`alter table ${table} disable trigger ${table}_unchanged`);
        await harm(transaction);
        verdict = await verifyAudit(createAuditLines(transaction), key);
        throw undone;
      })
      .catch((error: unknown) => {
        if (error !== undone) throw error;
      });
    if (!verdict) throw new Error('nothing was verified');
    return verdict;
  }
  const defectsOf = ({ defects }: Verdict): Defect[] => [...new Set(defects.map(({ defect }) => defect))];

  test('what nobody touched is whole, and the tail without a seal is told', async () => {
    expect(await verify()).toMatchObject({ ok: true, unsealed: 0, defects: [] });
    const { sealed } = await verify();
    expect(sealed).toBeGreaterThanOrEqual(30);
    await line(30);
    expect(await verify()).toMatchObject({ ok: true, sealed, unsealed: 1 });
    await sealAll();
    expect(await verify()).toMatchObject({ ok: true, sealed: sealed + 1, unsealed: 0 });
  });

  test('what is sealed while the audit is read is no end that was cut off', async () => {
    const lines = createAuditLines(ground().database);
    const meanwhile = {
      ...lines,
      async *seals() {
        yield* lines.seals();
        await line(31);
        await sealAll();
      },
    };
    expect(await verifyAudit(meanwhile, key)).toMatchObject({ ok: true, unsealed: 0, defects: [] });
  });

  test('any column of any single line that is changed is found', async () => {
    const { rows } = await ground().database.raw<{ rows: { id: string }[] }>('select id from audit order by id');
    const changes = [
      "event = 'sign-in.succeeded'",
      'account_id = gen_random_uuid()',
      "client_id = 'other'",
      "mode = 'cps'",
      "acr = 'eidas3'",
      "support_code = 'ZZZZ-ZZZZ'",
      "address_hash = '\\x00'",
      "place = 'elsewhere'",
      'details = details || \'{"n": -1}\'',
    ];
    for (const [index, { id }] of rows.entries()) {
      const change = changes[index % changes.length] ?? '';
      // Through a transition table of its own name: a question mark is knex's.
      const verdict = await harmed((transaction) => transaction.raw(`update audit set ${change} where id = ${id}`));
      expect([change, verdict.defects]).toEqual([
        change,
        [expect.objectContaining({ defect: 'line-changed', line: id })],
      ]);
    }
    const [{ id } = { id: '' }] = rows;
    const moved = await harmed((t) => t.raw(`update audit set at = at - interval '1 microsecond' where id = ${id}`));
    expect(defectsOf(moved)).toContain('line-missing');
  });

  test('any single line that is dropped is found', async () => {
    const { rows } = await ground().database.raw<{ rows: { id: string }[] }>('select id from audit order by id');
    for (const { id } of rows) {
      const verdict = await harmed((transaction) => transaction.raw(`delete from audit where id = ${id}`));
      expect(verdict.defects).toEqual([expect.objectContaining({ defect: 'line-missing', line: id })]);
    }
  });

  test('a line that is dropped with its seal is found, wherever it stood', async () => {
    const { rows } = await ground().database.raw<{ rows: { line_id: string }[] }>(
      'select line_id from audit_seals order by position',
    );
    for (const { line_id } of rows) {
      const verdict = await harmed(async (transaction) => {
        await transaction.raw(`delete from audit where id = ${line_id}`);
        await transaction.raw(`delete from audit_seals where line_id = ${line_id}`);
      });
      expect(verdict.ok).toBe(false);
    }
  });

  test('a line inserted into the past is found, sealed or not', async () => {
    const forged = `insert into audit (at, event) values (now() - interval '1 hour', 'sign-in.succeeded')`;
    expect(defectsOf(await harmed((transaction) => transaction.raw(forged)))).toEqual(['never-sealed']);
    const sealed = await harmed(async (transaction) => {
      await transaction.raw(forged);
      await createSealedAudit(transaction).round(seal);
    });
    expect(defectsOf(sealed)).toEqual(['inserted-later']);
  });

  test('a chain made again without the key is found, and so is one cut short of a head kept elsewhere', async () => {
    const forger = sealLines({ ...key, sign: () => Buffer.alloc(64) });
    const remade = await harmed(async (transaction) => {
      await transaction.raw('delete from audit_seals');
      await transaction.raw(`update audit set acr = 'eidas3' where id = (select min(id) from audit)`);
      await createSealedAudit(transaction).round(forger);
    });
    expect(defectsOf(remade)).toContain('signature-wrong');
    const { head } = await verify();
    const kept = { position: BigInt(head.position), hash: Buffer.from(head.hash, 'hex') };
    await ground()
      .database.transaction(async (transaction) => {
        await transaction.raw('alter table audit disable trigger audit_unchanged');
        await transaction.raw('alter table audit_seals disable trigger audit_seals_unchanged');
        await transaction.raw('delete from audit where id in (select line_id from audit_seals where position > 12)');
        await transaction.raw('delete from audit_seals where position > 12');
        expect(defectsOf(await verifyAudit(createAuditLines(transaction), key))).toEqual(['end-cut-off']);
        await transaction.raw(
          'update audit_sealer set position = 12, hash = (select hash from audit_seals where position = 12)',
        );
        // A chain that ends at a signature is whole in itself: only what was kept elsewhere tells.
        expect(defectsOf(await verifyAudit(createAuditLines(transaction), key))).toEqual([]);
        expect(defectsOf(await verifyAudit(createAuditLines(transaction), key, kept))).toEqual(['head-unknown']);
        throw new Error('taken back');
      })
      .catch((error: Error) => expect(error.message).toBe('taken back'));
    expect((await verifyAudit(createAuditLines(ground().database), key, kept)).ok).toBe(true);
  });

  test('nobody changes or deletes a line: not the owner of the tables by mistake', async () => {
    const { database } = ground();
    for (const table of ['audit', 'audit_seals']) {
      await expect(database(table).del()).rejects.toThrow(/never changed nor deleted/);
    }
    await expect(database('audit').update({ event: 'x' })).rejects.toThrow(/never changed nor deleted/);
  });

  test('lines written at once by many are each sealed once, in one chain, by sealers that meet', async () => {
    const sealers = Array.from({ length: 4 }, () => createSealedAudit(ground().database));
    await Promise.all([
      parallel(60, (n) => line(100 + n)),
      ...sealers.map(async (one) => {
        for (let round = 0; round < 5; round++) await one.round(seal);
      }),
    ]);
    await sealAll();
    const { rows } = await ground().database.raw('select count(*) as lines, count(distinct id) as ids from audit');
    expect(await verify()).toMatchObject({ ok: true, sealed: Number(rows[0].lines), unsealed: 0 });
  });

  test('a transaction that ends after later lines were sealed is sealed too, and found in its time', async () => {
    const { database } = ground();
    let finish = () => undefined as unknown;
    const open = new Promise<void>((resolve) => {
      finish = () => resolve();
    });
    // Under PGlite nothing else runs while a transaction is open.
    const single = (await database.raw('select version() as v')).rows[0].v.includes('PGlite');
    const late = database.transaction(async (transaction) => {
      await transaction.raw("insert into audit (event, details) values ('account.created', '{}')");
      if (!single) await open;
    });
    if (!single) {
      await line(200);
      await sealAll();
    }
    finish();
    await late;
    await sealAll();
    expect(await verify()).toMatchObject({ ok: true, unsealed: 0 });
  });
});
