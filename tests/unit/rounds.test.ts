import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { ROUNDS } from '../../config/rounds.ts';
import { createAuditMetrics } from '../../src/audit/metrics.ts';
import { createRoundWatch } from '../../src/main/round-watch.ts';
import { HUNG, startRounds } from '../../src/main/rounds.ts';

function scene() {
  const registry = new Registry();
  let seconds = 100;
  const said: string[] = [];
  const hear = (_: unknown, text?: string) => said.push(text ?? '');
  return {
    rounds: createRoundWatch(registry, () => seconds),
    log: { warn: hear, error: hear } as never,
    said,
    pass: (more: number) => {
      seconds += more;
    },
    value: async (name: string, labels: Readonly<Record<string, string>>) =>
      (await registry.getSingleMetric(name)?.get())?.values.find(({ labels: its }) =>
        Object.entries(labels).every(([label, of]) => its[label] === of),
      )?.value,
  };
}

describe('a round', () => {
  const purge = { round: 'purge', failed: 'the purge failed' } as const;

  test('that hangs says nothing of it, and is seen to be late all the same', async () => {
    const { rounds, log, pass, value } = scene();
    const hung = Promise.withResolvers<void>();
    const stop = startRounds({ ...purge, rounds, log }, () => hung.promise);
    pass(ROUNDS.purge.late + 1);
    expect(await value('mire_round_age_seconds', { round: 'purge' })).toBe(ROUNDS.purge.late + 1);
    expect(await value('mire_round_late_seconds', { round: 'purge' })).toBe(ROUNDS.purge.late);
    hung.resolve();
    await stop();
    expect(await value('mire_round_age_seconds', { round: 'purge' })).toBeUndefined();
  });

  test('that hangs gives its place up to the next, which succeeds', async () => {
    const { rounds, log, said, value } = scene();
    const succeeded = Promise.withResolvers<void>();
    const signals: AbortSignal[] = [];
    const stop = startRounds({ ...purge, rounds, log, every: 1, limit: 20 }, async (signal) => {
      signals.push(signal);
      // Nobody ever answers the first.
      if (signals.length === 1) return new Promise(() => undefined);
      succeeded.resolve();
      return undefined;
    });
    await succeeded.promise;
    await stop();
    expect(signals[0]).toMatchObject({ aborted: true, reason: HUNG });
    expect(said).toEqual(['the purge failed: it hung, and gave its place up']);
    expect(await value('mire_round_failures_total', { how: 'hung' })).toBe(1);
  });

  test('that fails is tried again, and its age goes on until one succeeds', async () => {
    const { rounds, log, pass, value } = scene();
    const tries = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let count = 0;
    const second = Promise.withResolvers<void>();
    const stop = startRounds({ ...purge, rounds, log, every: 1 }, async () => {
      count += 1;
      if (count === 2) second.resolve();
      await (tries[count - 1]?.promise ?? wait(0));
    });
    pass(50);
    tries[0]?.reject(new Error('away'));
    await second.promise;
    expect(await value('mire_round_failures_total', { how: 'error' })).toBe(1);
    expect(await value('mire_round_age_seconds', { round: 'purge' })).toBe(50);
    tries[1]?.resolve();
    await stop();
  });
});

test('a sealer that measures nothing any more is seen: what waits is taken to wait for as long', async () => {
  const registry = new Registry();
  let seconds = 0;
  const metrics = createAuditMetrics(registry, () => seconds);
  const unsealed = async () => (await registry.getSingleMetric('mire_audit_unsealed_seconds')?.get())?.values[0]?.value;
  metrics.waiting(2);
  seconds = 20;
  expect(await unsealed()).toBe(2);
  seconds = 100;
  expect(await unsealed()).toBe(102);
  metrics.waiting(0);
  expect(await unsealed()).toBe(0);
});
