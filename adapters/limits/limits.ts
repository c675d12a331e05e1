import type { Redis } from 'ioredis';
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import { UserError } from '../../src/http/errors.ts';
import { LIMITS, type LimitName, type Limits } from '../../src/protection/limits.ts';
import type { Vault } from '../../src/protection/secrets.ts';
import type { Database } from '../db/database.ts';
import { query } from '../db/query.ts';
import { reach } from '../unavailable.ts';

export interface LimitsParts {
  readonly database: Database;
  readonly redis?: Redis | undefined;
  readonly vault: Vault;
  /** RATE_LIMIT_FACTOR */
  readonly factor: number;
}

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
export function createLimits({ database, redis, vault, factor }: LimitsParts): Limits {
  const limiters = Object.fromEntries(
    Object.entries(LIMITS).map(([name, limit]) => {
      const points = 'quota' in limit ? limit.points : Math.max(1, Math.round(limit.points * factor));
      const options = { keyPrefix: name, points, duration: limit.seconds };
      const limiter: RateLimiterAbstract = redis
        ? new RateLimiterRedis({ ...options, storeClient: redis, insuranceLimiter: new RateLimiterMemory(options) })
        : new RateLimiterPostgres({
            ...options,
            storeClient: unnamed(database),
            storeType: 'pool',
            tableName: 'rate_limits',
            tableCreated: true,
            clearExpiredByTimeout: false,
          });
      return [name, limiter];
    }),
  ) as Record<LimitName, RateLimiterAbstract>;
  // What is counted may be an address or an identifier: a dump must not tell whose.
  const hidden = (name: LimitName, key: string) => vault.index(key, `limit:${name}`).toString('base64url');

  return {
    async take(name, key) {
      try {
        await reach(limiters[name].consume(hidden(name, key)));
      } catch (refused) {
        if (refused instanceof RateLimiterRes)
          throw new UserError('too-many-tries', { limit: name, retryAfter: Math.max(1, refused.msBeforeNext / 1000) });
        throw refused;
      }
    },
    async giveBack(name, key) {
      await reach(limiters[name].reward(hidden(name, key)));
    },
    async forget(name, key) {
      await reach(limiters[name].delete(hidden(name, key)));
    },
  };
}
