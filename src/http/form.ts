import { bodyParser } from '@koa/bodyparser';
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { FlowError, UserError } from './errors.ts';

const BODY_MAX = '64kb';

const parse = bodyParser({
  encoding: 'utf-8',
  enableTypes: ['form'],
  formLimit: BODY_MAX,
  onError: (error) => {
    const { status, type } = error as Error & { status?: number; type?: string };
    if (status === 413 || type === 'entity.too.large') throw new FlowError('body-too-large');
    throw new FlowError('bad-request', {}, error);
  },
});

/** Reads a form POST of a page. Anything but a plain form is 415; over 64 kB is 413. */
export const readForm: Middleware = async (ctx, next) => {
  if (ctx.method !== 'POST') return next();
  if (!ctx.is('application/x-www-form-urlencoded')) throw new FlowError('content-type');
  // A length that says too much is refused before a byte is read.
  if (Number(ctx.get('content-length')) > 64 * 1024) throw new FlowError('body-too-large');
  return parse(ctx, next);
};

/** One line of text as people send it: no control characters, a length that somebody may really need. */
export const line = (max: number) =>
  z
    .string()
    .max(max, 'too-long')
    .refine((text) => !/\p{Cc}/u.test(text) && text.isWellFormed(), 'invalid');

export type FieldProblem = 'missing' | 'too-long' | 'invalid';

/** `text` is the key of the sentence, where the form has one of its own. */
export interface WrongField {
  readonly field: string;
  readonly problem: FieldProblem;
  readonly text?: string | undefined;
}

/** Which fields of a form are wrong, and how. The page says it beside each, and in a summary. */
export class FieldsError extends UserError {
  readonly fields: readonly WrongField[];
  constructor(fields: readonly WrongField[]) {
    super(fields.every(({ problem }) => problem === 'missing') ? 'field-missing' : 'field-invalid', {
      fields: fields.map(({ field }) => field),
    });
    this.fields = fields;
  }
}

/** What zod makes of a shape, which costs more than reading a form with it. */
const forms = new WeakMap<z.ZodRawShape, z.ZodObject>();

function formOf<T extends z.ZodRawShape>(shape: T): z.ZodObject<T> {
  const form = (forms.get(shape) as z.ZodObject<T> | undefined) ?? z.object(shape);
  forms.set(shape, form);
  return form;
}

/**
 * @param shape a constant where the form is sent often: what is made of it is kept
 * @throws {FieldsError} naming every field that is missing, too long or invalid (also: sent twice).
 */
export function readFields<T extends z.ZodRawShape>(ctx: Context, shape: T): z.infer<z.ZodObject<T>> {
  const body = (ctx.request as { body?: unknown }).body ?? {};
  const read = formOf(shape).safeParse(body);
  if (read.success) return read.data;
  const problems = new Map<string, FieldProblem>();
  for (const { path, message, code } of read.error.issues) {
    const field = String(path[0]);
    const sent = (body as Record<string, unknown>)[field];
    const empty = sent === undefined || (typeof sent === 'string' && sent.trim() === '');
    const problem: FieldProblem = empty
      ? 'missing'
      : message === 'too-long' && code === 'too_big'
        ? 'too-long'
        : 'invalid';
    if (!problems.has(field)) problems.set(field, problem);
  }
  throw new FieldsError([...problems].map(([field, problem]) => ({ field, problem })));
}

/** A field that must not be empty. */
export const required = (max: number) => line(max).refine((text) => text.trim() !== '', 'missing');
