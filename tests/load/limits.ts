import type { OpenRow } from './open-loop.ts';
import type { PasswordRow } from './passwords.ts';
import { middle, type Name, type Row, spread } from './report.ts';
import type { Start } from './start.ts';

/** What stood between a target and what was measured, in the figures of the same run. */

const ms = (value: number) => `${value.toFixed(value < 1 ? 3 : 2)} ms`;

/** Parts of a profile that answer one question, in milliseconds of processor for one operation. */
function partsOf(row: Row, name: Name) {
  const cpu = middle(row.samples[name], 'cpu');
  const areas = row.profiles?.[name].areas ?? {};
  const sum = (which: RegExp) =>
    Object.entries(areas).reduce((total, [area, share]) => total + (which.test(area) ? share * cpu : 0), 0);
  return {
    cpu,
    protocol: sum(/^(?:Node\.js|koa|oidc-provider|JOSE|outside)/),
    trips: sum(/^(?:PostgreSQL|Redis|stores)/),
    kept: sum(/^(?:sealing|repositories)/),
    own: sum(/^(?:Mire|pages)/),
    memory: sum(/^memory/),
  };
}

export function ratioLimit(row: Row, name: Name, least: number): string | undefined {
  if (!row.profiles) return undefined;
  const [bare, ours] = [partsOf(row, 'bare'), partsOf(row, name)];
  const without = bare.cpu / (ours.cpu - ours.trips);
  return `the target leaves ${ms(bare.cpu / least)} of processor for one, which takes ${ms(ours.cpu)}: HTTP and the protocol ${ms(ours.protocol)} (bare ${ms(bare.protocol)}), round trips to the stores ${ms(ours.trips)}, sealing, hashing and repositories ${ms(ours.kept)}, Mire's own code and pages ${ms(ours.own)}, memory ${ms(ours.memory)} (bare ${ms(bare.memory)}). With its round trips for nothing the ratio by processor would be ${without.toFixed(2)}.`;
}

export function rateLimit(row: Row, name: Name, wanted: number): string | undefined {
  if (!row.profiles) return undefined;
  const { cpu } = partsOf(row, name);
  const signing = cpu * (row.profiles[name].areas['JOSE: signing and checking'] ?? 0);
  const bare = spread(row.samples.bare.map(({ perSecond }) => perSecond)).median;
  return `one takes ${ms(cpu)} of the core, ${ms(signing)} of it to sign, where the target leaves ${ms(1000 / wanted)}; the bare provider does ${bare.toFixed(0)} a second here.`;
}

/** @param wanted sign-ins a second, where the target is not a ratio */
export function passwordLimit({ hash, samples, profile }: PasswordRow, wanted?: number): string {
  const alone = 1000 / spread(hash).median;
  const rest = Math.max(0, middle(samples, 'cpu') - alone);
  const said = [
    `A hash alone takes ${ms(alone)} of the core, the rest of the sign-in ${ms(rest)} on the same core: ${(1000 / (alone + rest)).toFixed(1)} a second, ${(alone / (alone + rest)).toFixed(2)} of the hash alone.`,
  ];
  if (profile) {
    const { told, sample } = profile;
    const loop = told.awake / Math.max(1, sample.operations);
    said.push(
      `Of ${ms(sample.cpu)} in the profiled round the event loop had ${ms(loop)} at most, what it waited for the core counted in; the thread pool, where nothing but the hash is, the rest: beside the event loop, with which it shares the core and its caches, a hash costs more than alone.`,
    );
  }
  if (wanted !== undefined) said.push(`${wanted} a second leave ${ms(1000 / wanted)} for both.`);
  return said.join(' ');
}

export function tailLimit({ half, stalls, bareHalf }: OpenRow): string {
  const ours = `at ${half.perSecond.toFixed(0)} a second the process did not hear anybody for ${ms(stalls.loop.p99)} (99 of 100 times) and ${ms(stalls.loop.max)} at most; the longest garbage collection took ${ms(stalls.collection)}. The clients, PostgreSQL and Redis, on the other core, wait for each other too.`;
  if (!bareHalf) return ours;
  const times = (bareHalf.p99 / bareHalf.median).toFixed(1);
  return `${ours} The bare provider, which asks no store and renders a line, at half of its own load in the same run: ${times} × (${ms(bareHalf.p99)} / ${ms(bareHalf.median)}).`;
}

export const startLimit = ({ ready, cpu }: Start): string =>
  `of ${ms(spread(ready).median)}, ${ms(spread(cpu).median)} are processor: a core this fast loads no more in that time.`;
