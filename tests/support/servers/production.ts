import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort, testSecrets } from '../mire.ts';
import { commandIn, compiled, type Environment } from '../mire-command.ts';
import type { TestDatabase } from '../storage/database.ts';

const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

export type { Environment } from '../mire-command.ts';

/** What every process of one deployment shares. Nothing else of the environment of the tests comes along. */
export const productionEnvironment = (settings: Environment): Environment => ({
  MIRE_ENV: 'production',
  SUPPORT_URL: 'https://assistance.mire.test/',
  MAIL_FROM: 'Mire <ne-pas-repondre@mire.test>',
  MAIL_URL: 'smtp://127.0.0.1:9',
  MAIL_TLS: 'none',
  SMS_URL: 'https://sms.mire.test/',
  TRUSTED_PROXIES: '127.0.0.1',
  // A machine that is busy with other tests is no outage.
  DATABASE_PATIENCE: '60',
  REDIS_PATIENCE: '30',
  ...testSecrets(),
  ...settings,
});

/** Where a sandbox in a process of its own finds its database: one that is not told of a PostgreSQL brings its PGlite. */
export const ofSandbox = ({ url, singleSession }: Pick<TestDatabase, 'url' | 'singleSession'>): Environment =>
  singleSession ? {} : { DATABASE_URL: url };

export interface LogLine {
  readonly msg?: string;
  readonly [field: string]: unknown;
}

const isLogLine = (line: string) => line.startsWith('{"level"');

/** One process of Mire, as a container would run it. */
export class MireProcess {
  readonly logs: LogLine[] = [];
  /** What it wrote besides log lines: the answer of a command, or why it does not start. */
  said = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #waiting: (() => void)[] = [];

  constructor(args: readonly string[], environment: Environment, input?: string) {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: { ...compiled(), ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child = child;
    // A command may end without reading what was written to it.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    createInterface({ input: child.stdout }).on('line', (line) => this.#hear(line));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.said += text;
    });
    this.#ended = once(child, 'close').then(([code]) => {
      this.#wake();
      return code as number | null;
    });
    const end = () => child.kill('SIGKILL');
    process.once('exit', end);
    void this.#ended.then(() => process.off('exit', end));
  }

  /** Waits for a log line. @throws when the process ends without it. */
  async logged(msg: string): Promise<LogLine> {
    for (;;) {
      const line = this.logs.find((one) => one.msg === msg);
      if (line) return line;
      if (this.#child.exitCode !== null || this.#child.signalCode) {
        throw new Error(`it ended before it said "${msg}":\n${this.said}${JSON.stringify(this.logs)}`);
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Waits for words besides log lines. @throws when the process ends without them. */
  async says(words: string): Promise<void> {
    while (!this.said.includes(words)) {
      if (this.#child.exitCode !== null || this.#child.signalCode) {
        throw new Error(`it ended before it said "${words}":\n${this.said}${JSON.stringify(this.logs)}`);
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** @returns the exit code, when it has ended. */
  ended(): Promise<number | null> {
    return this.#ended;
  }

  async stop(): Promise<number | null> {
    this.signal('SIGTERM');
    return this.#ended;
  }

  #hear(line: string): void {
    if (isLogLine(line)) this.logs.push(JSON.parse(line) as LogLine);
    else this.said += `${line}\n`;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

export interface Replica {
  readonly process: MireProcess;
  readonly port: number;
}

/** A web process that is ready, on ports of its own. */
export async function startReplica(environment: Environment): Promise<Replica> {
  const port = await freePort();
  const started = new MireProcess(['serve'], {
    ...environment,
    PORT: String(port),
    METRICS_PORT: String(await freePort()),
  });
  await started.logged('ready');
  return { process: started, port };
}

export async function startWorker(environment: Environment): Promise<MireProcess> {
  const started = new MireProcess(['work'], { ...environment, METRICS_PORT: String(await freePort()) });
  await started.logged('working');
  return started;
}

/**
 * A command that ends by itself, in this process.
 * @returns what it wrote besides log lines. @throws with what it said when it fails.
 */
export async function command(args: readonly string[], environment: Environment, input?: string): Promise<string> {
  const { code, out, err } = await commandIn(environment, args, input);
  if (code !== 0) throw new Error(`mire ${args[0]} ended with ${code}:\n${out}${err}`);
  const answer = out.split('\n').filter((line) => !isLogLine(line));
  return `${answer.join('\n')}${err}`;
}
