import { beforeAll, expect, test } from '@jest/globals';
import { createAuditLines } from '../../adapters/db/audit-lines.ts';
import { createSealedAudit } from '../../adapters/db/audit-seals.ts';
import { createCheckpointKey } from '../../src/audit/checkpoint-key.ts';
import { retentionBoundary, retireMonths, sealLines } from '../../src/audit/sealing.ts';
import { verifyAudit } from '../../src/audit/verification.ts';
import { testVault } from '../support/accounts/sample-accounts.ts';
import { onEachDatabase } from '../support/storage/each-database.ts';

const key = createCheckpointKey(testVault);
const DAY = 24 * 60 * 60 * 1000;

onEachDatabase('the retention of the audit', (ground) => {
  const NOW = new Date();
  const boundary = retentionBoundary(NOW, 200);
  const old = (days: number) => new Date(boundary.getTime() - days * DAY);
  const tables = async () => {
    const { rows } = await ground().database.raw<{ rows: { name: string }[] }>(
      "select relname as name from pg_class where relkind = 'r' and relname ~ '^audit(_seals|)_[0-9]' order by 1",
    );
    return rows.map(({ name }) => name);
  };
  const month = (parent: string, date: Date) =>
    `${parent}_${date.getUTCFullYear()}_${String(date.getUTCMonth() + 1).padStart(2, '0')}`;

  /** A year that passed: lines, and their seals at the time. */
  beforeAll(async () => {
    const { database } = ground();
    await database.raw('select audit_make_months(?, 0)', [old(70)]);
    const moments = [old(65), old(40), old(35), old(1), new Date(boundary.getTime() - 500), boundary, NOW];
    for (const at of moments) await database('audit').insert({ at, event: 'account.created' });
    const audit = createSealedAudit(database);
    await audit.round((end, lines) => sealLines(key)(end, lines));
    // As if each had been sealed within two seconds of its own time.
    await database.raw('alter table audit_seals disable trigger audit_seals_unchanged');
    await database.raw("update audit_seals set sealed_at = line_at + interval '1 second'");
    await database.raw('alter table audit_seals enable trigger audit_seals_unchanged');
    await database('audit').insert({ event: 'account.blocked' });
    await audit.round((end, lines) => sealLines(key)(end, lines));
  });
  const verify = () => verifyAudit(createAuditLines(ground().database), key);

  test('a month that the retention lets go leaves at a signature, and the rest is still whole', async () => {
    expect(await verify()).toMatchObject({ ok: true, sealed: 8 });
    expect(await tables()).toContain(month('audit', old(1)));
    const dropped = await retireMonths(createSealedAudit(ground().database), key, NOW, 200);
    expect(dropped).toBeGreaterThanOrEqual(4);
    expect(await tables()).not.toContain(month('audit', old(1)));
    expect(await tables()).not.toContain(month('audit_seals', old(1)));
    expect(await tables()).toContain(month('audit', NOW));
    // One seal outlives its line: it was set after midnight.
    expect(await verify()).toMatchObject({ ok: true, sealed: 4, unsealed: 0, defects: [] });
    expect(Number((await ground().database('audit').count({ n: '*' }))[0]?.n)).toBe(3);
    expect(await retireMonths(createSealedAudit(ground().database), key, NOW, 200)).toBe(0);
  });

  test('a retirement that was not signed by us is found', async () => {
    const { database } = ground();
    await database
      .transaction(async (transaction) => {
        await transaction.raw('alter table audit_retirements disable trigger audit_retirements_unchanged');
        await transaction.raw("update audit_retirements set dropped_before = dropped_before + interval '31 days'");
        const { defects } = await verifyAudit(createAuditLines(transaction), key);
        expect(defects.map(({ defect }) => defect)).toContain('retirement-wrong');
        throw new Error('taken back');
      })
      .catch((error: Error) => expect(error.message).toBe('taken back'));
  });

  test('nothing younger than half a year is dropped, signed or not, and nothing without a signature', async () => {
    const { database } = ground();
    await expect(database.raw("select audit_retire(now() - interval '30 days')")).rejects.toThrow(/180 days/);
    await expect(database.raw("select audit_retire(now() - interval '400 days')")).rejects.toThrow(
      /no signed retirement/,
    );
  });

  test('a line that was never sealed keeps its month', async () => {
    const audit = createSealedAudit(ground().database);
    await ground()
      .database('audit')
      .insert({ at: old(20), event: 'account.created' });
    expect(await audit.endBefore(new Date(NOW.getTime() - DAY))).toBeUndefined();
  });

  test('there is a partition for this month and the three to come', async () => {
    const names = await tables();
    for (let ahead = 0; ahead <= 3; ahead++) {
      const date = new Date(Date.UTC(NOW.getUTCFullYear(), NOW.getUTCMonth() + ahead, 1));
      for (const parent of ['audit', 'audit_seals']) expect(names).toContain(month(parent, date));
    }
  });
});
