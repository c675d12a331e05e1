import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Session } from 'node:inspector/promises';
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import type { Profile } from './areas.ts';

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

/** Milliseconds, since they were last asked for. */
export interface Stalls {
  /** How long the event loop heard nobody. */
  readonly loop: { readonly p99: number; readonly max: number };
  /** The longest garbage collection. */
  readonly collection: number;
}

/** A server in a process of its own, on a core of its own. */
export interface Target {
  readonly name: string;
  readonly issuer: string;
  readonly port: string;
  readonly startedIn: number;
  usage(): Promise<Usage>;
  stalls(): Promise<Stalls>;
  /** The CPU profile of the process while the work goes on. */
  profiled(work: () => Promise<unknown>): Promise<Profile>;
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
  const [command, args] = onCore(core, [process.execPath, file]);
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
  const ask = async <T>(what: Question): Promise<T> => {
    child.send(what);
    const [message] = await once(child, 'message');
    return message as T;
  };
  return {
    name,
    port: String(port),
    ...said,
    usage: () => ask<Usage>('usage'),
    stalls: () => ask<Stalls>('stalls'),
    async profiled(work) {
      await ask('profile');
      await work();
      return ask<Profile>('profiled');
    },
    async stop() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

type Question = 'usage' | 'stalls' | 'profile' | 'profiled';

/** The other end: called by the server's own script once it listens. */
export function answerMaster(ready: Ready): void {
  const inspector = new Session();
  const delay = monitorEventLoopDelay({ resolution: 2 });
  let collection = 0;
  const collections = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) collection = Math.max(collection, duration);
  });
  const answers: Readonly<Record<Question, () => Promise<unknown>>> = {
    async usage() {
      const { user, system } = process.cpuUsage();
      return { cpu: (user + system) / 1000, rss: process.memoryUsage.rss() } satisfies Usage;
    },
    async stalls() {
      const said: Stalls = { loop: { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 }, collection };
      // Only once somebody wants to know: it costs a little.
      delay.enable();
      delay.reset();
      collections.observe({ entryTypes: ['gc'] });
      collection = 0;
      return said;
    },
    async profile() {
      inspector.connect();
      await inspector.post('Profiler.enable');
      await inspector.post('Profiler.start');
      return 'started';
    },
    async profiled() {
      const { profile } = await inspector.post('Profiler.stop');
      inspector.disconnect();
      return profile;
    },
  };
  process.on('message', (question: Question) => void answers[question]().then((answer) => process.send?.(answer)));
  process.send?.(ready);
}
