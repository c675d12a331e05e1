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
  /** The bare provider at half of what saturates that one. */
  readonly bareHalf?: Sample | undefined;
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

interface Others {
  /** What the rows are called; else as the work is. */
  readonly called?: string;
  readonly bare?: Asked;
}
/** A server, and what its clients know it by. */
type Asked = Pick<MireTarget, 'issuer' | 'keys' | 'usage'>;

/** Rate at which a closed loop is saturated, and what the same work asks at a rate of its own. */
async function saturate({ plan }: Run, target: Asked, kind: keyof typeof WORK) {
  const clients = clientsOf(target.issuer, target.keys, plan.people);
  const operation: Operation = () => WORK[kind](clients);
  const workers = Array.from({ length: plan.workers }, () => operation);
  await closedLoop(target, workers, plan.warm);
  const saturating = await closedLoop(target, workers, plan.openSeconds);
  const at = (share: number, seconds = plan.openSeconds) =>
    openLoop(target, operation, saturating.perSecond * share, seconds);
  return { saturating, at, close: () => clients.close() };
}

/** At half of what it can do, at twice, and at half again. */
export async function measureOpen(
  run: Run,
  target: MireTarget,
  kind: keyof typeof WORK,
  { called = kind, bare }: Others = {},
): Promise<OpenRow> {
  const { plan, say } = run;
  const yardstick = bare && (await saturate(run, bare, kind));
  const bareHalf = await yardstick?.at(0.5);
  yardstick?.close();
  const { saturating, at, close } = await saturate(run, target, kind);
  const rate = saturating.perSecond;
  await target.stalls();
  const half = await at(0.5);
  const stalls = await target.stalls();
  const double = await at(2);
  await wait(1000);
  const after = await at(0.5, plan.openSeconds / 2);
  close();
  say(
    `${called}: ${rate.toFixed(0)}/s saturate it; at half p99 ${half.p99.toFixed(1)} ms, median ${half.median.toFixed(1)}; at twice ${double.perSecond.toFixed(0)}/s good, ${double.shed} shed, ${double.failed} failed; after it ${after.shed} shed, ${after.failed} failed ${[...double.errors, ...after.errors].slice(0, 2).join('; ')}`,
  );
  return { work: called, saturating, half, stalls, bareHalf, double, after };
}
