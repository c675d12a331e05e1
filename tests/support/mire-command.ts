import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { lockPath } from '../../adapters/db/data-lock.ts';
import { mire } from '../../src/main/mire.ts';
import type { Terminal } from '../../src/main/terminal.ts';
import { kind } from './storage/database.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export type Environment = Readonly<Record<string, string>>;

/** Password hashes that cost nothing; production refuses them. */
const CHEAP = { ARGON2_MEMORY: '64', ARGON2_PASSES: '1' };

class Written extends Writable {
  readonly #said: Buffer[] = [];
  override _write(data: Buffer, _encoding: string, done: () => void): void {
    this.#said.push(data);
    done();
  }
  get text(): string {
    return Buffer.concat(this.#said).toString();
  }
}

/**
 * `mire …` in this process, as src/main.ts does it: with an environment and streams of its own, and with connections of
 * its own. A whole process costs a second and more of processor time: see `typedCommand`.
 */
export async function commandIn(environment: Environment, args: readonly string[], input = ''): Promise<Said> {
  const [out, err] = [new Written(), new Written()];
  const stdin = Readable.from([Buffer.from(input)], { objectMode: false });
  const terminal: Terminal = { env: { ...environment }, stdin, stdout: out, stderr: err };
  await mire(args, terminal);
  return { code: Number(terminal.exitCode ?? 0), out: out.text, err: err.text };
}

/**
 * As a command finds the database of a test: a PostgreSQL by its address; PGlite, which nobody may use as if it were
 * one, as that of a sandbox that runs, by its folder.
 */
async function reached<T>(environment: Environment, run: (found: Environment) => Promise<T>): Promise<T> {
  const { DATABASE_URL: url, ...rest } = environment;
  if (kind === 'postgres' || url === undefined) return run(environment);
  const folder = await mkdtemp(join(tmpdir(), 'mire-command-'));
  try {
    await writeFile(lockPath(folder), JSON.stringify({ pid: process.pid, url }));
    return await run({ ...rest, DATA_DIR: folder });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** On the database and with the secrets of a service that runs. */
export const mireCommand = (args: readonly string[], environment: Environment, input = ''): Promise<Said> =>
  reached({ ...CHEAP, ...environment }, (found) => commandIn(found, args, input));

/** What Node.js keeps of the files it has compiled is no setting of Mire: with it a process starts in half the time. */
export const compiled = (): Environment => {
  const { NODE_COMPILE_CACHE: folder } = process.env;
  return folder ? { NODE_COMPILE_CACHE: folder } : {};
};

/** What an operator types before `mire`: Node.js itself, or the script of package.json. */
const TYPED = { node: [process.execPath, 'src/main.ts'], npm: ['npm', 'run', '--silent', 'mire', '--'] } as const;

/** In a process of its own, as an operator types it: once for each group of commands, to prove that it is wired. */
export const typedCommand = (
  args: readonly string[],
  environment: Environment,
  { input = '', by = 'node' }: { input?: string; by?: keyof typeof TYPED } = {},
): Promise<Said> => reached({ ...CHEAP, ...environment }, (found) => spawned([...TYPED[by], ...args], found, input));

async function spawned([program = '', ...args]: readonly string[], environment: Environment, input: string) {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(program, args, { cwd: ROOT, env: { PATH, HOME, ...compiled(), ...environment } });
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.on('data', (data: Buffer) => out.push(String(data)));
  child.stderr.on('data', (data: Buffer) => err.push(String(data)));
  // A command may end without reading what was written to it.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number];
  return { code, out: out.join(''), err: err.join('') };
}
