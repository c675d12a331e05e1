import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { binary } from '../jest/binaries.ts';
import { freePort } from '../mire.ts';
import { OwnServer, ownDirectory, spawnQuietly } from './own-server.ts';

export interface OwnRedis {
  readonly url: string;
  readonly server: OwnServer;
  /** Stops, keeps a copy of what is on disk, and starts again. @returns how to go back to that moment. */
  keep(): Promise<() => Promise<void>>;
  flush(): Promise<void>;
  remove(): Promise<void>;
}

/** As production wants it, unless told otherwise. */
const SOUND = { appendonly: 'yes', 'maxmemory-policy': 'noeviction' };

/** A Redis server of its own. */
export async function ownRedis(settings: Readonly<Record<string, string>> = SOUND): Promise<OwnRedis> {
  const redis = binary('redis-server');
  if (!redis) throw new Error('Redis is not installed here');
  const directory = await ownDirectory();
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const all = { port: String(port), bind: '127.0.0.1', dir: directory.path, save: '', ...settings };
  const once = async <T>(ask: (client: Redis) => Promise<T>): Promise<T> => {
    const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
    // connect() rejects with the same error.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await ask(client);
    } finally {
      client.disconnect();
    }
  };
  const server = new OwnServer(
    () =>
      spawnQuietly(
        redis,
        Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]),
      ),
    () => once((client) => client.ping()),
  );
  await server.start();
  const log = join(directory.path, 'appendonlydir');
  return {
    url,
    server,
    async keep() {
      const copy = await ownDirectory();
      await server.stop();
      await cp(log, copy.path, { recursive: true });
      await server.start();
      return async () => {
        await server.stop();
        await rm(log, { recursive: true });
        await cp(copy.path, log, { recursive: true });
        await copy.remove();
        await server.start();
      };
    },
    async flush() {
      await once((client) => client.flushall());
    },
    async remove() {
      await server.kill();
      await directory.remove();
    },
  };
}
