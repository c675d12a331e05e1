import { mkdirSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { openDatabase } from '../../../adapters/db/database.ts';
import { migrate } from '../../../adapters/db/migrate.ts';
import { servePglite } from '../../../adapters/db/pglite.ts';
import type { PgliteState } from './pglites.ts';
import { schemaDigest } from './schema-digest.ts';

const kept = new Map<PgliteState, Promise<Blob>>();

/** A PGlite in memory, as a copy of a data directory or as PGlite makes a new one. */
export const openPglite = (copyOf?: Blob): Promise<PGlite> =>
  PGlite.create('memory://', { ...(copyOf && { loadDataDir: copyOf }) });

/**
 * A data directory that PGlites are copied from: making a new one takes three seconds of processor, and migrating it
 * another one; a copy takes 0.4. Kept for later runs (jest.config.js says where), named by what it was made from.
 */
export function dataDirectory(state: PgliteState): Promise<Blob> {
  let made = kept.get(state);
  if (!made) {
    made = readOrMake(state);
    kept.set(state, made);
  }
  return made;
}

async function readOrMake(state: PgliteState): Promise<Blob> {
  const folder = join(process.env.MIRE_TEST_KEPT ?? tmpdir(), 'pglite');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${state}-${schemaDigest()}.tar`);
  const found = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  if (found) return new Blob([found]);
  const made = await make(state);
  // Two workers may make it at once: each writes its own, and the last one stays.
  const own = `${path}.${process.pid}`;
  await writeFile(own, made);
  await rename(own, path);
  return new Blob([made]);
}

async function make(state: PgliteState): Promise<Buffer<ArrayBuffer>> {
  const database = await openPglite(state === 'empty' ? undefined : await dataDirectory('empty'));
  const { url, stop } = await servePglite(database);
  if (state === 'migrated') {
    const knex = openDatabase({ url, pool: 2, singleSession: true });
    await migrate(knex, url, true);
    await knex.destroy();
  }
  const dump = await database.dumpDataDir('none');
  await stop();
  return Buffer.from(await dump.arrayBuffer());
}
