import { randomBytes, randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pino from 'pino';
import { readSettings, type Settings } from '../../config/settings.ts';
import type { Clock } from '../../src/clock.ts';
import { createLog } from '../../src/log.ts';
import type { Additions } from '../../src/main/http.ts';
import { type Sandbox, startSandbox } from '../../src/main/sandbox.ts';
import { noteStart } from './jest/costs.ts';
import { WITHOUT_FLOORS } from './pace.ts';
import { type TestDatabase, testDatabase } from './storage/database.ts';

/** Below those that systems give to connections that leave: none of these takes a port between its look and its use. */
const [FIRST_PORT, PORTS] = [10_000, 22_000];

/** A port nobody has; good enough for a test that takes it at once. Runs beside each other hardly meet: it is drawn. */
export async function freePort(): Promise<number> {
  const port = FIRST_PORT + randomInt(PORTS);
  const server = createServer();
  const free = await new Promise<boolean>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (!free) return freePort();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const key = () => randomBytes(32).toString('base64');
export const testSecrets = () => ({
  COOKIE_KEYS: key(),
  DATA_KEYS: `1:${key()}`,
  INDEX_KEY: key(),
  PAIRWISE_KEY: key(),
  DPOP_KEY: key(),
});

const realNow = Date.now;

/** The cards of one test file; making them takes a quarter of a second. */
const dataDir = mkdtempSync(join(tmpdir(), 'mire-test-'));
process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));

/** A clock that a test moves. */
export class TestClock {
  #ahead = 0;
  #everybody = 0;
  readonly now: Clock = () => new Date(Date.now() + this.#ahead);
  /** Moves the service's own clock. */
  forward(seconds: number): void {
    this.#ahead += seconds * 1000;
  }

  /** Moves everybody's in this process: oidc-provider, openid-client and the limits read `Date.now` themselves. */
  forwardAll(seconds: number): void {
    this.#everybody += seconds * 1000;
    Date.now = () => realNow() + this.#everybody;
  }

  restore(): void {
    this.#everybody = 0;
    Date.now = realNow;
  }
}

export interface RunningMire {
  readonly issuer: string;
  readonly settings: Settings;
  readonly sandbox: Sandbox;
  readonly database: TestDatabase;
  readonly clock: TestClock;
  /** Every log line so far, as written. */
  readonly logs: string[];
  close(): Promise<void>;
}

export interface MireOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly added?: Partial<Additions>;
  readonly database?: TestDatabase;
  /** With the simulated hospitals of the sandbox. */
  readonly structures?: boolean;
  /** With test cards that are believed: their revocation lists are published. */
  readonly cards?: boolean;
  /** With what a worker does now and then: purge, sealing of the audit, turning of keys, warnings. */
  readonly jobs?: boolean;
}

/** The whole service in this process, on a database of its own, with cheap password hashes. */
export async function startMire({
  env = {},
  added = {},
  database,
  structures = false,
  cards = false,
  jobs = false,
}: MireOptions = {}): Promise<RunningMire> {
  noteStart();
  const own = database ?? (await testDatabase());
  const port = await freePort();
  const logs: string[] = [];
  const settings = readSettings(
    {
      PORT: String(port),
      DATA_DIR: dataDir,
      CARD_TLS_PORT: '0',
      PSC_SANDBOX_PORT: '0',
      DATABASE_URL: own.url,
      ARGON2_MEMORY: '64',
      ARGON2_PASSES: '1',
      // A server for tests has a hundred connections for all runs on it, and a busy machine is slow to give one.
      DATABASE_POOL: '5',
      DATABASE_PATIENCE: '60',
      REDIS_PATIENCE: '30',
      LOG_LEVEL: 'debug',
      ...env,
    },
    testSecrets,
  );
  const clock = new TestClock();
  const log = createLog(settings.LOG_LEVEL, {
    write: (line: string) => void logs.push(line),
  } as pino.DestinationStream);
  const sandbox = await startSandbox(settings, log, {
    clock: clock.now,
    added: { ...added, pace: { ...WITHOUT_FLOORS, ...added.pace } },
    singleSession: own.singleSession,
    structures,
    cards,
    jobs,
    migrated: database === undefined,
  });
  return {
    issuer: settings.ISSUER,
    settings: sandbox.settings,
    sandbox,
    database: own,
    clock,
    logs,
    async close() {
      clock.restore();
      await sandbox.close();
      if (!database) await own.stop();
    },
  };
}
