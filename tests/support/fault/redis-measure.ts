import { setTimeout as wait } from 'node:timers/promises';
import { until } from '../jest/until.ts';
import { openRedisGround, type RedisGround } from './redis-ground.ts';
import { codesOf, comeAndGo, guess, type People, signedOut } from './redis-people.ts';
import { nameOf, type Row } from './redis-rows.ts';

export interface Pace {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly before: number;
  readonly decidesAfter: number;
  readonly after: number;
}

export const PACE: Pace = { perSecond: 3, before: 5000, decidesAfter: 3000, after: 12_000 };

/** What one row cost. Seconds. */
export interface Measured {
  readonly row: string;
  readonly signIns: number;
  /** The longest without a sign-in. */
  readonly outage: number;
  readonly errors: Readonly<Record<string, number>>;
  /** Of those signed in before the other server took over, who was not any more, and how long before it the first of them came. */
  readonly signedOut: { readonly people: number; readonly of: number; readonly earliest: number };
  readonly unmailed: readonly number[];
  readonly twice: readonly number[];
  /** Wrong passwords of one account that were looked at. */
  readonly guesses: number;
}

const tally = (items: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const item of items) counts[item] = (counts[item] ?? 0) + 1;
  return counts;
};

function outageOf({ signIns }: People, from: number, to: number): number {
  const moments = signIns.map(({ at }) => at).filter((at) => at > from - 2000);
  const gaps = [...moments, to].map((at, i) => at - (moments[i - 1] ?? from));
  return Math.max(...gaps) / 1000;
}

/** Drills one row from the first server to the last verdict. */
export async function drillRedisRow(row: Row, pace: Pace = PACE): Promise<Measured> {
  const most = Math.ceil(((pace.before + pace.after + 4 * pace.decidesAfter) / 1000) * pace.perSecond) + 20;
  const on = await openRedisGround(row.path, most + 1);
  try {
    return await measure(row, on, pace, most);
  } finally {
    await on.stop();
  }
}

async function measure(row: Row, on: RedisGround, pace: Pace, most: number): Promise<Measured> {
  const people = comeAndGo(on, pace.perSecond, most);
  const guesser = guess(on, most);
  await wait(pace.before);
  const from = performance.now();
  await row.inflict({ ...on.harm, decides: () => wait(pace.decidesAfter) });
  const moved = performance.now();
  await wait(pace.after);
  await people.leave();
  const to = performance.now();
  const guesses = await guesser.stop();
  // A job whose worker lost it is somebody else's within ten seconds, and a code lives for five minutes.
  await until('the codes that were promised', () => codesOf(on, people).missing.length === 0, 60_000).catch(
    () => undefined,
  );
  const { missing, twice } = codesOf(on, people);
  const out = await signedOut(people);
  return {
    row: nameOf(row),
    signIns: people.signIns.length,
    outage: outageOf(people, from, to),
    errors: tally(people.troubles.map(({ said }) => said)),
    signedOut: {
      people: out.length,
      of: people.signIns.length,
      earliest: Math.max(0, ...out.map(({ at }) => (moved - at) / 1000)),
    },
    unmailed: missing,
    twice,
    guesses,
  };
}
