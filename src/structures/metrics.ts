import { Gauge, type Registry } from 'prom-client';
import type { Structure } from './structure.ts';
import type { StructureChecks } from './structures.ts';

export interface StructureMetrics {
  /** @param asked those whose people are looked for */
  show(asked: readonly Pick<Structure, 'id'>[], checks: readonly StructureChecks[], now: Date): void;
  close(): void;
}

/** One series for each structure: an administrator adds them, and nobody else. */
export function createStructureMetrics(registry: Registry): StructureMetrics {
  const unchecked = new Gauge({
    name: 'mire_structure_unchecked_seconds',
    help: 'How long ago the people of a structure were looked for with success: its leavers stay in since then',
    labelNames: ['structure'],
    registers: [registry],
  });
  const refused = new Gauge({
    name: 'mire_structure_account_refused',
    help: 'Whether the directory of a structure refused the account that Mire searches with (1)',
    labelNames: ['structure'],
    registers: [registry],
  });
  return {
    show(asked, checks, now) {
      unchecked.reset();
      refused.reset();
      for (const { id, verifiedAt, failingSince, secretRefused } of checks) {
        if (!asked.some((one) => one.id === id)) continue;
        const since = verifiedAt ?? failingSince ?? now;
        unchecked.set({ structure: id }, Math.max(0, (now.getTime() - since.getTime()) / 1000));
        refused.set({ structure: id }, secretRefused ? 1 : 0);
      }
    },
    close() {
      registry.removeSingleMetric('mire_structure_unchecked_seconds');
      registry.removeSingleMetric('mire_structure_account_refused');
    },
  };
}
