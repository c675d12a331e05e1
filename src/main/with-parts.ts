import { readSettings } from '../../config/settings.ts';
import { createLog } from '../log.ts';
import { sandboxSecrets } from '../sandbox/secrets.ts';
import { openParts, type Parts } from './parts.ts';
import type { Terminal } from './terminal.ts';

/** For commands: the database in force, also the one of a sandbox that runs. */
export async function withParts({ env, stdout }: Terminal, work: (parts: Parts) => Promise<void>): Promise<void> {
  const settings = readSettings(env, sandboxSecrets);
  const log = createLog('warn', stdout);
  const pglite = settings.DATABASE_URL === undefined ? await openPglite(settings.DATA_DIR) : undefined;
  const databaseUrl = settings.DATABASE_URL ?? pglite?.url ?? '';
  const parts = await openParts({ settings, log, databaseUrl, singleSession: pglite !== undefined });
  try {
    await pglite?.prepare(parts);
    await work(parts);
  } finally {
    await parts.close();
    await pglite?.stop();
  }
}

/** What a command on a PostgreSQL has no use for is loaded here. */
async function openPglite(directory: string) {
  const { openOrConnect } = await import('../../adapters/db/pglite.ts');
  const { url, owned, stop } = await openOrConnect(directory);
  return {
    url,
    stop,
    async prepare({ database }: Pick<Parts, 'database'>): Promise<void> {
      if (!owned) return;
      const { migrate } = await import('../../adapters/db/migrate.ts');
      await migrate(database, url, true);
    },
  };
}
