import { bodyParser } from '@koa/bodyparser';
import type { Context, Middleware } from 'koa';
import type { z } from 'zod';
import { FlowError } from './errors.ts';
import { FieldsError } from './form.ts';

const BODY_MAX = 8 * 1024;

const parse = bodyParser({
  encoding: 'utf-8',
  enableTypes: ['json'],
  jsonLimit: BODY_MAX,
  onError: (error) => {
    const { status, type } = error as Error & { status?: number; type?: string };
    if (status === 413 || type === 'entity.too.large') throw new FlowError('body-too-large');
    throw new FlowError('bad-request', {}, error);
  },
});

/** Reads the JSON of a call that is not a page's. Anything else is 415; over 8 kB is 413. */
export const readJsonBody: Middleware = async (ctx, next) => {
  if (ctx.method !== 'POST' && ctx.method !== 'PUT') return next();
  if (!ctx.is('application/json')) throw new FlowError('content-type');
  if (Number(ctx.get('content-length')) > BODY_MAX) throw new FlowError('body-too-large');
  return parse(ctx, next);
};

/** @throws {FieldsError} naming every field that is missing or invalid. */
export function readJson<T>(ctx: Context, schema: z.ZodType<T>): T {
  const read = schema.safeParse((ctx.request as { body?: unknown }).body);
  if (read.success) return read.data;
  const fields = new Set(read.error.issues.map(({ path }) => String(path[0] ?? 'body')));
  throw new FieldsError([...fields].map((field) => ({ field, problem: 'invalid' })));
}
