import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a measured server says of itself once it answers. */
export interface Ready {
  readonly issuer: string;
  /** Milliseconds from the start of the process to the first answer of `/readyz` or its like. */
  readonly startedIn: number;
}

export interface Usage {
  /** Milliseconds of processor, user and system, since the process began. */
  readonly cpu: number;
  /** Bytes. */
  readonly rss: number;
}

/** A server in a process of its own, on a core of its own. */
export interface Target {
  readonly name: string;
  readonly issuer: string;
  readonly port: string;
  readonly startedIn: number;
  usage(): Promise<Usage>;
  /** Settles once the process has ended. */
  stop(): Promise<void>;
}

/** A run that is cut off leaves nothing behind. */
export function endWithUs(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): void {
  const end = () => child.kill(signal);
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
}

/** `taskset` of util-linux: the processes' own threads go with them. */
export const onCore = (core: number | string, command: readonly string[]): [string, string[]] => [
  'taskset',
  ['-c', String(core), ...command],
];

export interface TargetOptions {
  readonly name: string;
  readonly script: string;
  readonly port: number;
  readonly core: number;
  readonly env: Readonly<Record<string, string>>;
}

export async function startTarget({ name, script, port, core, env }: TargetOptions): Promise<Target> {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const profile = process.env.BENCH_PROFILE
    ? ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_PROFILE}/${name}`]
    : [];
  const [command, args] = onCore(core, [process.execPath, ...profile, file]);
  const [executable = '', ...rest] = [command, ...args];
  const child: ChildProcess = fork(file, [], {
    execPath: executable,
    execArgv: rest.slice(0, -1),
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', PORT: String(port), ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  endWithUs(child);
  const said = await Promise.race([
    once(child, 'message').then(([message]) => message as Ready),
    once(child, 'exit').then(([code]) => new Error(`${name} ended with ${code} before it was ready`)),
  ]);
  if (said instanceof Error) throw said;
  return {
    name,
    port: String(port),
    ...said,
    async usage() {
      child.send('usage');
      const [message] = await once(child, 'message');
      return message as Usage;
    },
    async stop() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** The other end: called by the server's own script once it listens. */
export function answerMaster(ready: Ready): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    const usage: Usage = { cpu: (user + system) / 1000, rss: process.memoryUsage.rss() };
    process.send?.(usage);
  });
  process.send?.(ready);
}
