import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { JSONWebKeySet } from 'jose';
import { openConnection } from './connection.ts';
import { freePort, openGround, secrets } from './ground.ts';
import { closedLoop, type Sample } from './measure.ts';
import { person, prepareDatabase } from './prepare.ts';
import { chart, NAMES, type Name, type Row, ratioTable } from './report.ts';
import { SCENARIOS } from './scenarios.ts';
import { startTarget, type Target } from './target.ts';

/**
 * `npm run bench`: whole journeys against Mire and against bare oidc-provider, by turns, in one run. The servers have
 * one core and the clients, PostgreSQL and Redis the other, so that a full server core is what limits.
 */
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '6' },
    workers: { type: 'string', default: '16' },
    people: { type: 'string', default: '2000' },
    only: { type: 'string', default: '' },
    out: { type: 'string', default: '.bench' },
  },
});
const [rounds, seconds, workers, people] = [options.rounds, options.seconds, options.workers, options.people].map(
  Number,
) as [number, number, number, number];
const [SERVERS, CLIENTS] = [0, Math.min(1, cpus().length - 1)];

const say = (text: string) => process.stdout.write(`${text}\n`);

const ground = await openGround(CLIENTS);
const targets = {} as Record<Name, Target>;
const keysOf = {} as Record<Name, JSONWebKeySet>;

async function startMire(name: 'redis' | 'postgres', jwkOf: (jwk: unknown) => void): Promise<Target> {
  const port = await freePort();
  const env = {
    ...secrets(),
    PORT: String(port),
    DATABASE_URL: await ground.database(`mire_${name}`),
    ...(name === 'redis' ? { REDIS_URL: ground.redisUrl } : {}),
    RATE_LIMIT_FACTOR: '1000',
    LOG_LEVEL: 'warn',
    MODES: 'code-ephemere,login-mdp',
    BENCH_HASH: 'skip',
  };
  jwkOf((await prepareDatabase(env, people)).jwk);
  return startTarget({ name, script: './mire-server.ts', port, core: SERVERS, env });
}

try {
  let jwk: unknown;
  const remember = (one: unknown) => {
    jwk ??= one;
  };
  targets.redis = await startMire('redis', remember);
  targets.postgres = await startMire('postgres', remember);
  targets.bare = await startTarget({
    name: 'bare',
    script: './bare-server.ts',
    port: await freePort(),
    core: SERVERS,
    env: { BENCH_KEYS: JSON.stringify({ jwk }) },
  });
  for (const name of NAMES)
    keysOf[name] = (await (await fetch(`${targets[name].issuer}/jwks`)).json()) as JSONWebKeySet;
  say(
    `Node.js ${process.version}, ${cpus()[0]?.model}: servers on core ${SERVERS}; clients, PostgreSQL and Redis on core ${CLIENTS}`,
  );
  say(`Ready after (ms): ${NAMES.map((name) => `${name} ${targets[name].startedIn.toFixed(0)}`).join(', ')}`);

  const rows: Row[] = [];
  for (const scenario of SCENARIOS.filter(({ name }) => name.includes(options.only))) {
    const samples: Record<Name, Sample[]> = { bare: [], redis: [], postgres: [] };
    const { ask, close } = openConnection();
    const work = {} as Record<Name, (() => Promise<void>)[]>;
    for (const name of NAMES) {
      let number = 0;
      const next = () => {
        number += 1;
        return person(number % people);
      };
      const parts = { issuer: targets[name].issuer, ask, jwks: keysOf[name], person: next };
      work[name] = await Promise.all(Array.from({ length: workers }, () => scenario.prepare(parts)));
      await closedLoop(targets[name], work[name], Math.min(2, seconds));
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const name of NAMES) samples[name].push(await closedLoop(targets[name], work[name], seconds));
    }
    close();
    const row = { scenario: scenario.name, goal: scenario.goal, samples };
    rows.push(row);
    const failed = NAMES.flatMap((name) =>
      samples[name].flatMap(({ errors }) => errors.slice(0, 2).map((error) => `${name}: ${error}`)),
    );
    say(`${ratioTable([row]).split('\n').at(-1)}${failed.length > 0 ? `\n  errors: ${failed.join('; ')}` : ''}`);
  }
  const usage = Object.fromEntries(await Promise.all(NAMES.map(async (name) => [name, await targets[name].usage()])));
  mkdirSync(options.out, { recursive: true });
  writeFileSync(
    `${options.out}/bench.json`,
    `${JSON.stringify({ node: process.version, rounds, seconds, workers, usage, rows }, null, 1)}\n`,
  );
  writeFileSync(`${options.out}/bench.svg`, chart(rows));
  writeFileSync(`${options.out}/bench.md`, `${ratioTable(rows)}\n`);
  say(`\n${ratioTable(rows)}\n\nWritten to ${options.out}/`);
} finally {
  await Promise.all(Object.values(targets).map((target) => target.stop()));
  await ground.stop();
}
