import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createQueue, createWorker, type QueueSettings } from '../../adapters/queue/bullmq.ts';
import { CODES, type CodeJob } from '../../src/delivery/jobs.ts';
import { DeliveryRefused } from '../../src/delivery/ports.ts';
import { createLog } from '../../src/log.ts';
import { describeWith } from '../support/jest/services.ts';
import { cutWire } from '../support/servers/cut-wire.ts';
import { type OwnCluster, ownCluster } from '../support/servers/own-cluster.ts';
import { type DatabaseKind, type TestDatabase, testDatabase } from '../support/storage/database.ts';
import { type TestRedis, testRedis } from '../support/storage/redis.ts';

const ADDRESS = 'alice.martin@example.org';
const log = createLog('silent');

const newJob = (): CodeJob => ({ challengeId: randomUUID(), counter: 1, requestedAt: Date.now() });

interface Backend {
  readonly settings: QueueSettings;
  /** Everything the queue keeps, as text. */
  dump(): Promise<string>;
  stop(): Promise<void>;
}

/** A worker whose jobs can be awaited, each try in its turn. */
function listen(settings: QueueSettings, answer: (tries: number) => void | Promise<void> = () => undefined) {
  const events = new EventEmitter();
  const seen: CodeJob[] = [];
  const worker = createWorker(settings, CODES, async (job) => {
    seen.push(job);
    events.emit('job', job);
    await answer(seen.length);
  });
  return {
    worker,
    seen,
    async until(count: number) {
      while (seen.length < count) await once(events, 'job');
    },
  };
}

function contract(start: () => Promise<Backend>): void {
  let backend: Backend;
  const open: { close(grace?: number): Promise<void> }[] = [];
  const queue = (settings = backend.settings) => {
    const made = createQueue(settings, CODES);
    open.push(made);
    return made;
  };
  const worker = (answer?: Parameters<typeof listen>[1], settings = backend.settings) => {
    const made = listen(settings, answer);
    open.push({ close: () => made.worker.close(2000) });
    return made;
  };

  beforeEach(async () => {
    backend = await start();
  });
  afterEach(async () => {
    for (const item of open.splice(0)) await item.close();
    await backend.stop();
  });

  test('a job arrives as it was sent, whether the worker was there first or not', async () => {
    const sent = [newJob(), newJob()] as const;
    const codes = queue();
    await codes.send(sent[0]);
    const { seen, until } = worker();
    await until(1);
    await codes.send(sent[1]);
    await until(2);
    expect(seen).toEqual(sent);
  });

  test('the same code asked for twice is one job', async () => {
    const codes = queue();
    const [doubled, next] = [newJob(), newJob()];
    await codes.send(doubled);
    await codes.send({ ...doubled, requestedAt: doubled.requestedAt + 1 });
    await codes.send(next);
    const { seen, until } = worker();
    await until(2);
    expect(seen.map((job) => job.challengeId)).toEqual([doubled.challengeId, next.challengeId]);
  });

  test('a temporary refusal is tried again, and leaves no address in the queue meanwhile', async () => {
    const job = newJob();
    let kept = '';
    const { seen, until } = worker(async (tries) => {
      if (tries === 1) throw new Error(`550 <${ADDRESS}> unknown, code 123456`);
      if (tries === 2) throw new DeliveryRefused('mail: EENVELOPE 450', false);
      kept = await backend.dump();
    });
    await queue().send(job);
    await until(3);
    expect(seen).toEqual([job, job, job]);
    await waitFor(() => kept !== '');
    expect(kept).toContain(job.challengeId);
    expect(kept).toContain('EENVELOPE 450');
    expect(kept).not.toContain(ADDRESS);
    expect(kept).not.toContain('123456');
  });

  test('a permanent refusal is never tried again, and a job that ended is not kept', async () => {
    const [refused, next] = [newJob(), newJob()];
    const codes = queue();
    const {
      seen,
      until,
      worker: running,
    } = worker((tries) => {
      if (tries === 1) throw new DeliveryRefused('mail: EENVELOPE 550', true);
    });
    await codes.send(refused);
    await until(1);
    await codes.send(next);
    await until(2);
    await running.close(5000);
    expect(seen).toEqual([refused, next]);
    // Sent again by hand it would be a new job: nothing of it is left under its name.
    await codes.send(refused);
    const second = worker();
    await second.until(1);
    expect(second.seen).toEqual([refused]);
  });

  test('closing waits for the job in hand', async () => {
    const gate = Promise.withResolvers<void>();
    let ended = false;
    const { worker: running, until } = worker(async () => {
      await gate.promise;
      ended = true;
    });
    await queue().send(newJob());
    await until(1);
    const closed = running.close(10_000);
    gate.resolve();
    await closed;
    expect(ended).toBe(true);
  });

  test('closing gives up on a job that does not end, and another worker takes it', async () => {
    const job = newJob();
    const stuck = worker(() => new Promise(() => undefined));
    await queue().send(job);
    await stuck.until(1);
    const before = Date.now();
    await stuck.worker.close(300);
    expect(Date.now() - before).toBeLessThan(3000);
    const rescuer = worker();
    await rescuer.until(1);
    expect(rescuer.seen).toEqual([job]);
  });
}

