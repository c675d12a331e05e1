import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { z } from 'zod';

/** Where the running process is reached, and which one it is. */
const holder = z.object({ pid: z.number().int(), url: z.string() });
export type Holder = z.infer<typeof holder>;

export class AlreadyRunning extends Error {
  override readonly name = 'AlreadyRunning';
  readonly holder: Holder;
  constructor(dataDir: string, running: Holder) {
    super(
      `Mire is already running on ${dataDir} (process ${running.pid}): stop it first, or set DATA_DIR to another folder.`,
    );
    this.holder = running;
  }
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';

export const lockPath = (dataDir: string): string => join(dataDir, 'lock');

async function read(path: string): Promise<{ text: string; holder: Holder | undefined } | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return { text, holder: holder.parse(JSON.parse(text)) };
  } catch {
    // Not ours, or cut off by a full disk: nobody can be reached through it.
    return { text, holder: undefined };
  }
}

/** The live process that holds the directory, if there is one. */
export async function holderOf(dataDir: string): Promise<Holder | undefined> {
  const found = await read(lockPath(dataDir));
  return found?.holder && (await isAlive(found.holder)) ? found.holder : undefined;
}

/**
 * Two processes on one directory lose writes silently, so only one may hold it. The port is open before the lock is
 * written: a refused connection means a dead holder even when its pid lives on as somebody else's (a container's process
 * has the same pid at every start).
 * @returns a function that gives the directory back.
 * @throws {AlreadyRunning}
 */
export async function lockDataDir(dataDir: string, self: Holder): Promise<() => Promise<void>> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const lock = lockPath(dataDir);
  const mine = join(dataDir, `lock.${randomUUID()}`);
  const text = JSON.stringify(self);
  // Written whole under another name first, so that nobody reads half a lock.
  await writeFile(mine, text, { mode: 0o600 });
  try {
    while (!(await tryLink(mine, lock))) {
      const found = await read(lock);
      if (found?.holder && (await isAlive(found.holder))) throw new AlreadyRunning(dataDir, found.holder);
      if (found) await setAside(lock, found.text);
    }
  } finally {
    await rm(mine, { force: true });
  }
  return async () => {
    if ((await read(lock))?.text === text) await rm(lock, { force: true });
  };
}

const tryLink = (from: string, to: string): Promise<boolean> =>
  link(from, to).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    },
  );

/** Removes a dead lock, unless another process replaced it since it was read. */
async function setAside(lock: string, stale: string): Promise<void> {
  const aside = `${lock}.${randomUUID()}`;
  try {
    await rename(lock, aside);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  if ((await read(aside))?.text !== stale) await tryLink(aside, lock);
  await rm(aside, { force: true });
}

async function isAlive({ pid, url }: Holder): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000 });
  try {
    await client.connect();
    return true;
  } catch (error) {
    const code = codeOf(error);
    // Refused: nobody listens. A wrong password: somebody else has the port by now. Silence: ask the system.
    if (code === 'ECONNREFUSED' || code === '28P01') return false;
    return pidLives(pid);
  } finally {
    // The answer is known by now; how this connection ends changes nothing about it.
    await client.end().catch(() => undefined);
  }
}

function pidLives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, under another user.
    return codeOf(error) === 'EPERM';
  }
}
