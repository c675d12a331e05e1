import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { Queue } from 'bullmq';
import { createWorker } from '../../adapters/queue/bullmq.ts';
import { FORMER_QUEUES } from '../../config/redis-keys.ts';
import { CODES, type CodeJob } from '../../src/delivery/jobs.ts';
import { createLog } from '../../src/log.ts';
import { describeWith } from '../support/jest/services.ts';
import { until } from '../support/jest/until.ts';
import { PROMPT_QUEUE } from '../support/pace.ts';
import { testRedis } from '../support/storage/redis.ts';

describeWith('redis', 'a worker of this release', () => {
  test.each([
    ['does', undefined, 1],
    ['leaves alone, where another prefix says that they are somebody else’s,', 'autre:', 0],
  ])('%s what web processes of the release before have put in its queue', async (_, prefix, expected) => {
    const redis = await testRedis();
    const { hostname, port, pathname } = new URL(redis.url);
    const connection = { host: hostname, port: Number(port), db: Number(pathname.slice(1)) };
    const former = new Queue(CODES.name, { prefix: FORMER_QUEUES, connection });
    const job: CodeJob = { challengeId: randomUUID(), counter: 1, requestedAt: 0 };
    await former.add(CODES.name, job, { removeOnComplete: true });
    const done: CodeJob[] = [];
    const address = { url: redis.url, cluster: false, ...(prefix === undefined ? {} : { prefix }) };
    const settings = {
      redis: address,
      database: '',
      singleSession: false,
      log: createLog('silent'),
      pace: PROMPT_QUEUE,
    };
    const worker = createWorker(settings, CODES, async (one) => done.push(one));
    try {
      if (expected > 0) await until('the job to be done', () => done.length > 0);
      // Its own place is looked at by then.
      else await until('the worker to look for jobs', async () => (await redis.client.keys('autre:*')).length > 0);
      expect(done).toEqual(expected > 0 ? [job] : []);
      expect(await former.getWaitingCount()).toBe(1 - expected);
    } finally {
      await worker.close(0);
      await former.close();
      await redis.stop();
    }
  });
});
