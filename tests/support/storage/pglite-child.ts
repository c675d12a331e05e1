import { openDatabase } from '../../../adapters/db/database.ts';
import { migrate } from '../../../adapters/db/migrate.ts';
import { startPglite } from '../../../adapters/db/pglite.ts';

/** One PGlite in memory, in a process of its own: it ends with the test that started it. */
process.on('disconnect', () => process.exit(0));

const { url } = await startPglite(undefined);
if (process.argv[2] === 'migrated') {
  const database = openDatabase({ url, pool: 2, singleSession: true });
  await migrate(database, url, true);
  await database.destroy();
}
process.send?.({ url });
