import { argon2, randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';

/** The password hash alone, in the same thread pool, as many at once as there are cores: `node bare-hash.ts <KiB> <passes> <seconds>`. */
const derive = promisify(argon2);
const [memory = 0, passes = 0, seconds = 0] = process.argv.slice(2).map(Number);
const options = {
  message: 'Mire-sandbox-2026!',
  nonce: randomBytes(16),
  parallelism: 1,
  tagLength: 32,
  memory,
  passes,
};

await derive('argon2id', options);
const since = performance.now();
const until = since + seconds * 1000;
let done = 0;
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    while (performance.now() < until) {
      await derive('argon2id', options);
      done += 1;
    }
  }),
);
process.stdout.write(`${done / ((performance.now() - since) / 1000)}\n`);
