import type { Settings } from '../../config/settings.ts';
import type { Log } from '../log.ts';
import { startBounceReading } from './bounce-reading.ts';
import { startClientWarnings } from './client-warnings.ts';
import { startCrlRefresh } from './crl-refreshing.ts';
import { openQueues } from './delivery.ts';
import { buildProtocol } from './http.ts';
import { startKeyTurning } from './key-turning.ts';
import { startLifecycles } from './lifecycles.ts';
import { startNoticeSweep } from './notices.ts';
import { startPrimaryWatch } from './primary-watch.ts';
import { openProduction, serveMetrics } from './process.ts';
import { startPurge } from './purging.ts';
import { startSealing } from './sealing.ts';
import { stopWith } from './stop.ts';
import { startStructureChecks } from './structure-checking.ts';
import { startWorkers } from './workers.ts';

/** The worker process: sends what the web processes queue. */
export async function work(settings: Settings, log: Log): Promise<void> {
  const parts = await openProduction(settings, log, 'round');
  const delivery = openQueues(parts);
  const { holder } = await buildProtocol(parts, delivery.logout);
  const worker = startWorkers(parts, { metrics: delivery.metrics, provider: holder.current });
  const closeMetrics = serveMetrics(settings.METRICS_PORT, parts.registry);
  const primary = startPrimaryWatch(parts);
  const purging = startPurge(parts);
  const stopWatching = holder.watch();
  const turning = startKeyTurning(parts);
  const sealing = startSealing(parts);
  const crls = startCrlRefresh(parts);
  const bounces = startBounceReading(parts);
  const structures = startStructureChecks(parts, delivery.logout);
  const stopSweep = startNoticeSweep(parts, delivery.notifier);
  const lifecycles = startLifecycles(parts, delivery);
  const stopWarning = startClientWarnings(parts, delivery.notifier);
  log.info('working');
  stopWith(log, async () => {
    await worker.close(settings.SHUTDOWN_GRACE * 1000);
    stopWatching();
    await turning();
    await purging();
    await stopSweep();
    await lifecycles.close(settings.SHUTDOWN_GRACE * 1000);
    await stopWarning();
    await sealing();
    await crls.close(settings.SHUTDOWN_GRACE * 1000);
    await bounces.close(settings.SHUTDOWN_GRACE * 1000);
    await structures.close(settings.SHUTDOWN_GRACE * 1000);
    closeMetrics();
    await primary();
    await delivery.close();
    await parts.close();
  });
}
