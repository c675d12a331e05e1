import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createQueue, createWorker, type QueueSettings } from '../../adapters/queue/bullmq.ts';
import { PACE } from '../../config/pace.ts';
import { CODES, type CodeJob, type JobKind } from '../../src/delivery/jobs.ts';
import { DeliveryRefused } from '../../src/delivery/ports.ts';
import { describeWith } from '../support/jest/services.ts';
import { inTime, until as waitFor } from '../support/jest/until.ts';
import { KEEN_EYE, LOOSE_HOLD, PROMPT_QUEUE } from '../support/pace.ts';
import { cutWire } from '../support/servers/cut-wire.ts';
import { type OwnCluster, ownCluster } from '../support/servers/own-cluster.ts';
import { type Backend, onDatabase, onRedis } from './queue-backends.ts';

const ADDRESS = 'alice.martin@example.org';

const newJob = (): CodeJob => ({ challengeId: randomUUID(), counter: 1, requestedAt: Date.now() });

/** A worker whose jobs can be awaited, each try in its turn. */
function listen(
  settings: QueueSettings,
  kind: JobKind<CodeJob>,
  answer: (tries: number) => void | Promise<void> = () => undefined,
) {
  const events = new EventEmitter();
  const seen: CodeJob[] = [];
  const worker = createWorker(settings, kind, async (job) => {
    seen.push(job);
    events.emit('job', job);
    await answer(seen.length);
  });
  return {
    worker,
    seen,
    async until(count: number) {
      while (seen.length < count) await inTime(`${count} jobs, of which ${seen.length} came`, once(events, 'job'));
    },
  };
}

/** A queue that no other test has: its name alone tells them apart. */
const ownKind = (): JobKind<CodeJob> => ({ ...CODES, name: `codes-${randomUUID()}` });

function contract(start: () => Promise<Backend>): void {
  let backend: Backend;
  let kind: JobKind<CodeJob>;
  const open: { close(): Promise<void> }[] = [];
  const queue = () => {
    const made = createQueue(backend.settings, kind);
    open.push(made);
    return made;
  };
  const worker = (answer?: Parameters<typeof listen>[2], pace = PROMPT_QUEUE) => {
    const made = listen({ ...backend.settings, pace }, kind, answer);
    open.push({ close: () => made.worker.close(50) });
    return made;
  };

  beforeAll(async () => {
    backend = await start();
  });
  beforeEach(() => {
    kind = ownKind();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((item) => item.close()));
  });
  afterAll(() => backend.stop());

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
      if (tries === 2) throw new DeliveryRefused('mail: EENVELOPE 450', 'busy');
      kept = await backend.dump();
    });
    await queue().send(job);
    await until(3);
    expect(seen).toEqual([job, job, job]);
    await waitFor('what the queue keeps', () => kept !== '');
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
      if (tries === 1) throw new DeliveryRefused('mail: EENVELOPE 550', 'unknown-recipient');
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
    const stuck = worker(() => new Promise(() => undefined), LOOSE_HOLD);
    await queue().send(job);
    await stuck.until(1);
    // The job has no end: that it is closed at all says that it was given up.
    await inTime('the end of a worker whose job has none', stuck.worker.close(50));
    const rescuer = worker(undefined, KEEN_EYE);
    await rescuer.until(1);
    expect(rescuer.seen).toEqual([job]);
  });
}

/** How long a page waits here, in milliseconds; and what is plainly more, by the clock of the same event loop. */
const WITHIN = 500;
const LATE = 4 * WITHIN;

function outages(
  start: () => Promise<Backend>,
  through: (settings: QueueSettings) => { url: URL; port: number; via(url: string): QueueSettings },
): void {
  test('says no within two seconds, unless a test wants it sooner', () => {
    expect(PACE.queue.enqueueWithin).toBe(2000);
  });

  test('says no in its time while the queue is down or hangs, and both sides recover by themselves', async () => {
    const backend = await start();
    const { url, port, via } = through(backend.settings);
    const wire = await cutWire(url, port);
    const settings = { ...via(wire.url), pace: { ...PROMPT_QUEUE, enqueueWithin: WITHIN } };
    await wire.cut();
    const codes = createQueue(settings, CODES);
    const { worker, seen, until } = listen(settings, CODES);
    const came = ({ challengeId }: CodeJob) =>
      waitFor('a job', () => seen.some((job) => job.challengeId === challengeId));
    try {
      const refused = async () => {
        const sent = codes.send(newJob());
        const late = delay(LATE).then(() => 'it kept the page waiting');
        await expect(Promise.race([sent, late])).rejects.toMatchObject({ code: 'delivery-unavailable' });
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
      await came(second);

      await wire.cut();
      await refused();
      await wire.mend();
      await sendAtLast(codes, third);
      await came(third);
    } finally {
      await Promise.all([worker.close(3000), codes.close()]);
      await wire.stop();
      await backend.stop();
    }
  });
}

/** Until then it says no, and nothing else. */
async function sendAtLast(codes: { send(job: CodeJob): Promise<void> }, job: CodeJob): Promise<void> {
  await waitFor('the queue to be back', () =>
    codes.send(job).then(
      () => true,
      (error: unknown) => {
        expect(error).toMatchObject({ code: 'delivery-unavailable' });
        return false;
      },
    ),
  );
}

describeWith('redis', 'the queue on Redis', () => {
  contract(() => onRedis());
  outages(
    () => onRedis(),
    (settings) => ({
      url: new URL(settings.redis?.url ?? ''),
      port: 6379,
      via: (url) => ({ ...settings, redis: { url, cluster: false } }),
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
  contract(() => onRedis(cluster));
  afterAll(() => cluster.stop());
});
