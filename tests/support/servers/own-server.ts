import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { until } from '../jest/until.ts';

/** A server that a test may kill, freeze and start again without hurting anybody: its own port, its own directory. */
export class OwnServer {
  readonly #start: () => ChildProcess;
  readonly #answers: () => Promise<unknown>;
  #process: ChildProcess | undefined;

  constructor(start: () => ChildProcess, answers: () => Promise<unknown>) {
    this.#start = start;
    this.#answers = answers;
  }

  /** Ends when it answers. A server that died hard may need a second start, until the one before has let go. */
  async start(): Promise<void> {
    let last: unknown;
    await until(
      () => `a server to answer: ${String(last)}`,
      async () => {
        if (!this.#running()) this.#process = this.#start();
        try {
          await this.#answers();
          return true;
        } catch (error) {
          last = error;
          // It may not be worth a second start yet.
          await wait(40);
          return false;
        }
      },
    );
  }

  /** As a power cut would: no goodbye to anybody. */
  kill = (): Promise<void> => this.#end('SIGKILL');
  stop = (): Promise<void> => this.#end('SIGTERM');

  /** Connections stay open and nothing answers any more. */
  async freeze(): Promise<void> {
    await this.#signalAll('SIGSTOP');
  }

  async thaw(): Promise<void> {
    await this.#signalAll('SIGCONT');
  }

  #running(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (!this.#process || !this.#running()) return;
    // What is frozen would never learn that its parent is gone.
    await this.thaw();
    const ended = once(this.#process, 'exit');
    this.#process.kill(signal);
    await ended;
  }

  async #signalAll(signal: NodeJS.Signals): Promise<void> {
    const { pid } = this.#process ?? {};
    if (pid === undefined) throw new Error('the server is not running');
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    for (const each of [pid, ...children.split(' ').filter(Boolean).map(Number)]) {
      try {
        process.kill(each, signal);
      } catch (error) {
        // A child may end between the two: a backend whose client went away.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
  }
}

/** An empty directory, and how to be rid of it. */
export async function ownDirectory(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'mire-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** A child whose words nobody needs, and that ends with the test run whatever happens. */
export function spawnQuietly(
  command: string,
  args: readonly string[],
  options: Pick<SpawnOptions, 'uid' | 'gid' | 'stdio'> = {},
): ChildProcess {
  const child = spawn(command, args, { stdio: 'ignore', ...options });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  // A command that cannot be run shows as a server that never answers.
  child.on('error', () => undefined);
  return child;
}

/** Whether something answers at this port of this machine: for a server's `ready`. */
export const listening = (port: number, host = '127.0.0.1') =>
  new Promise<void>((resolve, reject) => {
    const socket = connect(port, host, () => {
      socket.destroy();
      resolve();
    });
    socket.on('error', reject);
  });
