import pg from 'pg';
import { openDatabase } from '../../adapters/db/database.ts';
import { migrate } from '../../adapters/db/migrate.ts';
import { startMire } from '../support/mire.ts';
import { NO_MAIL } from '../support/sign-in/whole-journey.ts';
import { everyStatement, Statements, sealing } from '../support/storage/every-statement.ts';
import { readFlaws } from '../support/storage/plans.ts';
import type { SizedGround } from './size-ground.ts';

/** Rows of a table that the seed leaves short. */
const FEW = 2000;

/** The newest schema, made while the rows are there: what a release would take. */
export async function bringUpToDate({ url, say }: SizedGround): Promise<void> {
  const database = openDatabase({ url, pool: 2, singleSession: false });
  const since = performance.now();
  const ran = await migrate(database, url, false);
  await database.destroy();
  if (ran.length > 0) say(`  migrated in ${((performance.now() - since) / 1000).toFixed(1)} s: ${ran.join(', ')}`);
}

/** What the journeys send to an empty database, as the database at size would do it. */
export async function readPlans(ground: SizedGround): Promise<void> {
  await bringUpToDate(ground);
  const url = await ground.database('recorded');
  const database = openDatabase({ url, pool: 2, singleSession: false });
  await migrate(database, url, false);
  const stop = () => database.destroy();
  const mire = await startMire({
    structures: true,
    database: { url, singleSession: false, database, stop },
    env: { MAIL_URL: NO_MAIL },
  });
  const statements = new Statements();
  const sized = openDatabase({ url: ground.url, pool: 2, singleSession: false });
  statements.listenTo(sized);
  await sealing(sized, ground.vault, () => new Date());
  await sized.destroy();
  await everyStatement(mire, statements);
  await mire.close();
  await stop();
  const client = new pg.Client({ connectionString: ground.url });
  await client.connect();
  const flaws = await readFlaws(client, statements.all, FEW);
  await client.end();
  ground.say(`  ${statements.all.length} statements, ${flaws.length} flaws`);
  for (const { flaw, where, statement } of flaws) ground.say(`  ${flaw}: ${where} in ${statement}`);
}
