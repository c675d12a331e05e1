import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { createStructureMetrics } from '../../src/structures/metrics.ts';

const NOW = new Date('2026-12-01T02:00:00Z');
const ago = (hours: number) => new Date(NOW.getTime() - hours * 3_600_000);
const none = { verifiedAt: undefined, failingSince: undefined, failure: undefined, secretRefused: false };

test('each structure says how long ago its people were looked for, and whether its account was refused', async () => {
  const registry = new Registry();
  const metrics = createStructureMetrics(registry);
  const value = async (name: string) =>
    Object.fromEntries(
      ((await registry.getSingleMetric(name)?.get())?.values ?? []).map(({ labels, value }) => [
        labels.structure,
        value,
      ]),
    );
  const checks = [
    { ...none, id: 'night', verifiedAt: ago(1) },
    { ...none, id: 'failing', verifiedAt: ago(25), failingSince: ago(1) },
    { ...none, id: 'never', failingSince: ago(30), secretRefused: true },
    { ...none, id: 'new' },
    { ...none, id: 'closed', verifiedAt: ago(1000) },
  ];
  metrics.show(
    ['night', 'failing', 'never', 'new'].map((id) => ({ id })),
    checks,
    NOW,
  );
  expect(await value('mire_structure_unchecked_seconds')).toEqual({
    night: 3600,
    failing: 25 * 3600,
    never: 30 * 3600,
    new: 0,
  });
  expect(await value('mire_structure_account_refused')).toEqual({ night: 0, failing: 0, never: 1, new: 0 });
  metrics.show([{ id: 'never' }], [{ ...none, id: 'never', verifiedAt: NOW }], NOW);
  expect(await value('mire_structure_unchecked_seconds')).toEqual({ never: 0 });
  expect(await value('mire_structure_account_refused')).toEqual({ never: 0 });
  metrics.close();
  createStructureMetrics(registry).close();
});
