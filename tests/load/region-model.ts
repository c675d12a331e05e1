/** What a kind of request takes of a web process, of its core for hashes, and of PostgreSQL. */
interface Cost {
  /** Milliseconds. */
  readonly cpu: number;
  readonly hash?: number;
  readonly statements: number;
}

/** Milliseconds of processor that the bench measured, by the names of its scenarios. */
export interface Measured {
  readonly page: number;
  readonly codeFlow: number;
  readonly silent: number;
  readonly token: number;
  readonly refresh: number;
  readonly userinfo: number;
  readonly hash: number;
}

/** Those that docs/scaling.md tells; another machine has its own. */
export const MEASURED: Measured = {
  page: 3.3,
  codeFlow: 15.8,
  silent: 3.2,
  token: 4.3,
  refresh: 4.6,
  userinfo: 1.3,
  hash: 30,
};

type Kind = 'page' | 'step' | 'proof' | 'password' | 'silent' | 'token' | 'refresh' | 'userinfo';
export type Costs = Readonly<Record<Kind, Cost>>;

/** Statements are those that tests/http/storage/round-trips.test.ts holds. */
export function costsOf({ page, codeFlow, silent, token, refresh, userinfo, hash }: Measured): Costs {
  // The page is three answers; a sign-in by password is the page, one more, the proof and the tokens.
  const step = page / 3;
  const proof = codeFlow - page - step - token;
  return {
    page: { cpu: page, statements: 5 },
    step: { cpu: step, statements: 2 },
    proof: { cpu: proof, statements: 22 },
    password: { cpu: proof, hash, statements: 22 },
    silent: { cpu: silent, statements: 3 },
    token: { cpu: token, statements: 5 },
    refresh: { cpu: refresh, statements: 5 },
    userinfo: { cpu: userinfo, statements: 2 },
  };
}

/** Who signs in how, of a hundred, and the requests of it beyond the page: an assumption to put your own figures in. */
const MODES: readonly { readonly share: number; readonly requests: readonly Kind[] }[] = [
  { share: 0.3, requests: ['step', 'step', 'proof'] }, // Carte CPS: to the card's host and back
  { share: 0.25, requests: ['step', 'proof'] }, // PSC
  { share: 0.15, requests: ['step', 'password', 'step'] }, // Code Éphémère
  { share: 0.15, requests: ['step', 'proof'] }, // Compte local: the directory hashes
  { share: 0.05, requests: ['step', 'step', 'step', 'proof'] }, // MonSisra
  { share: 0.1, requests: ['step', 'password'] }, // Login / Mdp
];
/** Of the people of a region, who signs in on a Monday morning; minutes around 8 a.m. within which two in three do. */
const [PRESENT, SPREAD] = [0.7, 18];
/** Applications opened without a page in the half hour after the first, and steps up from a password to a code. */
const [OTHER_APPLICATIONS, STEP_UPS] = [3, 0.05];
/** Seconds between two refreshes of one application: the life of an access token. */
const REFRESH_EVERY = 600;

export interface Region {
  readonly name: string;
  readonly people: number;
}

export interface Peak {
  /** A minute. */
  readonly signIns: number;
  /** A second, of each kind. */
  readonly rates: Readonly<Record<Kind, number>>;
  readonly requests: number;
  readonly statements: number;
  /** Web processes that would be busy all the time. */
  readonly cores: number;
  readonly costs: Costs;
}

const bell = (minute: number) => Math.exp(-((minute / SPREAD) ** 2) / 2) / (SPREAD * Math.sqrt(2 * Math.PI));
/** The share of people who had signed in by that minute, and still have a session: none ends before noon here. */
const arrived = (minute: number) => {
  let sum = 0;
  for (let at = -240; at <= minute; at += 1) sum += bell(at);
  return Math.min(1, sum);
};

function at(minute: number, { people }: Region, costs: Costs): Peak {
  const present = people * PRESENT;
  const signIns = present * bell(minute);
  const each = signIns / 60;
  const opened = ((arrived(minute) - arrived(minute - 30)) * present * OTHER_APPLICATIONS) / (30 * 60);
  const rates: Record<Kind, number> = {
    page: each,
    step: 0,
    proof: 0,
    password: 0,
    silent: opened,
    token: each + opened,
    refresh: (arrived(minute) * present * (1 + OTHER_APPLICATIONS)) / REFRESH_EVERY,
    userinfo: each + opened,
  };
  for (const { share, requests } of MODES) for (const kind of requests) rates[kind] += each * share;
  for (const kind of ['page', 'step', 'password', 'step'] as const) rates[kind] += each * STEP_UPS;
  const sum = (value: (cost: Cost) => number) =>
    Object.entries(rates).reduce((total, [kind, rate]) => total + rate * value(costs[kind as Kind]), 0);
  return {
    signIns,
    rates,
    requests: sum(() => 1),
    statements: sum((cost) => cost.statements),
    cores: sum(({ cpu }) => cpu) / 1000,
    costs,
  };
}

/** The minute of the morning that asks most of the processors. */
export const busiest = (region: Region, costs: Costs): Peak =>
  Array.from({ length: 240 }, (_, i) => at(i - 90, region, costs)).reduce((one, other) =>
    other.cores > one.cores ? other : one,
  );

export interface Told {
  readonly busy: number;
  readonly p50: number;
  readonly p99: number;
}

/** Milliseconds that a statement is away from the process: it waits for none of them with its core. */
const STATEMENT = 0.35;
const SECONDS = 120;

/** Chance that is the same in every run (mulberry32). */
function chances(): () => number {
  let state = 20261123;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Requests come by chance (Poisson), each to the next process in turn; a process does one thing at a time, in the order of
 * arrival, and has one more core for hashes. Costs spread around their mean (lognormal, and one in a hundred ten times as
 * long: a collection of garbage, a cold connection).
 */
export function simulate({ rates, requests, costs }: Peak, processes: number): Told {
  const chance = chances();
  const normal = () => Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
  const spread = () => Math.exp(0.5 * normal() - 0.125) * (chance() < 0.01 ? 10 : 1);
  const kinds = Object.entries(rates) as [Kind, number][];
  const pick = (): Cost => {
    let left = chance() * requests;
    for (const [kind, rate] of kinds) {
      left -= rate;
      if (left <= 0) return costs[kind];
    }
    return costs.refresh;
  };
  const free = new Float64Array(processes);
  const hashing = new Float64Array(processes);
  const latencies: number[] = [];
  let work = 0;
  for (let now = 0, turn = 0; now < SECONDS * 1000; turn = (turn + 1) % processes) {
    now -= (Math.log(1 - chance()) * 1000) / requests;
    const { cpu, hash = 0, statements } = pick();
    const own = cpu * spread();
    const done = Math.max(now, free[turn] ?? 0) + own;
    free[turn] = done;
    work += own;
    let end = done;
    if (hash > 0) {
      end = Math.max(done, hashing[turn] ?? 0) + hash;
      hashing[turn] = end;
    }
    latencies.push(end - now + statements * STATEMENT);
  }
  latencies.sort((a, b) => a - b);
  const quantile = (q: number) => latencies[Math.floor(latencies.length * q)] ?? Number.NaN;
  return { busy: work / (SECONDS * 1000 * processes), p50: quantile(0.5), p99: quantile(0.99) };
}
