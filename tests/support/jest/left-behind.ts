import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

/** A killed run is swept after this, once its process is gone; one of another machine after a day. In seconds. */
const OWN_AGE = 10 * 60;
const FOREIGN_AGE = 24 * 60 * 60;
const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 6);

/** Begins the name of all that a run makes: who made it, where and when. */
export const runName = (now = Date.now()): string => `${Math.floor(now / 1000)}_${HOST}_${process.pid}`;

/** Whether a name that begins with a run's is of a run that has died. A run that lives is never swept. */
export function isLeftBehind(name: string, now = Date.now(), lives: (pid: number) => boolean = isAlive): boolean {
  const [, seconds, host, pid] = /^(\d{10})_([0-9a-f]{6})_(\d+)(?:_|$)/.exec(name) ?? [];
  if (!seconds) return false;
  const age = now / 1000 - Number(seconds);
  return host === HOST ? age > OWN_AGE && !lives(Number(pid)) : age > FOREIGN_AGE;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process lives too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Names the folder of this run in the environment of its workers. */
export const RUN_FOLDER = 'MIRE_TEST_FOLDER';
const PREFIX = 'mire-tests-';

/** Where everything temporary of this run goes: whatever its tests leave there goes with it. */
export function makeRunFolder(): string {
  sweepFolders();
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${runName()}_`));
  // Servers that refuse to run as root find their own folders below it.
  chmodSync(folder, 0o755);
  return folder;
}

export function sweepFolders(parent = tmpdir(), now = Date.now()): void {
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(PREFIX) || !isLeftBehind(name.slice(PREFIX.length), now)) continue;
    const path = join(parent, name);
    if (statSync(path).isDirectory()) rmSync(path, { recursive: true, force: true });
  }
}
