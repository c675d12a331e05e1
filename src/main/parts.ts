import type { AdapterFactory } from 'oidc-provider';
import type { Registry } from 'prom-client';
import { type Database, openDatabase, type Work } from '../../adapters/db/database.ts';
import { createSigningKeys } from '../../adapters/db/signing-keys.ts';
import { createStorage } from '../../adapters/db/storage.ts';
import { createLimits } from '../../adapters/limits/limits.ts';
import { createAdapterFactory } from '../../adapters/oidc/adapter.ts';
import { CompanionShelf } from '../../adapters/oidc/companions.ts';
import { checkRedis, openRedis, type RedisAddress, type RedisClient } from '../../adapters/redis.ts';
import { PACE, type Pace } from '../../config/pace.ts';
import type { Settings } from '../../config/settings.ts';
import { type Circumstances, createCircumstances } from '../accounts/circumstances.ts';
import { createPasswords, type Passwords } from '../accounts/passwords.ts';
import { createSparing } from '../audit/sparing.ts';
import type { Clock } from '../clock.ts';
import { ConfigError } from '../http/errors.ts';
import { createRegistry } from '../http/metrics.ts';
import type { Log } from '../log.ts';
import { createKnownDevices, type KnownDevices } from '../protection/known-devices.ts';
import { createLimitMetrics } from '../protection/limit-metrics.ts';
import type { Limits } from '../protection/limits.ts';
import { createVault, type Vault } from '../protection/secrets.ts';
import type { SigningKeys } from '../provider/keys.ts';
import type { Storage } from '../storage.ts';
import { createRoundWatch, type RoundWatch } from './round-watch.ts';

/** What every process of Mire stands on. */
export interface Parts {
  readonly settings: Settings;
  readonly log: Log;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly databaseUrl: string;
  /** PGlite behind the database address. */
  readonly singleSession: boolean;
  readonly database: Database;
  readonly redis: RedisClient | undefined;
  readonly vault: Vault;
  readonly storage: Storage;
  readonly limits: Limits;
  readonly passwords: Passwords;
  readonly adapter: AdapterFactory;
  readonly signingKeys: SigningKeys;
  readonly registry: Registry;
  readonly rounds: RoundWatch;
  readonly devices: KnownDevices;
  readonly circumstances: Circumstances;
  close(): Promise<void>;
}

export interface PartsOptions {
  readonly settings: Settings;
  readonly log: Log;
  readonly clock?: Clock;
  /** Other waits than the product's: for tests. */
  readonly pace?: Partial<Pace> | undefined;
  readonly databaseUrl: string;
  readonly singleSession: boolean;
  /** What its statements are part of: see openDatabase. */
  readonly work?: Work;
}

/** Where Redis is, how it is spoken to and where Mire's keys stand in it; undefined where there is none. */
export const redisAddress = (settings: Settings): RedisAddress | undefined =>
  settings.REDIS_URL === undefined
    ? undefined
    : {
        url: settings.REDIS_URL,
        cluster: settings.REDIS_CLUSTER,
        tls: { ca: settings.REDIS_CA, cert: settings.REDIS_CERT, key: settings.REDIS_KEY },
        prefix: settings.REDIS_PREFIX,
      };

/** Opens connections; none is awaited but Redis, whose settings are checked before anything trusts it. */
export async function openParts({
  settings,
  log,
  clock = () => new Date(),
  pace = {},
  databaseUrl,
  singleSession,
  work = 'report',
}: PartsOptions): Promise<Parts> {
  const database = openDatabase({
    url: databaseUrl,
    pool: settings.DATABASE_POOL,
    singleSession,
    work,
    patience: settings.DATABASE_PATIENCE,
    log,
  });
  const address = redisAddress(settings);
  const redis = address ? openRedis({ ...address, patience: settings.REDIS_PATIENCE }, log) : undefined;
  const redisPrefix = settings.REDIS_PREFIX;
  const registry = createRegistry();
  const vault = createVault(settings.DATA_KEYS, settings.INDEX_KEY);
  const shelf = new CompanionShelf();
  const limits = createLimits({
    database,
    redis,
    redisPrefix,
    vault,
    factor: settings.RATE_LIMIT_FACTOR,
    quotas: { 'sms-day': settings.SMS_BUDGET_DAY },
    metrics: createLimitMetrics(registry),
  });
  const parts: Parts = {
    settings,
    log,
    clock,
    pace: { ...PACE, ...pace },
    databaseUrl,
    singleSession,
    database,
    redis,
    vault,
    storage: createStorage(database, vault, shelf, createSparing(limits)),
    limits,
    passwords: createPasswords({ memory: settings.ARGON2_MEMORY, passes: settings.ARGON2_PASSES }),
    adapter: createAdapterFactory({ database, redis, redisPrefix, vault, now: clock, shelf }),
    signingKeys: createSigningKeys(database, vault),
    registry,
    rounds: createRoundWatch(registry),
    devices: createKnownDevices(vault, clock, settings.ISSUER),
    circumstances: createCircumstances({ issuer: settings.ISSUER, zone: settings.TIME_ZONE, clock }),
    async close() {
      redis?.disconnect();
      await database.destroy();
    },
  };
  if (redis) await trustRedis(redis, parts);
  return parts;
}

/** A Redis that forgets or evicts would sign people out at random: production does not start on it. */
async function trustRedis(redis: RedisClient, { settings, log, close }: Parts): Promise<void> {
  const problems = await checkRedis(redis);
  for (const { message } of problems) log.warn({ problem: message }, 'redis is not set as it should be');
  if (settings.MIRE_ENV === 'production' && problems.some(({ level }) => level === 'error')) {
    await close();
    throw new ConfigError(`REDIS_URL: ${problems.map(({ message }) => message).join('; ')}`);
  }
}
