import type { Middleware } from 'koa';
import { FlowError } from '../http/errors.ts';
import { ROUTES } from './routes.ts';

/**
 * Most letters of one parameter of an authorization request that anybody may send, and that is kept until its sign-in ends or
 * is given up. An application that needs more pushes it (RFC 9126), where it says who it is.
 */
const MOST: ReadonlyMap<string, number> = new Map([
  ['request', 8192],
  ['id_token_hint', 4096],
  ['claims', 4096],
  // A hint is no reason to refuse anybody: the page takes of it what a field holds.
  ['login_hint', 8192],
]);
const MOST_OTHER = 2048;
const [MOST_ALL, MOST_NAMES] = [12 * 1024, 50];

/** @returns which parameter is too long. */
function tooLong(query: URLSearchParams, length: number): string | undefined {
  if (length > MOST_ALL) return 'all';
  let names = 0;
  for (const [name, value] of query) {
    names += 1;
    if (names > MOST_NAMES) return 'all';
    if (name.length > MOST_OTHER || value.length > (MOST.get(name) ?? MOST_OTHER)) return name.slice(0, 60);
  }
  return undefined;
}

/** Large requests of nobody in particular are refused before anything is kept of them. */
export const boundedRequests: Middleware = (ctx, next) => {
  if (ctx.path !== ROUTES.authorization) return next();
  const parameter = tooLong(new URLSearchParams(ctx.querystring), ctx.querystring.length);
  if (parameter !== undefined) throw new FlowError('bad-request', { parameter });
  return next();
};
