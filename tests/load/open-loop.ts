import { setTimeout as wait } from 'node:timers/promises';
import { Journey } from './journeys.ts';
import { closedLoop, type Operation, openLoop, type Sample } from './measure.ts';
import type { MireTarget } from './mire.ts';
import { clientsOf, type Run } from './run.ts';
import type { Ground } from './scenarios.ts';
import type { Stalls } from './target.ts';

/** One kind of work at a rate of its own, whether or not it is answered. */
export interface OpenRow {
  readonly work: string;
  /** What a closed loop gets done: the saturating rate. */
  readonly saturating: Sample;
  readonly half: Sample;
  /** Of the process, at half. */
  readonly stalls: Stalls;
  readonly double: Sample;
  /** At half again, a second after twice. */
  readonly after: Sample;
}

/** Each time somebody else, in a new browser: any number may be under way at once. */
const WORK = {
  'sign-in page': ({ issuer, ask, jwks }: Ground) => new Journey(issuer, ask, jwks).page(),
  'sign-in and tokens': async (ground: Ground) => {
    const one = new Journey(ground.issuer, ground.ask, ground.jwks);
    await one.redeem(await one.authorize(ground.person()));
  },
} as const satisfies Record<string, (ground: Ground) => Promise<unknown>>;

export const OPEN_WORK = Object.keys(WORK) as (keyof typeof WORK)[];

/** At half of what it can do, at twice, and at half again. */
export async function measureOpen(
  { plan, say }: Run,
  target: MireTarget,
  kind: keyof typeof WORK,
  called: string = kind,
): Promise<OpenRow> {
  const clients = clientsOf(target.issuer, target.keys, plan.people);
  const operation: Operation = () => WORK[kind](clients);
  const workers = Array.from({ length: plan.workers }, () => operation);
  await closedLoop(target, workers, plan.warm);
  const saturating = await closedLoop(target, workers, plan.openSeconds);
  const rate = saturating.perSecond;
  await target.stalls();
  const half = await openLoop(target, operation, rate / 2, plan.openSeconds);
  const stalls = await target.stalls();
  const double = await openLoop(target, operation, rate * 2, plan.openSeconds);
  await wait(1000);
  const after = await openLoop(target, operation, rate / 2, plan.openSeconds / 2);
  clients.close();
  say(
    `${called}: ${rate.toFixed(0)}/s saturate it; at half p99 ${half.p99.toFixed(1)} ms, median ${half.median.toFixed(1)}; at twice ${double.perSecond.toFixed(0)}/s good, ${double.shed} shed, ${double.failed} failed; after it ${after.shed} shed, ${after.failed} failed ${[...double.errors, ...after.errors].slice(0, 2).join('; ')}`,
  );
  return { work: called, saturating, half, stalls, double, after };
}
