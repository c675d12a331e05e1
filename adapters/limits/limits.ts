import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import { DEFAULT_PREFIX, limitKeys } from '../../config/redis-keys.ts';
import { UserError } from '../../src/http/errors.ts';
import type { LimitMetrics } from '../../src/protection/limit-metrics.ts';
import { LIMITS, type Limit, type LimitName, type Limits } from '../../src/protection/limits.ts';
import type { Vault } from '../../src/protection/secrets.ts';
import type { Database } from '../db/database.ts';
import { query } from '../db/query.ts';
import type { RedisClient } from '../redis.ts';
import { reach } from '../unavailable.ts';

export interface LimitsParts {
  readonly database: Database;
  readonly redis?: RedisClient | undefined;
  readonly redisPrefix?: string;
  readonly vault: Vault;
  /** RATE_LIMIT_FACTOR */
  readonly factor: number;
  /** Quotas that a deployment sets. */
  readonly quotas?: Partial<Record<LimitName, number>>;
  readonly metrics?: LimitMetrics;
}

/** Seconds. */
const DAY = 24 * 60 * 60;

interface Statement {
  readonly text: string;
  readonly values: readonly (string | number | null)[];
}

/** The library names its statements, which two connections to PGlite cannot both do: see `query`. */
const unnamed = (database: Database) => ({
  async query({ text, values }: Statement) {
    const named = Object.fromEntries(values.map((value, index) => [`value${index + 1}`, value]));
    const rows = await query(database, text.replaceAll(/\$(\d+)/g, ':value$1'), named);
    return { rows, rowCount: rows.length };
  },
});

/**
 * Counts in Redis when there is one, else in PostgreSQL. While Redis is away each process counts by itself: a limit that
 * is lower than it should be is better than none.
 */
export function createLimits({
  database,
  redis,
  redisPrefix = DEFAULT_PREFIX,
  vault,
  factor,
  quotas = {},
  metrics,
}: LimitsParts): Limits {
  const limiterOf = (
    options: { keyPrefix: string; points: number; duration: number },
    local = false,
  ): RateLimiterAbstract => {
    if (local) return new RateLimiterMemory(options);
    return redis
      ? new RateLimiterRedis({
          ...options,
          keyPrefix: limitKeys(redisPrefix) + options.keyPrefix,
          storeClient: redis,
          insuranceLimiter: new RateLimiterMemory(options),
        })
      : new RateLimiterPostgres({
          ...options,
          storeClient: unnamed(database),
          storeType: 'pool',
          tableName: 'rate_limits',
          tableCreated: true,
          clearExpiredByTimeout: false,
        });
  };
  const each = <T>(make: (name: LimitName, limit: Limit) => T) =>
    Object.fromEntries(Object.entries(LIMITS).map(([name, limit]) => [name, make(name as LimitName, limit)])) as Record<
      LimitName,
      T
    >;
  const limiters = each((name, limit) =>
    limiterOf(
      {
        keyPrefix: name,
        points: quotas[name] ?? (limit.quota ? limit.points : Math.max(1, Math.round(limit.points * factor))),
        duration: limit.seconds,
      },
      limit.local,
    ),
  );
  /** How often within a day a limit was reached. */
  const strikes = each((name, { growsTo }) =>
    growsTo === undefined ? undefined : limiterOf({ keyPrefix: `${name}-strikes`, points: 1_000_000, duration: DAY }),
  );
  // What is counted may be an address or an identifier: a dump must not tell whose.
  const hidden = (name: LimitName, key: string) => vault.index(key, `limit:${name}`).toString('base64url');

  /** The first one over the limit makes the wait of the next ones: it alone counts the strike. */
  async function waitAfter(name: LimitName, key: string, refused: RateLimiterRes): Promise<number> {
    const { growsTo, seconds } = LIMITS[name] as Limit;
    const left = refused.msBeforeNext / 1000;
    if (growsTo === undefined || refused.consumedPoints !== limiters[name].points + 1) return left;
    const struck = await reach(strikes[name]?.penalty(key) ?? Promise.resolve(undefined));
    const count = struck?.consumedPoints ?? 1;
    if (count < 2) return left;
    const wait = Math.min(seconds * 2 ** Math.min(count - 1, 10), growsTo);
    await reach(limiters[name].block(key, wait));
    return wait;
  }

  return {
    async take(name, key, points = 1) {
      const at = hidden(name, key);
      try {
        const { consumedPoints, remainingPoints } = await reach(limiters[name].consume(at, points));
        metrics?.taken(name, consumedPoints / limiters[name].points);
        return { used: consumedPoints, left: remainingPoints };
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused;
        metrics?.refused(name);
        // Those beyond a wait that grows are how its first one is known; elsewhere they would eat what is given back.
        if ((LIMITS[name] as Limit).growsTo === undefined) await reach(limiters[name].reward(at, points));
        const retryAfter = Math.max(1, await waitAfter(name, at, refused));
        throw new UserError('too-many-tries', { limit: name, retryAfter });
      }
    },
    async giveBack(name, key, times = 1) {
      await reach(limiters[name].reward(hidden(name, key), times));
    },
    async forget(name, key) {
      // The wait of the next time still grows: a day forgets it.
      await reach(limiters[name].delete(hidden(name, key)));
    },
  };
}
