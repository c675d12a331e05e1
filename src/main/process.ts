import { createServer } from 'node:http';
import type { Registry } from 'prom-client';
import type { Work } from '../../adapters/db/database.ts';
import { migrate } from '../../adapters/db/migrate.ts';
import type { Settings } from '../../config/settings.ts';
import { ConfigError } from '../http/errors.ts';
import type { Log } from '../log.ts';
import { openParts, type Parts } from './parts.ts';

/** @throws {ConfigError} without a database: the sandbox alone has one of its own */
export async function openProduction(settings: Settings, log: Log, work: Work = 'report'): Promise<Parts> {
  if (!settings.DATABASE_URL)
    throw new ConfigError('DATABASE_URL is required; the sandbox alone can do without (npm start)');
  return openParts({ settings, log, databaseUrl: settings.DATABASE_URL, singleSession: false, work });
}

/** `/metrics` on a port of its own, which no reverse proxy publishes. */
export function serveMetrics(port: number | undefined, registry: Registry): () => void {
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

export async function migrateNow(settings: Settings, log: Log): Promise<void> {
  const parts = await openProduction(settings, log, 'migration');
  try {
    const ran = await migrate(parts.database, parts.databaseUrl, false, log);
    log.info({ ran }, ran.length > 0 ? 'migrated' : 'nothing to migrate');
  } finally {
    await parts.close();
  }
}
