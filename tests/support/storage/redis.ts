import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { redisUrl } from './redis-url.ts';

export interface TestRedis {
  readonly url: string;
  readonly client: Redis;
  stop(): Promise<void>;
}

/** A Redis server has 16 databases unless told otherwise; number 0 only holds the leases. */
const DATABASES = 15;
const LEASE_SECONDS = 60;

/**
 * An empty Redis database that no other test uses meanwhile: databases 1 to 15 are leased, since several test runs may
 * share one server. Whatever such a database held is gone.
 */
export async function testRedis(): Promise<TestRedis> {
  const leases = new Redis(withDatabase(0));
  const owner = randomUUID();
  const number = await lease(leases, owner).catch(async (error: unknown) => {
    await leases.quit();
    throw error;
  });
  const renewal = setInterval(() => {
    leases.expire(leaseKey(number), LEASE_SECONDS).catch(() => clearInterval(renewal));
  }, LEASE_SECONDS * 250);
  renewal.unref();
  const url = withDatabase(number);
  const client = new Redis(url);
  await client.flushdb();
  return {
    url,
    client,
    async stop() {
      clearInterval(renewal);
      await client.flushdb();
      await client.quit();
      await leases.del(leaseKey(number));
      await leases.quit();
    },
  };
}

const leaseKey = (number: number) => `mire-test:lease:${number}`;

function withDatabase(number: number): string {
  const url = new URL(redisUrl);
  url.pathname = `/${number}`;
  return url.href;
}

async function lease(leases: Redis, owner: string): Promise<number> {
  const first = Number(process.env.JEST_WORKER_ID ?? 1);
  for (let step = 0; step < DATABASES; step++) {
    const number = 1 + ((first + step) % DATABASES);
    if (await leases.set(leaseKey(number), owner, 'EX', LEASE_SECONDS, 'NX')) return number;
  }
  throw new Error('every test database of this Redis is taken; those of dead runs come free within a minute');
}
