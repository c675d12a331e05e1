import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { mire } from '../../src/main/mire.ts';
import type { Terminal } from '../../src/main/terminal.ts';

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

/** On the database and with the secrets of a service that runs. */
export const mireCommand = (args: readonly string[], environment: Environment, input = ''): Promise<Said> =>
  commandIn({ ...CHEAP, ...environment }, args, input);

/** What Node.js keeps of the files it has compiled is no setting of Mire: with it a process starts in half the time. */
export const compiled = (): Environment => {
  const { NODE_COMPILE_CACHE: folder } = process.env;
  return folder ? { NODE_COMPILE_CACHE: folder } : {};
};

/** What an operator types before `mire`: Node.js itself, or the script of package.json. */
const TYPED = { node: [process.execPath, 'src/main.ts'], npm: ['npm', 'run', '--silent', 'mire', '--'] } as const;

/** In a process of its own, as an operator types it: once for each group of commands, to prove that it is wired. */
export async function typedCommand(
  args: readonly string[],
  environment: Environment,
  { input = '', by = 'node' }: { input?: string; by?: keyof typeof TYPED } = {},
): Promise<Said> {
  const { PATH = '', HOME = '' } = process.env;
  const [program, ...first] = TYPED[by];
  const env = { PATH, HOME, ...compiled(), ...CHEAP, ...environment };
  const child = spawn(program, [...first, ...args], { cwd: ROOT, env });
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.on('data', (data: Buffer) => out.push(String(data)));
  child.stderr.on('data', (data: Buffer) => err.push(String(data)));
  // A command may end without reading what was written to it.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number];
  return { code, out: out.join(''), err: err.join('') };
}
