import { type Told, tellProfile } from './areas.ts';
import { closedLoop, type Sample } from './measure.ts';
import type { MireTarget } from './mire.ts';
import { NAMES, type Name, type Row, ratioTable } from './report.ts';
import { clientsOf, type Run } from './run.ts';
import { type Repeated, SCENARIOS } from './scenarios.ts';
import type { Target } from './target.ts';

export const stockUp = (work: readonly Repeated[]) => Promise.all(work.map(({ stock }) => stock?.()));

/** A server is measured as it is after a while: what it runs most is compiled by then. */
export async function warm(target: Target, keys: MireTarget['keys'], { jit, people }: Run['plan']): Promise<void> {
  const clients = clientsOf(target.issuer, keys, people);
  for (const { prepare } of SCENARIOS.filter(({ goal }) => goal === 'code flow' || goal === 'tokens')) {
    const work = await Promise.all(Array.from({ length: 16 }, () => prepare(clients)));
    await closedLoop(target, work, jit);
  }
  clients.close();
}

/** The same work against each server by turns, round after round. */
export async function measureRatios(
  { plan, say }: Run,
  targets: Readonly<Record<Name, Target>>,
  keys: Readonly<Record<Name, MireTarget['keys']>>,
  only: string,
): Promise<Row[]> {
  for (const name of NAMES) await warm(targets[name], keys[name], plan);
  const rows: Row[] = [];
  for (const scenario of SCENARIOS.filter(({ name }) => name.includes(only))) {
    const samples: Record<Name, Sample[]> = { bare: [], redis: [], postgres: [] };
    const work = {} as Record<Name, Repeated[]>;
    const clients = NAMES.map((name) => clientsOf(targets[name].issuer, keys[name], plan.people));
    for (const [i, name] of NAMES.entries()) {
      const parts = clients[i] as (typeof clients)[number];
      work[name] = await Promise.all(Array.from({ length: plan.workers }, () => scenario.prepare(parts)));
      await stockUp(work[name]);
      await closedLoop(targets[name], work[name], plan.warm);
    }
    for (let round = 0; round < plan.rounds; round += 1) {
      for (const name of NAMES) {
        await stockUp(work[name]);
        samples[name].push(await closedLoop(targets[name], work[name], plan.seconds));
      }
    }
    const profiles = {} as Record<Name, Told>;
    for (const name of scenario.goal ? NAMES : []) {
      await stockUp(work[name]);
      profiles[name] = tellProfile(
        await targets[name].profiled(() => closedLoop(targets[name], work[name], plan.seconds)),
      );
    }
    for (const one of clients) one.close();
    const row: Row = { scenario: scenario.name, goal: scenario.goal, samples, ...(scenario.goal ? { profiles } : {}) };
    rows.push(row);
    const failed = NAMES.flatMap((name) =>
      samples[name].flatMap(({ errors }) => errors.slice(0, 1).map((error) => `${name}: ${error}`)),
    );
    say(`${ratioTable([row]).split('\n').at(-1)}${failed.length > 0 ? `\n  errors: ${failed.join('; ')}` : ''}`);
  }
  return rows;
}
