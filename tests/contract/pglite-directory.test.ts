import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { AlreadyRunning, lockDataDir, lockPath } from '../../adapters/db/data-lock.ts';
import { dataDirectory } from '../support/storage/pglite-template.ts';

const HOLDER = fileURLToPath(new URL('../support/storage/pglite-holder.ts', import.meta.url));
const children: ChildProcess[] = [];
let directory = '';
let made = '';

/** Making a database takes seconds, and only one of these tests is about that. */
beforeAll(async () => {
  made = await mkdtemp(join(tmpdir(), 'mire-pglite-'));
  const database = await PGlite.create(join(made, 'database'), { loadDataDir: await dataDirectory('empty') });
  await database.close();
});
afterAll(() => rm(made, { recursive: true, force: true }));

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mire-pglite-'));
  await cp(join(made, 'database'), join(directory, 'database'), { recursive: true });
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
  await rm(directory, { recursive: true, force: true });
});

async function open(): Promise<{ child: ChildProcess; url: string; owned: boolean }> {
  const child = fork(HOLDER, [directory], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  children.push(child);
  const [answer] = (await once(child, 'message')) as [{ url: string; owned: boolean }];
  return { child, ...answer };
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function end(child: ChildProcess, how: 'politely' | 'SIGKILL'): Promise<void> {
  const ended = once(child, 'exit');
  if (how === 'politely') child.send('stop');
  else child.kill(how);
  await ended;
}

const lockOf = (pid: number, port: number) => ({ pid, url: `postgres://postgres:x@127.0.0.1:${port}/postgres` });

test('a second process connects to the first, and both see the same rows', async () => {
  const first = await open();
  expect(first.owned).toBe(true);
  const run = JSON.parse(await readFile(join(directory, 'run.json'), 'utf8'));
  expect(run).toEqual({ url: first.url, pid: first.child.pid });
  expect((await stat(join(directory, 'run.json'))).mode & 0o077).toBe(0);
  const second = await open();
  expect(second).toMatchObject({ owned: false, url: first.url });
  await query(second.url, 'create table notes (text text)');
  await query(second.url, "insert into notes values ('kept')");
  expect(await query(first.url, 'select text from notes')).toEqual([{ text: 'kept' }]);
});

test('of three processes that start at once on one directory, one opens it and the others connect', async () => {
  // From nothing: the one makes the database too.
  await rm(join(directory, 'database'), { recursive: true });
  const all = await Promise.all([open(), open(), open()]);
  expect(all.filter(({ owned }) => owned)).toHaveLength(1);
  expect(new Set(all.map(({ url }) => url)).size).toBe(1);
  for (const { url } of all) expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('the rows outlive a stop, and also a kill, whose lock is taken over', async () => {
  const first = await open();
  await query(first.url, 'create table notes (text text)');
  await query(first.url, "insert into notes values ('before the stop')");
  await end(first.child, 'politely');
  await expect(stat(lockPath(directory))).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(stat(join(directory, 'run.json'))).rejects.toMatchObject({ code: 'ENOENT' });

  const second = await open();
  await query(second.url, "insert into notes values ('before the kill')");
  await end(second.child, 'SIGKILL');
  expect((await stat(lockPath(directory))).isFile()).toBe(true);

  const third = await open();
  expect(third.owned).toBe(true);
  expect(await query(third.url, 'select text from notes')).toEqual([
    { text: 'before the stop' },
    { text: 'before the kill' },
  ]);
});

test('a second start is refused with a sentence that names the folder and the process', async () => {
  const { child, url } = await open();
  const refused = lockDataDir(directory, lockOf(process.pid, 1));
  await expect(refused).rejects.toThrow(AlreadyRunning);
  await expect(refused).rejects.toThrow(`Mire is already running on ${directory} (process ${child.pid})`);
  await expect(refused).rejects.toMatchObject({ holder: { pid: child.pid, url } });
});

test('a lock whose pid lives on as another program’s, but whose port is closed, is taken over', async () => {
  // Port 1 of the loopback is nobody's: the connection is refused.
  await writeFile(lockPath(directory), JSON.stringify(lockOf(process.pid, 1)));
  const unlock = await lockDataDir(directory, lockOf(process.pid, 2));
  expect(JSON.parse(await readFile(lockPath(directory), 'utf8'))).toEqual(lockOf(process.pid, 2));
  await unlock();
  await expect(stat(lockPath(directory))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a lock that a full disk cut off is taken over', async () => {
  await writeFile(lockPath(directory), '{"pid":1');
  expect((await open()).owned).toBe(true);
});
