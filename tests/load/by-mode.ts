import { closedLoop, type Sample } from './measure.ts';
import type { MireTarget } from './mire.ts';
import { MODE_SCENARIOS, type ModeGround } from './modes.ts';
import type { Run } from './run.ts';

export interface ModeRow {
  readonly mode: string;
  readonly samples: readonly Sample[];
}

/** Whole sign-ins with tokens by each mode that needs no outside party; there is nothing to compare them with. */
export async function measureModes({ plan, say }: Run, target: MireTarget, ground: ModeGround): Promise<ModeRow[]> {
  const rows: ModeRow[] = [];
  for (const { mode, prepare } of MODE_SCENARIOS) {
    const work = await Promise.all(Array.from({ length: plan.workers / 2 }, () => prepare(ground)));
    await closedLoop(target, work, plan.warm);
    const samples: Sample[] = [];
    for (let round = 0; round < plan.rounds; round += 1) samples.push(await closedLoop(target, work, plan.seconds));
    rows.push({ mode, samples });
    say(
      `${mode}: ${samples.map(({ perSecond }) => perSecond.toFixed(0))}/s, ${samples.map(({ cpu }) => cpu.toFixed(2))} ms of processor ${samples.flatMap(({ errors }) => errors)[0] ?? ''}`,
    );
  }
  return rows;
}
