import { createServer } from 'node:http';
import type { Registry } from 'prom-client';
import { mayChangeAudit } from '../../adapters/db/audit-rights.ts';
import { migrate, pendingMigrations } from '../../adapters/db/migrate.ts';
import type { Settings } from '../../config/settings.ts';
import { ConfigError } from '../http/errors.ts';
import type { Log } from '../log.ts';
import { startClientWarnings } from './client-warnings.ts';
import { startCrlRefresh } from './crl-refreshing.ts';
import { openQueues, startWorkers } from './delivery.ts';
import { buildHttp, buildProtocol } from './http.ts';
import { startKeyTurning } from './key-turning.ts';
import { startLifecycles } from './lifecycles.ts';
import { startNoticeSweep } from './notices.ts';
import { openParts, type Parts } from './parts.ts';
import { startPurge } from './purging.ts';
import { startSealing } from './sealing.ts';
import { stopWith } from './stop.ts';
import { startStructureChecks } from './structure-checking.ts';

async function openProduction(settings: Settings, log: Log, hasty = false): Promise<Parts> {
  if (!settings.DATABASE_URL)
    throw new ConfigError('DATABASE_URL is required; the sandbox alone can do without (npm start)');
  return openParts({ settings, log, databaseUrl: settings.DATABASE_URL, singleSession: false, hasty });
}

/** `/metrics` on a port of its own, which no reverse proxy publishes. */
function serveMetrics(port: number | undefined, registry: Registry): () => void {
  if (port === undefined) return () => undefined;
  const server = createServer(async (request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics());
  }).listen(port);
  return () => server.close();
}

/** The web process: N of them behind the reverse proxy. */
export async function serve(settings: Settings, log: Log): Promise<void> {
  const parts = await openProduction(settings, log, true);
  const pending = await pendingMigrations(parts.database);
  if (pending.length > 0) {
    await parts.close();
    throw new ConfigError(`The database is not up to date, run "mire migrate" first: ${pending.join(', ')}`);
  }
  if (await mayChangeAudit(parts.database))
    log.warn('the database user of this process may change the audit: see docs/operations.md, database users');
  const delivery = openQueues(parts);
  const http = await buildHttp(parts, delivery);
  await http.listen();
  const closeMetrics = serveMetrics(settings.METRICS_PORT, parts.registry);
  log.info({ issuer: settings.ISSUER, port: settings.PORT }, 'ready');
  stopWith(log, async () => {
    await http.close(settings.SHUTDOWN_GRACE * 1000);
    closeMetrics();
    await delivery.close();
    await parts.close();
  });
}

/** The worker process: sends what the web processes queue. */
export async function work(settings: Settings, log: Log): Promise<void> {
  const parts = await openProduction(settings, log);
  const delivery = openQueues(parts);
  const { holder } = await buildProtocol(parts, delivery.logout);
  const worker = startWorkers(parts, { metrics: delivery.metrics, provider: holder.current });
  const closeMetrics = serveMetrics(settings.METRICS_PORT, parts.registry);
  const purging = startPurge(parts);
  const stopWatching = holder.watch();
  const turning = startKeyTurning(parts);
  const sealing = startSealing(parts);
  const crls = startCrlRefresh(parts);
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
    await structures.close(settings.SHUTDOWN_GRACE * 1000);
    closeMetrics();
    await delivery.close();
    await parts.close();
  });
}

export async function migrateNow(settings: Settings, log: Log): Promise<void> {
  const parts = await openProduction(settings, log);
  try {
    const ran = await migrate(parts.database, parts.databaseUrl, false, log);
    log.info({ ran }, ran.length > 0 ? 'migrated' : 'nothing to migrate');
  } finally {
    await parts.close();
  }
}
