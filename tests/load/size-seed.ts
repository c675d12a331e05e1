import type { JSONWebKeySet } from 'jose';
import { createCheckpointKey } from '../../src/audit/checkpoint-key.ts';
import { openConnection } from './connection.ts';
import { freePort } from './ground.ts';
import { Journey } from './journeys.ts';
import { person, prepareDatabase } from './prepare.ts';
import { seedAudit } from './size-audit.ts';
import { withoutIndexes } from './size-copy.ts';
import { ask, type SizedGround } from './size-ground.ts';
import { MODEL_TABLES, patternOf, seedModels } from './size-models.ts';
import { PEOPLE_TABLES, seedPeople } from './size-people.ts';
import { startTarget } from './target.ts';

/** People made the ordinary way; the first of them makes the sign-in that the others' are copied from. */
const PATTERN_PEOPLE = 10;

/** A real sign-in, and a page left open. */
async function signInOnce(ground: SizedGround): Promise<void> {
  const env = { ...ground.env(ground.url), BENCH_HASH: 'skip' };
  const server = await startTarget({
    name: 'pattern',
    script: './mire-server.ts',
    port: await freePort(),
    core: 0,
    env,
  });
  const { ask: connection, close } = openConnection();
  try {
    const jwks = (await (await fetch(`${server.issuer}/jwks`)).json()) as JSONWebKeySet;
    const one = new Journey(server.issuer, connection, jwks);
    await one.redeem(await one.authorize(person(0)));
    await new Journey(server.issuer, connection, jwks).page();
  } finally {
    close();
    await server.stop();
  }
}

async function people({ url, vault, settings, sizes, ...ground }: SizedGround): Promise<void> {
  await ground.database('sized');
  const { ARGON2_MEMORY: memory, ARGON2_PASSES: passes, TERMS_VERSION: termsVersion } = settings(url);
  await prepareDatabase(ground.env(url), PATTERN_PEOPLE);
  const parts = { url, vault, now: new Date(), termsVersion, password: { text: person(0).password, memory, passes } };
  await withoutIndexes(url, PEOPLE_TABLES, () => seedPeople(parts, PATTERN_PEOPLE, sizes.accounts));
  await ask(url, 'analyze accounts');
}

async function models(ground: SizedGround): Promise<void> {
  const { url, vault, sizes } = ground;
  await signInOnce(ground);
  const { templates, rows } = await patternOf(url, vault);
  ground.say(`  one sign-in leaves ${rows} rows: ${templates.map(({ model }) => model).join(', ')}`);
  const parts = { url, vault, now: new Date(), accounts: sizes.accounts, templates };
  await withoutIndexes(url, MODEL_TABLES, async () => {
    ground.say(`  ${await seedModels(parts, Math.round(sizes.models / rows))} rows of models`);
  });
}

async function audit({ url, vault, sizes, say }: SizedGround): Promise<void> {
  // What the sign-in of the pattern left: the chain begins anew.
  await ask(url, 'truncate audit, audit_seals');
  const now = new Date();
  await ask(url, `select audit_make_months(now() - interval '366 days', 3)`);
  const parts = { url, vault, key: createCheckpointKey(vault), now, accounts: sizes.accounts };
  await withoutIndexes(url, ['audit', 'audit_seals'], () => seedAudit(parts, sizes.lines));
  say(`  ${sizes.lines} lines of a year`);
}

export async function seed(ground: SizedGround, part: 'people' | 'models' | 'audit'): Promise<void> {
  await { people, models, audit }[part](ground);
  await ask(ground.url, 'checkpoint');
  const [row] = await ask<{ size: string }>(
    ground.url,
    'select pg_size_pretty(pg_database_size(current_database())) as size',
  );
  ground.say(`  the database has ${row?.size}`);
}
