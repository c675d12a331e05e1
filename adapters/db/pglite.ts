import { chmod, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomToken } from '../../src/protection/secrets.ts';
import { AlreadyRunning, holderOf, lockDataDir } from './data-lock.ts';
import { PgliteSession } from './pglite-session.ts';
import { openPgliteSocket, type PgliteSocket } from './pglite-socket.ts';

export interface RunningPglite {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * PGlite in this process, reached by the same driver as PostgreSQL. Without a directory it lives in memory.
 * @throws {AlreadyRunning} when another process has the directory.
 */
export async function startPglite(dataDir: string | undefined): Promise<RunningPglite> {
  const password = randomToken();
  const socket = await openPgliteSocket(password);
  const url = `postgres://postgres:${password}@127.0.0.1:${socket.port}/postgres`;
  let unlock = async () => {};
  try {
    if (dataDir !== undefined) unlock = await lockDataDir(dataDir, { pid: process.pid, url });
    const stopDatabase = await startDatabase(dataDir, socket);
    if (dataDir !== undefined) await announce(dataDir, url);
    return {
      url,
      async stop() {
        await socket.stop();
        await stopDatabase();
        if (dataDir !== undefined) await rm(runPath(dataDir), { force: true });
        await unlock();
      },
    };
  } catch (error) {
    await socket.stop();
    await unlock();
    throw error;
  }
}

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

async function startDatabase(dataDir: string | undefined, socket: PgliteSocket): Promise<() => Promise<void>> {
  // A development dependency: production neither installs nor imports it.
  const { PGlite } = await import('@electric-sql/pglite');
  const database = await PGlite.create(dataDir === undefined ? 'memory://' : join(dataDir, 'database'));
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
