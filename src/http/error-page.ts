import type { IncomingMessage } from 'node:http';
import type { Context, Middleware } from 'koa';
import type { Log } from '../log.ts';
import { FlowError, MireError, UpstreamError } from './errors.ts';
import { requestInfo } from './request.ts';

/** Renders one refusal; the page is the interactions' own. */
export type ErrorPage = (ctx: Context, error: MireError) => Promise<void>;

/** What a library threw, as one of ours. Nothing it says reaches the person. */
export function toMireError(error: unknown): MireError {
  if (error instanceof MireError) return error;
  const { name, status } = (error ?? {}) as { name?: string; status?: number };
  if (name === 'SessionNotFound') return new FlowError('interaction-unknown', {}, error);
  // What the adapters say of a store that is away.
  if (status === 503) return new UpstreamError('storage-unavailable', {}, error);
  if (status === 404) return new FlowError('not-found', {}, error);
  if (status !== undefined && status >= 400 && status < 500) return new FlowError('bad-request', { status }, error);
  return new UpstreamError('internal', {}, error);
}

/** The line that the support code on the page leads to. */
export function logRefusal(log: Log, request: IncomingMessage, error: MireError, thrown: unknown = error): void {
  const { id, supportCode } = requestInfo(request);
  const line = { requestId: id, supportCode, error: error.code, status: error.status, detail: error.detail };
  // Turned away in numbers, on purpose: the metric counts them, and a stack of each would cost more than an answer.
  if (error.code === 'overloaded') log.debug(line, 'request turned away');
  else if (error.status >= 500) log.error({ ...line, err: thrown }, 'request failed');
  else log.info(line, 'request refused');
}

/** The one place where an error of a page becomes an answer, and a log line with the same support code. */
export function errorMiddleware(log: Log, page: ErrorPage): Middleware {
  return async (ctx, next) => {
    try {
      await next();
      if (ctx.status === 404 && ctx.body === undefined && ctx.respond !== false) throw new FlowError('not-found');
      // 501 is the router's word for a method it has never heard of, such as TRACE; no request is a failure of ours.
      if ([405, 501].includes(ctx.status) && ctx.body === undefined && ctx.respond !== false)
        throw new FlowError('method-not-allowed');
    } catch (thrown) {
      const error = toMireError(thrown);
      logRefusal(log, ctx.req, error, thrown);
      if (ctx.res.headersSent || ctx.respond === false) return;
      ctx.status = error.status;
      ctx.set('cache-control', 'no-store');
      const retryAfter = error.detail.retryAfter;
      if (typeof retryAfter === 'number') ctx.set('retry-after', String(Math.ceil(retryAfter)));
      else if (error.status === 503) ctx.set('retry-after', '5');
      await page(ctx, error);
    }
  };
}
