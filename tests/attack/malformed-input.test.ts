import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { freePort } from '../support/mire.ts';
import { type TestDatabase, testDatabase } from '../support/storage/database.ts';
import { heapOf } from './heap.ts';
import { Range } from './range.ts';
import { shots } from './shots.ts';

const REQUESTS = Number(process.env.ATTACK_REQUESTS ?? 100_000);
const BATCH = 20;
/** How often memory is looked at and a new sign-in begun. */
const EVERY = Math.max(1, Math.floor(REQUESTS / BATCH / 50));

describe(`${REQUESTS} malformed requests at every endpoint and form field`, () => {
  let database: TestDatabase;
  let child: ReturnType<typeof spawn>;
  let issuer: string;
  let directory: string;
  let errors = '';
  let inspected: number;
  beforeAll(async () => {
    database = await testDatabase();
    directory = mkdtempSync(join(tmpdir(), 'mire-attack-'));
    const port = String(await freePort());
    issuer = `http://localhost:${port}`;
    const { PATH = '', HOME = '' } = process.env;
    inspected = await freePort();
    const program = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
    child = spawn(process.execPath, [`--inspect=127.0.0.1:${inspected}`, program, 'sandbox'], {
      env: {
        PATH,
        HOME,
        PORT: port,
        DATA_DIR: directory,
        CARD_TLS_PORT: '0',
        DATABASE_URL: database.url,
        ARGON2_MEMORY: '64',
        ARGON2_PASSES: '1',
        RATE_LIMIT_FACTOR: '1000',
        LOG_LEVEL: 'error',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout?.on('data', (data: Buffer) => {
      errors = (errors + String(data)).slice(-20_000);
    });
    while (
      (await fetch(`${issuer}/readyz`).then(
        ({ status }) => status,
        () => 0,
      )) !== 200
    )
      await new Promise((resolve) => setTimeout(resolve, 100));
  }, 60_000);
  afterAll(async () => {
    child.kill('SIGTERM');
    await once(child, 'close');
    await database.stop();
    rmSync(directory, { recursive: true });
  });

  test(
    'no failure of ours, nothing of the inside, and memory that stays flat',
    async () => {
      const range = new Range(issuer);
      const heap = await heapOf(inspected);
      const memory: number[] = [];
      const statuses = new Map<number, number>();
      let batches = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(shots, { minLength: BATCH, maxLength: BATCH }), async (batch) => {
          if (batches++ % EVERY === 0) {
            await range.begin();
            memory.push(await heap.held());
          }
          const hits = await Promise.all(batch.map((shot) => range.fire(shot)));
          for (const { status } of hits) statuses.set(status, (statuses.get(status) ?? 0) + 1);
          expect(batch.flatMap((shot, index) => (hits[index]?.wrong ? [[hits[index].wrong, shot]] : []))).toEqual([]);
        }),
        { numRuns: Math.ceil(REQUESTS / BATCH), endOnFailure: true },
      );
      range.close();
      heap.close();
      const fifth = Math.max(1, Math.floor(memory.length / 5));
      const [early, late] = [Math.max(...memory.slice(fifth, 2 * fifth)), Math.max(...memory.slice(-fifth))];
      process.stdout.write(
        `${batches * BATCH} requests; statuses ${JSON.stringify(Object.fromEntries([...statuses].sort()))}; heap ${early.toFixed(0)} MB, at the end ${late.toFixed(0)} MB\n`,
      );
      expect(late).toBeLessThan(early * 1.1 + 2);
      // Whatever the log holds of it, no error of ours stands there.
      expect(errors).not.toMatch(/a request failed outside the error page/);
      expect(await (await fetch(`${issuer}/readyz`)).json()).toMatchObject({ status: 'ok' });
    },
    60 * 60_000,
  );
});
