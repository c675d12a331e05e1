import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { openSized } from './size-ground.ts';
import { seed } from './size-seed.ts';

/**
 * `npm run bench:size`: the same service on a database with the people of a country in it. Each step may be run by itself
 * (`--step people`), on the database that `--data` keeps; `--step drop` takes it away.
 */
const STEPS = ['people', 'models', 'audit', 'plans', 'latency', 'work', 'verify', 'retire'] as const;
type Step = (typeof STEPS)[number];

const { values: options } = parseArgs({
  options: {
    accounts: { type: 'string', default: '1000000' },
    models: { type: 'string', default: '3000000' },
    lines: { type: 'string', default: '10000000' },
    data: { type: 'string', default: '/tmp/mire-size' },
    step: { type: 'string', default: 'all' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '6' },
    only: { type: 'string', default: '' },
  },
});

const say = (text: string) => process.stdout.write(`${text}\n`);
const sizes = { accounts: Number(options.accounts), models: Number(options.models), lines: Number(options.lines) };
const asked = options.step === 'all' ? STEPS : STEPS.filter((step) => step === options.step);
if (asked.length === 0 && options.step !== 'drop') throw new Error(`--step is one of ${STEPS.join(', ')}, drop, all`);

const ground = await openSized({ directory: options.data, sizes, say });
const steps: Record<Step, () => Promise<void>> = {
  people: () => seed(ground, 'people'),
  models: () => seed(ground, 'models'),
  audit: () => seed(ground, 'audit'),
  plans: async () => (await import('./size-plans.ts')).readPlans(ground),
  work: async () => (await import('./size-work.ts')).measureWork(ground),
  verify: async () => (await import('./size-verify.ts')).measureVerify(ground),
  retire: async () => (await import('./size-work.ts')).measureRetirement(ground),
  latency: async () =>
    (await import('./size-latency.ts')).measureLatency(ground, {
      rounds: Number(options.rounds),
      seconds: Number(options.seconds),
      only: options.only,
    }),
};
try {
  say(`${cpus()[0]?.model}, ${cpus().length} cores; ${JSON.stringify(sizes)}`);
  for (const step of asked) {
    const since = performance.now();
    await steps[step]();
    say(`${step}: ${((performance.now() - since) / 1000).toFixed(0)} s`);
  }
} finally {
  await ground.stop();
  if (options.step === 'drop') ground.remove();
}
