import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { on, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createStorage } from '../../adapters/db/storage.ts';
import { createQueue } from '../../adapters/queue/bullmq.ts';
import { CODE } from '../../config/lives.ts';
import { codeOf, newSeed } from '../../src/challenges/hotp.ts';
import { CODES } from '../../src/delivery/jobs.ts';
import { createLog } from '../../src/log.ts';
import { createVault } from '../../src/protection/secrets.ts';
import type { DeliveryWorkerSetup } from '../support/delivery/delivery-worker.ts';
import { describeWith } from '../support/jest/services.ts';
import { KEEN_EYE, LOOSE_HOLD, PROMPT_QUEUE } from '../support/pace.ts';
import { type TestDatabase, testDatabase } from '../support/storage/database.ts';
import { type TestRedis, testRedis } from '../support/storage/redis.ts';

const SCRIPT = fileURLToPath(new URL('../support/delivery/delivery-worker.ts', import.meta.url));
const PHONE = '+33612345678';

function faults(withRedis: boolean): void {
  const dataKey = `1:${randomBytes(32).toString('base64')}`;
  const indexKey = randomBytes(32).toString('base64');
  const texts: string[] = [];
  const workers: ChildProcess[] = [];
  let database: TestDatabase;
  let redis: TestRedis | undefined;
  let provider: Server;
  let setup: Omit<DeliveryWorkerSetup, 'standsAt' | 'pace'>;

  beforeEach(async () => {
    texts.length = 0;
    database = await testDatabase('postgres');
    redis = withRedis ? await testRedis() : undefined;
    provider = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { text } = JSON.parse(Buffer.concat(chunks).toString()) as { text: string };
      texts.push(text);
      response.writeHead(202).end();
    });
    provider.listen(0, '127.0.0.1');
    await once(provider, 'listening');
    const smsUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/`;
    setup = { redis: redis?.url, database: database.url, smsUrl, dataKey, indexKey };
  });

  afterEach(async () => {
    for (const worker of workers.splice(0)) await kill(worker);
    provider.closeAllConnections();
    await new Promise((resolve) => provider.close(resolve));
    await redis?.stop();
    await database.stop();
  });

  const start = (standsAt?: DeliveryWorkerSetup['standsAt']) => {
    // Jest's own flags must not reach it: the child runs the TypeScript as Node.js does.
    const worker = fork(
      SCRIPT,
      [JSON.stringify({ ...setup, standsAt, pace: standsAt ? LOOSE_HOLD : KEEN_EYE } satisfies DeliveryWorkerSetup)],
      { execArgv: [] },
    );
    workers.push(worker);
    return worker;
  };

  /** A code asked for as the page does it. @returns what the SMS must say. */
  async function askForCode(): Promise<string> {
    const { accounts, challenges } = createStorage(database.database, createVault([dataKey], indexKey));
    const [accountId, id, seed] = [randomUUID(), randomUUID(), newSeed()];
    await accounts.insert({ id: accountId, familyName: 'Martin', givenName: 'Alice' });
    await challenges.insert({
      id,
      accountId,
      channel: 'sms',
      destination: PHONE,
      locale: 'fr',
      flow: randomUUID(),
      seed,
    });
    const now = new Date();
    const counter = await challenges.nextCode(id, now, new Date(now.getTime() + CODE.life * 1000), now);
    if (counter === undefined) throw new Error('the first code of a new challenge was refused');
    const { redis: url, database: address } = setup;
    const settings = {
      ...(url === undefined ? {} : { redis: { url, cluster: false } }),
      database: address,
      singleSession: false,
      log: createLog('silent'),
      pace: PROMPT_QUEUE,
    };
    const queue = createQueue(settings, CODES);
    await queue.send({ challengeId: id, counter, requestedAt: now.getTime() });
    await queue.close();
    return codeOf(seed, counter);
  }

  test('killed before it sent: the code is sent by the next worker', async () => {
    const first = start('send');
    const code = await askForCode();
    await report(first, 'stands');
    await kill(first);
    expect(texts).toEqual([]);

    expect(await report(start(), 'outcome')).toBe('sent');
    expect(codesIn(texts)).toEqual([code]);
  });

  test('killed after the provider accepted and before the mark: the same code is sent again, never another', async () => {
    const first = start('mark');
    const code = await askForCode();
    await report(first, 'stands');
    await kill(first);
    expect(codesIn(texts)).toEqual([code]);

    expect(await report(start(), 'outcome')).toBe('sent');
    expect(codesIn(texts)).toEqual([code, code]);
  });

  test('killed after the mark and before the acknowledgement: nothing is sent again', async () => {
    const first = start('acknowledge');
    const code = await askForCode();
    await report(first, 'stands');
    await kill(first);

    expect(await report(start(), 'outcome')).toBe('already-sent');
    expect(codesIn(texts)).toEqual([code]);
  });
}

const codesIn = (texts: readonly string[]) => texts.map((text) => text.split('\n')[0]);

async function report(worker: ChildProcess, key: 'stands' | 'outcome'): Promise<string> {
  const ended = new AbortController();
  worker.once('exit', () => ended.abort(new Error('the worker ended before it reported')));
  for await (const [message] of on(worker, 'message', { signal: ended.signal })) {
    const told = (message as Partial<Record<string, string>>)[key];
    if (told !== undefined) return told;
  }
  throw new Error('the worker reported nothing');
}

async function kill(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const ended = once(worker, 'exit');
  worker.kill('SIGKILL');
  await ended;
}

describeWith('postgres', 'a worker killed', () => {
  describe('with the queue on PostgreSQL', () => faults(false));
  describeWith('redis', 'with the queue on Redis', () => faults(true));
});
