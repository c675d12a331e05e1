import type { Middleware } from 'koa';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Log } from '../log.ts';
import { requestInfo } from './request.ts';

export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** The first segment alone names a route: what follows may be an interaction's uid, which is a secret. */
const routeOf = (path: string): string => `/${path.split('/')[1]?.slice(0, 40) ?? ''}`;
const KNOWN =
  /^\/(|authorize|token|userinfo|jwks|register|logout|introspect|revoke|par|device|desktop|interaction|captcha|invitation|callback|sandbox|assets|healthz|readyz|metrics|\.well-known)$/;

/** One log line and one observation a request; never its query, headers or body. */
export function accessLog(log: Log, registry: Registry): Middleware {
  const durations = new Histogram({
    name: 'mire_http_request_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  return (ctx, next) => {
    const start = process.hrtime.bigint();
    const { id, address } = requestInfo(ctx.req);
    const method = /^[A-Z]{1,10}$/.test(ctx.method) ? ctx.method : 'OTHER';
    ctx.res.once('close', () => {
      const ms = Number(process.hrtime.bigint() - start) / 1e6;
      const route = routeOf(ctx.path);
      const status = ctx.res.statusCode;
      durations.observe({ method, route: KNOWN.test(route) ? route : 'other', status }, ms / 1000);
      log.debug({ requestId: id, method, route, status, ms: Math.round(ms * 10) / 10, address }, 'request');
    });
    return next();
  };
}
