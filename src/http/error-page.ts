import type { Context, Middleware } from 'koa';
import type { Log } from '../log.ts';
import { type ErrorCode, FlowError, MireError, UpstreamError } from './errors.ts';
import { requestInfo } from './request.ts';

/** Renders one refusal; the page is the interactions' own. */
export type ErrorPage = (ctx: Context, error: MireError) => Promise<void>;

const CONNECTION_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', '57P01', '57P02', '57P03', '08006', '08001', '08003', '53300']);

/** What a library threw, as one of ours. Nothing it says reaches the person. */
export function toMireError(error: unknown): MireError {
  if (error instanceof MireError) return error;
  const { name, code, status, message } = (error ?? {}) as { name?: string; code?: string; status?: number; message?: string };
  if (name === 'SessionNotFound') return new FlowError('interaction-unknown', {}, error);
  if ((code && CONNECTION_CODES.has(code)) || name === 'KnexTimeoutError' || message === 'Connection terminated unexpectedly') {
    return new UpstreamError('storage-unavailable', {}, error);
  }
  if (status === 404) return new FlowError('not-found', {}, error);
  if (status !== undefined && status >= 400 && status < 500) return new FlowError('bad-request', { status }, error);
  return new UpstreamError('internal', {}, error);
}

export const statusOf = (code: ErrorCode, fallback: number): number => fallback || (code === 'internal' ? 500 : 400);

/** The one place where an error of a page becomes an answer, and a log line with the same support code. */
export function errorMiddleware(log: Log, page: ErrorPage): Middleware {
  return async (ctx, next) => {
    try {
      await next();
      if (ctx.status === 404 && ctx.body === undefined && ctx.respond !== false) throw new FlowError('not-found');
      if (ctx.status === 405 && ctx.body === undefined && ctx.respond !== false) throw new FlowError('method-not-allowed');
    } catch (thrown) {
      const error = toMireError(thrown);
      const { id, supportCode } = requestInfo(ctx.req);
      const line = { requestId: id, supportCode, error: error.code, status: error.status, detail: error.detail };
      if (error.status >= 500) log.error({ ...line, err: thrown }, 'request failed');
      else log.info(line, 'request refused');
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