/** For what has no event to await. */
async function waitFor(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}

function outages(
  start: () => Promise<Backend>,
  through: (settings: QueueSettings) => { url: URL; port: number; via(url: string): QueueSettings },
): void {
  test('says no within two seconds while the queue is down or hangs, and both sides recover by themselves', async () => {
    const backend = await start();
    const { url, port, via } = through(backend.settings);
    const wire = await cutWire(url, port);
    const settings = via(wire.url);
    await wire.cut();
    const codes = createQueue(settings, CODES);
    const { worker, seen, until } = listen(settings);
    try {
      const refused = async () => {
        const before = Date.now();
        await expect(codes.send(newJob())).rejects.toMatchObject({ code: 'delivery-unavailable' });
        expect(Date.now() - before).toBeLessThan(2500);
      };
      await refused();

      await wire.mend();
      const [first, second, third] = [newJob(), newJob(), newJob()];
      await sendAtLast(codes, first);
      await until(1);

      wire.hang();
      await refused();
      await wire.mend();
      await sendAtLast(codes, second);
      await waitFor(() => seen.some((job) => job.challengeId === second.challengeId));

      await wire.cut();
      await refused();
      await wire.mend();
      await sendAtLast(codes, third);
      await waitFor(() => seen.some((job) => job.challengeId === third.challengeId));
    } finally {
      await Promise.all([worker.close(3000), codes.close()]);
      await wire.stop();
      await backend.stop();
    }
  });
}

async function sendAtLast(codes: { send(job: CodeJob): Promise<void> }, job: CodeJob): Promise<void> {
  const end = Date.now() + 15_000;
  for (;;) {
    try {
      return await codes.send(job);
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}

async function onDatabase(kind: DatabaseKind): Promise<Backend> {
  const { url, singleSession, database, stop }: TestDatabase = await testDatabase(kind);
  return {
    settings: { database: url, singleSession, log },
    async dump() {
      const { rows } = await database.raw(
        'select (select json_agg(j) from bullmq.job j) as jobs, (select json_agg(e) from bullmq.event e) as events',
      );
      return JSON.stringify(rows);
    },
    stop,
  };
}

async function onRedis(cluster?: OwnCluster): Promise<Backend> {
  const { url, client, stop }: TestRedis = cluster ?? (await testRedis());
  const database = 'postgres://nobody@127.0.0.1:1/none';
  return {
    settings: { redis: url, cluster: cluster !== undefined, database, singleSession: false, log },
    async dump() {
      const all: unknown[] = [];
      for (const key of await client.keys('*')) {
        const type = await client.type(key);
        if (type === 'hash') all.push(key, await client.hgetall(key));
        else if (type === 'stream') all.push(key, await client.xrange(key, '-', '+'));
        else all.push(key, type);
      }
      return JSON.stringify(all);
    },
    stop: () => (cluster ? client.flushdb().then(() => undefined) : stop()),
  };
}

describeWith('redis', 'the queue on Redis', () => {
  contract(() => onRedis());
  outages(
    () => onRedis(),
    (settings) => ({
      url: new URL(settings.redis ?? ''),
      port: 6379,
      via: (redis) => ({ ...settings, redis }),
    }),
  );
});

describeWith('postgres', 'the queue on PostgreSQL', () => {
  contract(() => onDatabase('postgres'));
  outages(
    () => onDatabase('postgres'),
    (settings) => ({
      url: new URL(settings.database),
      port: 5432,
      via: (database) => ({ ...settings, database }),
    }),
  );
});

describe('the queue on PGlite', () => {
  contract(() => onDatabase('pglite'));
});

describeWith('redis-server', 'the queue on a Redis Cluster', () => {
  let cluster: OwnCluster;
  beforeAll(async () => {
    cluster = await ownCluster();
  });
  afterAll(() => cluster.stop());
  contract(() => onRedis(cluster));
});
