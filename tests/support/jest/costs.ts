import { appendFileSync, readFileSync, rmSync } from 'node:fs';

/** Names the file in which the workers of a run write what each file of tests cost; jest.config.js sets it. */
export const COSTS_FILE = 'MIRE_TEST_COSTS';

export interface Cost {
  readonly path: string;
  readonly project: string;
  /** Milliseconds of processor of the worker itself, and of the processes that it started and that ended. */
  readonly own: number;
  readonly children: number;
  /** How many files the worker had run before, and how often this one started the service. */
  readonly before: number;
  readonly started: number;
}

/** Milliseconds of processor that this process has used. */
export function ownTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The kernel counts in hundredths of a second. */
const TICK = 10;

/** Milliseconds of the children that have ended: `cutime` and `cstime` of proc(5). Other systems do not say. */
export function childrenTime(): number {
  if (process.platform !== 'linux') return 0;
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) * TICK;
}

export function noteCost(cost: Cost): void {
  const file = process.env[COSTS_FILE];
  if (file) appendFileSync(file, `${JSON.stringify(cost)}\n`);
}

/** What the workers of this run have written; forgotten once read. */
export function takeCosts(): Cost[] {
  const file = process.env[COSTS_FILE] ?? '';
  try {
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    rmSync(file);
    return lines.map((line) => JSON.parse(line) as Cost);
  } catch (error) {
    // No file of tests ran.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

let started = 0;
/** Counts a start of the service, so that the floor of a file is known from those that have one. */
export const noteStart = (): void => {
  started++;
};
export const startsSoFar = (): number => started;
