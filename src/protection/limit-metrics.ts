import { Counter, Gauge, type Registry } from 'prom-client';
import type { LimitName } from './limits.ts';

export interface LimitMetrics {
  refused(name: LimitName): void;
  /** @param share of the limit that is used up */
  taken(name: LimitName, share: number): void;
}

/** No label says whose limit it was. */
export function createLimitMetrics(registry: Registry): LimitMetrics {
  const refusals = new Counter({
    name: 'mire_limit_refusals_total',
    help: 'Tries refused because a limit was reached',
    labelNames: ['limit'],
    registers: [registry],
  });
  const budget = new Gauge({
    name: 'mire_sms_budget_ratio',
    help: 'Share of the SMS of a day that has been used',
    registers: [registry],
  });
  return {
    refused(name) {
      refusals.inc({ limit: name });
      if (name === 'sms-day') budget.set(1);
    },
    taken(name, share) {
      if (name === 'sms-day') budget.set(share);
    },
  };
}
