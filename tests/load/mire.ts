import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JSONWebKeySet } from 'jose';
import { freePort, type Ground, secrets } from './ground.ts';
import { prepareDatabase } from './prepare.ts';
import { startTarget, type Target } from './target.ts';

/** One Mire of a run: its database, its settings, and one process of it. */
export interface MireTarget extends Target {
  readonly env: Readonly<Record<string, string>>;
  readonly jwk: unknown;
  readonly keys: JSONWebKeySet;
  /** Another web process on the same stores. */
  another(core: number): Promise<Target>;
}

export interface MireOptions {
  /** Also the name of its database. */
  readonly name: string;
  readonly core: number;
  readonly people: number;
  readonly redis: boolean;
  /** Leave the password hash out. */
  readonly skipHash: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

const SERVER = './mire-server.ts';

/** What all processes of a run write, once and for all: the cards of the sandbox are made there. */
const dataDir = mkdtempSync(join(tmpdir(), 'mire-bench-data-'));
process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));

export async function startMire(
  ground: Ground,
  { name, core, people, redis, skipHash, env: more = {} }: MireOptions,
): Promise<MireTarget> {
  const port = await freePort();
  const env: Record<string, string> = {
    ...secrets(),
    PORT: String(port),
    ISSUER: `http://localhost:${port}`,
    DATA_DIR: dataDir,
    DATABASE_URL: await ground.database(`mire_${name}`),
    ...(redis ? { REDIS_URL: ground.redisUrl } : {}),
    RATE_LIMIT_FACTOR: '1000',
    LOG_LEVEL: 'warn',
    MODES: 'code-ephemere,login-mdp',
    ...(skipHash ? { BENCH_HASH: 'skip' } : {}),
    ...more,
  };
  const { jwk } = await prepareDatabase(env, people);
  const target = await startTarget({ name, script: SERVER, port, core, env });
  const keys = (await (await fetch(`${target.issuer}/jwks`)).json()) as JSONWebKeySet;
  return {
    ...target,
    env,
    jwk,
    keys,
    async another(onCore) {
      const other = await freePort();
      const its = { ...env, PORT: String(other) };
      return startTarget({ name: `${name}-2`, script: SERVER, port: other, core: onCore, env: its });
    },
  };
}
