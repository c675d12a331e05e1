import { mayChangeAudit } from '../../adapters/db/audit-rights.ts';
import { pendingMigrations } from '../../adapters/db/migrate.ts';
import type { Settings } from '../../config/settings.ts';
import { ConfigError } from '../http/errors.ts';
import type { Log } from '../log.ts';
import { openQueues } from './delivery.ts';
import { buildHttp } from './http.ts';
import { startPrimaryWatch } from './primary-watch.ts';
import { openProduction, serveMetrics } from './process.ts';
import { stopWith } from './stop.ts';

/** The web process: N of them behind the reverse proxy. */
export async function serve(settings: Settings, log: Log): Promise<void> {
  const parts = await openProduction(settings, log, 'request');
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
  const stopWatching = startPrimaryWatch(parts);
  const closeMetrics = serveMetrics(settings.METRICS_PORT, parts.registry);
  log.info({ issuer: settings.ISSUER, port: settings.PORT }, 'ready');
  stopWith(log, async () => {
    await http.close(settings.SHUTDOWN_GRACE * 1000);
    closeMetrics();
    await stopWatching();
    await delivery.close();
    await parts.close();
  });
}
