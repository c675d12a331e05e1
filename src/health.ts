import type { Middleware } from 'koa';
import type { Registry } from 'prom-client';
import type { Log } from './log.ts';

/** What must answer before requests may come: a name and a question that throws when the answer is no. */
export type Check = readonly [name: string, ask: () => Promise<unknown>];

export interface HealthParts {
  readonly checks: readonly Check[];
  readonly registry: Registry;
  readonly log: Log;
  /** `/metrics` here too; in production it has a port of its own. */
  readonly metricsHere: boolean;
  readonly stopping: () => boolean;
  /** Milliseconds for each check to answer. */
  readonly patience: number;
}

/** `/healthz`: the process is alive. `/readyz`: it can serve. Asked by the platform, under any host name. */
export function health({ checks, registry, log, metricsHere, stopping, patience }: HealthParts): Middleware {
  const ask = async ([name, question]: Check): Promise<readonly [string, boolean]> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${name} did not answer in ${patience} ms`)), patience);
    });
    try {
      await Promise.race([question(), late]);
      return [name, true];
    } catch (err) {
      log.warn({ err, check: name }, 'not ready');
      return [name, false];
    } finally {
      clearTimeout(timer);
    }
  };

  return async (ctx, next) => {
    if (ctx.path === '/healthz') {
      ctx.body = { status: 'ok' };
    } else if (ctx.path === '/readyz') {
      const answers = await Promise.all(checks.map(ask));
      const ready = !stopping() && answers.every(([, ok]) => ok);
      ctx.status = ready ? 200 : 503;
      ctx.body = { status: ready ? 'ok' : 'unavailable', checks: Object.fromEntries(answers) };
    } else if (ctx.path === '/metrics' && metricsHere) {
      ctx.type = registry.contentType;
      ctx.body = await registry.metrics();
    } else return next();
    ctx.set('cache-control', 'no-store');
    return undefined;
  };
}
