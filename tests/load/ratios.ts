import { type Told, tellProfile } from './areas.ts';
import { closedLoop, type Sample } from './measure.ts';
import type { MireTarget } from './mire.ts';
import { NAMES, type Name, type Row, ratioTable } from './report.ts';
import { clientsOf, type Run } from './run.ts';
import { type Repeated, SCENARIOS } from './scenarios.ts';
import type { Target, Usage } from './target.ts';

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

export interface Ratios {
  readonly rows: readonly Row[];
  /** After all rounds, before anything was profiled: the profiler takes memory too. */
  readonly underLoad: Readonly<Record<Name, Usage>>;
}

/** The same work against each server by turns, round after round; then, of what has a goal, where the time goes. */
export async function measureRatios(
  { plan, say }: Run,
  targets: Readonly<Record<Name, Target>>,
  keys: Readonly<Record<Name, MireTarget['keys']>>,
  only: string,
): Promise<Ratios> {
  for (const name of NAMES) await warm(targets[name], keys[name], plan);
  const measured: { readonly row: Row; readonly work: Readonly<Record<Name, Repeated[]>>; close(): void }[] = [];
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
    const row: Row = { scenario: scenario.name, goal: scenario.goal, samples };
    measured.push({ row, work, close: () => clients.forEach((one) => void one.close()) });
    const failed = NAMES.flatMap((name) =>
      samples[name].flatMap(({ errors }) => errors.slice(0, 1).map((error) => `${name}: ${error}`)),
    );
    say(`${ratioTable([row]).split('\n').at(-1)}${failed.length > 0 ? `\n  errors: ${failed.join('; ')}` : ''}`);
  }
  const underLoad = {} as Record<Name, Usage>;
  for (const name of NAMES) underLoad[name] = await targets[name].usage();

  const rows: Row[] = [];
  for (const { row, work, close } of measured) {
    const profiles = {} as Record<Name, Told>;
    for (const name of row.goal ? NAMES : []) {
      await stockUp(work[name]);
      const profile = await targets[name].profiled(() => closedLoop(targets[name], work[name], plan.seconds));
      profiles[name] = tellProfile(profile);
    }
    close();
    rows.push(row.goal ? { ...row, profiles } : row);
  }
  return { rows, underLoad };
}
