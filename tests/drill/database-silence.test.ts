import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createAuditLines } from '../../adapters/db/audit-lines.ts';
import { createCheckpointKey } from '../../src/audit/checkpoint-key.ts';
import { verifyAudit } from '../../src/audit/verification.ts';
import { describeWith } from '../support/jest/services.ts';
import { type FailoverGround, openGround } from './failover/ground.ts';
import { codesOf, comeAndGo } from './failover/people.ts';
import { ROWS } from './failover/rows.ts';

/** Seconds without an answer of the database, and nobody there to promote another. */
const SILENCE = Number(process.env.DRILL_SILENCE ?? 600);
/** Seconds within which all works again. */
const WITHIN = 60;

/** Of the worker: the rounds in which it has not succeeded for too long. */
async function lateRounds({ processes }: FailoverGround): Promise<string[]> {
  const text = await (await fetch(processes.at(-1)?.metrics ?? '')).text();
  const values = (name: string) =>
    new Map(
      [...text.matchAll(new RegExp(`^${name}\\{round="(.*?)"\\} (\\S+)$`, 'gm'))].map(([, round, n]) => [
        round,
        Number(n),
      ]),
    );
  const late = values('mire_round_late_seconds');
  return [...values('mire_round_age_seconds')]
    .filter(([round, age]) => age > (late.get(round) ?? 0))
    .map(([round = '']) => round);
}

describeWith('postgres-server', 'a database that does not answer', () => {
  test(
    `for ${SILENCE} seconds: the worker works again by itself within a minute`,
    async () => {
      const row = ROWS.find(({ fault, replication }) => fault === 'silent' && replication === 'async');
      if (!row) throw new Error('no row');
      const on = await openGround(row, 2 * WITHIN + 20);
      const database = on.open(on.pair.primaryUrl);
      try {
        await on.pair.primary.freeze();
        await wait(SILENCE * 1000);
        const rang = await lateRounds(on);
        await on.pair.primary.thaw();
        const since = performance.now();
        const people = comeAndGo(on, 2);
        const found = { signedIn: 0, mailed: 0, sealed: 0, punctual: 0 };
        const seconds = () => (performance.now() - since) / 1000;
        while (seconds() < WITHIN && Object.values(found).includes(0)) {
          await wait(250);
          if (people.signIns.length > 0) found.signedIn ||= seconds();
          if (people.promised.size > codesOf(on, people).missing.length) found.mailed ||= seconds();
          if (found.mailed && (await lateRounds(on)).length === 0) found.punctual ||= seconds();
          const { unsealed } = await verifyAudit(createAuditLines(database), createCheckpointKey(on.vault));
          if (found.signedIn && unsealed === 0) found.sealed ||= seconds();
        }
        await people.leave();
        process.stdout.write(`${SILENCE} s of silence; late: ${rang.join(', ')}; then ${JSON.stringify(found)}\n`);
        // A minute without sealing is an alarm, whatever else.
        if (SILENCE > 120) expect(rang).toEqual(expect.arrayContaining(['audit-sealing', 'database-watch']));
        expect(Object.entries(found).filter(([, at]) => at === 0)).toEqual([]);
      } finally {
        await database.destroy();
        await on.stop();
      }
    },
    (SILENCE + 4 * WITHIN) * 1000,
  );
});
