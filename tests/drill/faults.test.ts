import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWith } from '../support/jest/services.ts';
import { Deployment } from './deployment.ts';
import { auditVerdict, drill } from './drill.ts';
import { FAULTS } from './faults.ts';
import { type Report, table } from './report.ts';

/** `DRILL_SECONDS=60` for the whole minute of the issue; a fault is as well seen in a few. */
const SECONDS = Number(process.env.DRILL_SECONDS ?? 8);
const JOURNEYS = Number(process.env.DRILL_JOURNEYS ?? 200);
/** In milliseconds: a refusal that comes later leaves somebody before an empty page. */
const SOON = 10_000;
const ONLY = process.env.DRILL_ONLY;

describeWith('postgres-server', 'two hundred journeys go on through', () => {
  let on: Deployment;
  const reports: Report[] = [];
  beforeAll(async () => {
    on = await Deployment.start(JOURNEYS);
  }, 120_000);
  afterAll(async () => {
    process.stdout.write(table(reports));
    if (process.env.DRILL_REPORT) writeFileSync(process.env.DRILL_REPORT, JSON.stringify(reports, null, 2));
    await on?.stop();
  }, 60_000);

  test.each(FAULTS.filter(({ name }) => !ONLY || new RegExp(ONLY).test(name)))(
    '$name',
    async (fault) => {
      const report = await drill(on, fault, JOURNEYS, SECONDS * 1000);
      reports.push(report);
      // Nothing acknowledged is lost, nobody is left without a word, everybody gets through in the end.
      expect(report.lost).toEqual([]);
      expect(report.untold).toEqual({});
      expect(report.ended.never).toBe(0);
      expect(report.refusals.slowest).toBeLessThan(SOON);
      if (['none', 'rolling restart'].includes(fault.name)) expect(report.ended['begun again']).toBe(0);
      const verdict = await auditVerdict(on);
      expect(verdict.defects).toEqual([]);
    },
    240_000 + SECONDS * 2000,
  );
});
