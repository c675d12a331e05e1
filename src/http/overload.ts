import type { Middleware } from 'koa';
import { Counter, type Registry } from 'prom-client';
import { bodyArrival } from './body-arrival.ts';
import { FlowError, UpstreamError } from './errors.ts';

/** Something that begins, or that software asks for: an address where requests come in numbers of their own making. */
export interface Door {
  /** Software asks, which reads JSON; otherwise a person. */
  readonly machine: boolean;
  /** Begins something that more requests follow. */
  readonly entrance: boolean;
}

/** What ends here has begun elsewhere, and is worth more room than what begins. */
const ROOM_TO_END = 4;
/** Seconds. Spread, so that those who are told do not come back all at once. */
const [SOONEST, LATEST] = [2, 10];
/** Milliseconds in which a body has to be here: under Node's own limit for a whole request. */
const BODY_PATIENCE = 10_000;

export interface DoorParts {
  readonly doors: ReadonlyMap<string, Door>;
  /** How many requests one entrance has in hand at once. */
  readonly places: number;
  readonly registry: Registry;
  readonly random?: () => number;
  readonly bodyPatience?: number;
}

/**
 * Turns away what the process cannot do in time: 503, and when to come back. An entrance holds so many requests at once and
 * no more. The busier the process, the longer each stays there, so that fewer are let in, by themselves, just as many as
 * are done; those who are in can end. Nothing here waits for anybody else, such as a directory or a password hash: one that
 * is slow takes no place, and neither does who sends half a body.
 */
export function bounded({
  doors,
  places,
  registry,
  random = Math.random,
  bodyPatience = BODY_PATIENCE,
}: DoorParts): Middleware {
  const turned = new Counter({
    name: 'mire_requests_shed_total',
    help: 'Requests turned away because the process has too much to do',
    labelNames: ['door'],
    registers: [registry],
  });
  const inHand = new Map<string, number>();
  return async (ctx, next) => {
    const { path } = ctx;
    const door = doors.get(path);
    if (!door) return next();
    if ((await bodyArrival(ctx.req, bodyPatience)) !== 'arrived') {
      // What comes of it now is not read, so that nothing else can be said on this connection (RFC 9110 §15.5.9).
      ctx.set('connection', 'close');
      if (!door.machine) throw new FlowError('bad-request', { body: 'late' });
      ctx.status = 408;
      ctx.set('cache-control', 'no-store');
      ctx.body = { error: 'invalid_request', error_description: 'the body of the request did not come in time' };
      return undefined;
    }
    const held = inHand.get(path) ?? 0;
    if (held >= (door.entrance ? places : places * ROOM_TO_END)) {
      turned.inc({ door: path });
      const retryAfter = Math.ceil(SOONEST + random() * (LATEST - SOONEST));
      if (!door.machine) throw new UpstreamError('overloaded', { retryAfter });
      ctx.status = 503;
      ctx.set('retry-after', String(retryAfter));
      ctx.set('cache-control', 'no-store');
      ctx.body = { error: 'temporarily_unavailable', error_description: 'too much load, try again later' };
      return undefined;
    }
    inHand.set(path, held + 1);
    try {
      return await next();
    } finally {
      inHand.set(path, (inHand.get(path) ?? 1) - 1);
    }
  };
}
