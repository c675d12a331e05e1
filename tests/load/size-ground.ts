import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { readSettings, type Settings } from '../../config/settings.ts';
import { createVault, type Vault } from '../../src/protection/secrets.ts';
import { secrets, startPostgres } from './ground.ts';

export interface Sizes {
  readonly accounts: number;
  readonly models: number;
  readonly lines: number;
}

/** A PostgreSQL that is kept from one step to the next, with the secrets that its rows are sealed under. */
export interface SizedGround {
  readonly sizes: Sizes;
  /** Where the database at size stands. */
  readonly url: string;
  /** The settings of a process that works on a database of this ground. */
  env(databaseUrl: string): Record<string, string>;
  settings(databaseUrl: string): Settings;
  readonly vault: Vault;
  say(text: string): void;
  /** Another database, made anew. */
  database(name: string): Promise<string>;
  stop(): Promise<void>;
  remove(): void;
}

export async function ask<Row extends pg.QueryResultRow>(url: string, sql: string, values: unknown[] = []) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

export interface SizedOptions {
  readonly directory: string;
  readonly sizes: Sizes;
  readonly say: (text: string) => void;
}

/** The last core: servers under test have the first, as in `npm run bench`. Seeding uses what there is. */
export async function openSized({ directory, sizes, say }: SizedOptions): Promise<SizedGround> {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'secrets.json');
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(secrets()), { mode: 0o600 });
  const kept = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  const postgres = await startPostgres(process.env.BENCH_DATABASE_CORES ?? '0-1', join(directory, 'pg'));
  const urlOf = (name: string) => {
    const url = new URL(postgres.url);
    url.pathname = `/${name}`;
    return url.href;
  };
  const env = (databaseUrl: string) => ({
    ...kept,
    DATABASE_URL: databaseUrl,
    RATE_LIMIT_FACTOR: '1000',
    LOG_LEVEL: 'warn',
    MODES: 'code-ephemere,login-mdp',
  });
  const settings = (databaseUrl: string) =>
    readSettings(env(databaseUrl), () => {
      throw new Error('every secret is given');
    });
  const url = urlOf('sized');
  const { DATA_KEYS, INDEX_KEY } = settings(url);
  return {
    sizes,
    url,
    env,
    settings,
    vault: createVault(DATA_KEYS, INDEX_KEY),
    say,
    async database(name) {
      await ask(postgres.url, `drop database if exists ${name}`);
      await ask(postgres.url, `create database ${name}`);
      return urlOf(name);
    },
    stop: () => postgres.stop(),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
