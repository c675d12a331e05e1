import { cpus } from 'node:os';
import { openConnection } from './connection.ts';
import type { Ground } from './ground.ts';
import type { MireTarget } from './mire.ts';
import { person } from './prepare.ts';
import type { Ground as ScenarioGround } from './scenarios.ts';

/** The servers have one core; the clients, PostgreSQL and Redis the other: a full server core is what limits. */
export const [SERVERS, CLIENTS] = [0, Math.min(1, cpus().length - 1)];

/** How long and how often. */
export interface Plan {
  readonly rounds: number;
  readonly seconds: number;
  readonly warm: number;
  /** Seconds of each kind of work before anything is measured. */
  readonly jit: number;
  readonly workers: number;
  readonly people: number;
  readonly burst: number;
  readonly starts: number;
  readonly openSeconds: number;
}

export const PLANS = {
  quick: {
    rounds: 2,
    seconds: 1,
    warm: 0.5,
    jit: 3,
    workers: 16,
    people: 5000,
    burst: 5000,
    starts: 2,
    openSeconds: 3,
  },
  full: { rounds: 5, seconds: 4, warm: 2, jit: 8, workers: 16, people: 5000, burst: 5000, starts: 5, openSeconds: 8 },
} as const satisfies Record<string, Plan>;

export interface Run {
  readonly plan: Plan;
  readonly ground: Ground;
  say(text: string): void;
}

/** Clients of one server. Each request of `person` is for somebody else. */
export function clientsOf(
  issuer: string,
  keys: MireTarget['keys'],
  people: number,
): ScenarioGround & { close(): void } {
  const { ask, close } = openConnection();
  let number = 0;
  return {
    issuer,
    ask,
    jwks: keys,
    person() {
      number += 1;
      return person(number % people);
    },
    close,
  };
}
