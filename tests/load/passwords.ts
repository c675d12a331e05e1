import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Told, tellProfile } from './areas.ts';
import { Journey } from './journeys.ts';
import { closedLoop, type Sample } from './measure.ts';
import { startMire } from './mire.ts';
import { measureOpen, type OpenRow } from './open-loop.ts';
import { clientsOf, type Run, SERVERS } from './run.ts';
import { onCore } from './target.ts';

/** Sign-ins whose password is really hashed, beside the hash alone on the same core. */
export interface PasswordRow {
  readonly memory: number;
  readonly passes: number;
  /** Hashes a second, round by round. */
  readonly hash: readonly number[];
  readonly samples: readonly Sample[];
  readonly open: OpenRow | undefined;
  /** Of one more round: what the event loop did, apart from the hash in its thread pool. */
  readonly profile: { readonly told: Told; readonly sample: Sample } | undefined;
}

/** Ours by default, and Keycloak's. */
export const COSTS = [
  { memory: 19 * 1024, passes: 2 },
  { memory: 7 * 1024, passes: 5 },
] as const;

const run = promisify(execFile);
const BARE = fileURLToPath(new URL('./bare-hash.ts', import.meta.url));

async function hashAlone(memory: number, passes: number, seconds: number): Promise<number> {
  const [command, args] = onCore(SERVERS, [process.execPath, BARE, ...[memory, passes, seconds].map(String)]);
  return Number((await run(command, args)).stdout);
}

/** @param withOpen also at half and at twice what it can do */
export async function measurePasswords(
  bench: Run,
  { memory, passes }: (typeof COSTS)[number],
  withOpen: boolean,
): Promise<PasswordRow> {
  const { plan, ground, say } = bench;
  const target = await startMire(ground, {
    name: `hash_${memory}`,
    core: SERVERS,
    people: 200,
    redis: true,
    skipHash: false,
    env: { ARGON2_MEMORY: String(memory), ARGON2_PASSES: String(passes) },
  });
  const clients = clientsOf(target.issuer, target.keys, 200);
  try {
    const workers = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const [one, person] = [new Journey(clients.issuer, clients.ask, clients.jwks), clients.person()];
        await one.authorize(person);
        // Up to the code: what the application does with it is measured elsewhere.
        return async () => {
          one.forgetSession();
          await one.authorize(person);
        };
      }),
    );
    await closedLoop(target, workers, plan.jit * 2);
    const [hash, samples]: [number[], Sample[]] = [[], []];
    for (let round = 0; round < plan.rounds; round += 1) {
      hash.push(await hashAlone(memory, passes, plan.seconds));
      samples.push(await closedLoop(target, workers, Math.max(2, plan.seconds)));
    }
    const seen = { hash: hash.map(Math.round), signIns: samples.map(({ perSecond }) => Number(perSecond.toFixed(1))) };
    say(
      `passwords at ${memory} KiB, ${passes} passes, a second: ${JSON.stringify(seen)} ${samples.flatMap(({ errors }) => errors)[0] ?? ''}`,
    );
    let sample: Sample | undefined;
    const profile = await target.profiled(async () => {
      sample = await closedLoop(target, workers, Math.max(2, plan.seconds));
    });
    const people = { ...bench, plan: { ...plan, people: 200 } };
    const open = withOpen
      ? await measureOpen(people, target, 'sign-in and tokens', { called: 'password sign-in and tokens' })
      : undefined;
    return { memory, passes, hash, samples, open, profile: sample && { told: tellProfile(profile), sample } };
  } finally {
    clients.close();
    await target.stop();
  }
}
