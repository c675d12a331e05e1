import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Middleware } from 'koa';
import { Counter, type Registry } from 'prom-client';
import type { Log } from '../log.ts';
import { UpstreamError } from './errors.ts';

/**
 * How much more the process is asked for than it can do. Requests that wait for somebody else (a directory, a desktop, a
 * password hash) are none of it: what grows is the time until the event loop comes round again.
 */
export type Pressure = 'none' | 'high' | 'extreme';

const TICK = 20;
const LOOK_EVERY = 250;
/** So much later than where new work is turned away, work in hand is too. */
const EXTREME = 5;
/** Seconds. Spread, so that those who are told do not come back all at once. */
const [SOONEST, LATEST] = [2, 10];

export interface Load {
  pressure(): Pressure;
  close(): void;
}

type Delays = Pick<ReturnType<typeof monitorEventLoopDelay>, 'min' | 'count' | 'reset'>;

/**
 * Reads the delay of the event loop. What counts is the least of a stretch of time, and of the one before: a loop that came
 * round quickly once was only held up by one long task, not by a queue that stays.
 * @param after milliseconds; 0: pressure is never felt
 */
export function createGauge(after: number, delays: Delays): { look(): number; pressure(): Pressure } {
  let before = 0;
  let standing = 0;
  return {
    look() {
      const least = delays.count > 0 ? Math.max(0, delays.min / 1e6 - TICK) : 0;
      delays.reset();
      standing = Math.min(before, least);
      before = least;
      return standing;
    },
    pressure() {
      if (after === 0 || standing < after) return 'none';
      return standing < after * EXTREME ? 'high' : 'extreme';
    },
  };
}

export function watchLoad(after: number, log: Log): Load {
  const delays = monitorEventLoopDelay({ resolution: TICK });
  delays.enable();
  const gauge = createGauge(after, delays);
  let was: Pressure = 'none';
  const timer = setInterval(() => {
    const delay = Math.round(gauge.look());
    const now = gauge.pressure();
    if ((now === 'none') !== (was === 'none'))
      log.warn({ delay }, now === 'none' ? 'the load is over' : 'too much load: new sign-ins are told to come back');
    was = now;
  }, LOOK_EVERY);
  timer.unref();
  return {
    pressure: gauge.pressure,
    close() {
      clearInterval(timer);
      delays.disable();
    },
  };
}

export interface SheddingParts {
  readonly load: Pick<Load, 'pressure'>;
  readonly registry: Registry;
  /** Whole paths at which something begins; they are the first to be turned away, so that what has begun can end. */
  readonly entrances: ReadonlySet<string>;
  /** Whole paths where software asks, which reads JSON. */
  readonly machines: ReadonlySet<string>;
  readonly random?: () => number;
}

/** Turns away what the process cannot do in time: 503, and when to come back. */
export function shedding({ load, registry, entrances, machines, random = Math.random }: SheddingParts): Middleware {
  const turned = new Counter({
    name: 'mire_requests_shed_total',
    help: 'Requests turned away because the process has too much to do',
    labelNames: ['kind'],
    registers: [registry],
  });
  return (ctx, next) => {
    const pressure = load.pressure();
    const entrance = entrances.has(ctx.path);
    if (pressure === 'none' || (pressure === 'high' && !entrance)) return next();
    turned.inc({ kind: entrance ? 'new' : 'begun' });
    const retryAfter = Math.ceil(SOONEST + random() * (LATEST - SOONEST));
    if (!machines.has(ctx.path)) throw new UpstreamError('overloaded', { retryAfter });
    ctx.status = 503;
    ctx.set('retry-after', String(retryAfter));
    ctx.set('cache-control', 'no-store');
    ctx.body = { error: 'temporarily_unavailable', error_description: 'too much load, try again later' };
    return undefined;
  };
}
