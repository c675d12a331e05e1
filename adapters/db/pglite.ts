import { chmod, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { randomToken } from '../../src/protection/secrets.ts';
import { AlreadyRunning, holderOf, lockDataDir } from './data-lock.ts';
import { PgliteSession } from './pglite-session.ts';
import { openPgliteSocket, type PgliteSocket } from './pglite-socket.ts';

export interface RunningPglite {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * PGlite in this process, reached by the same driver as PostgreSQL, its data in a directory.
 * @throws {AlreadyRunning} when another process has the directory.
 */
export async function startPglite(dataDir: string): Promise<RunningPglite> {
  const password = randomToken();
  const socket = await openPgliteSocket(password);
  const url = addressOf(socket, password);
  let unlock = async () => {};
  try {
    unlock = await lockDataDir(dataDir, { pid: process.pid, url });
    // A development dependency: production neither installs nor imports it.
    const { PGlite } = await import('@electric-sql/pglite');
    const stopDatabase = await serve(await PGlite.create(join(dataDir, 'database')), socket);
    await announce(dataDir, url);
    return {
      url,
      async stop() {
        await socket.stop();
        await stopDatabase();
        await rm(runPath(dataDir), { force: true });
        await unlock();
      },
    };
  } catch (error) {
    await socket.stop();
    await unlock();
    throw error;
  }
}

/** A PGlite that somebody opened, reached by the driver of PostgreSQL. `stop` closes it. */
export async function servePglite(database: PGlite): Promise<RunningPglite> {
  const password = randomToken();
  const socket = await openPgliteSocket(password);
  const stopDatabase = await serve(database, socket);
  return {
    url: addressOf(socket, password),
    async stop() {
      await socket.stop();
      await stopDatabase();
    },
  };
}

const addressOf = ({ port }: PgliteSocket, password: string) =>
  `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;

/** For commands: the running process when there is one, else the directory itself. */
export async function openOrConnect(dataDir: string): Promise<RunningPglite & { readonly owned: boolean }> {
  const connected = async () => {
    const running = await holderOf(dataDir);
    return running && { url: running.url, owned: false, stop: async () => {} };
  };
  const first = await connected();
  if (first) return first;
  try {
    return { ...(await startPglite(dataDir)), owned: true };
  } catch (error) {
    // Somebody started between the look and the lock.
    if (error instanceof AlreadyRunning) return { url: error.holder.url, owned: false, stop: async () => {} };
    throw error;
  }
}

async function serve(database: PGlite, socket: PgliteSocket): Promise<() => Promise<void>> {
  // One session serves every connection, so BullMQ's schema has to be found from all of them.
  await database.exec('set search_path to public, bullmq');
  const session = new PgliteSession(database, socket.notify);
  socket.serve(session);
  return async () => {
    await session.settled();
    await database.close();
  };
}

const runPath = (dataDir: string): string => join(dataDir, 'run.json');

async function announce(dataDir: string, url: string): Promise<void> {
  const next = `${runPath(dataDir)}.next`;
  await writeFile(next, `${JSON.stringify({ url, pid: process.pid })}\n`, { mode: 0o600 });
  await chmod(next, 0o600);
  await rename(next, runPath(dataDir));
}
