import type { Context } from 'koa';
import { requestInfo } from '../../src/http/request.ts';
import type { Captcha } from '../../src/protection/captcha.ts';

/** Each is good for one form, whichever of its limits asks. */
const asked = new WeakMap<Context['req'], Promise<boolean>>();

/** Whether the form that was sent carries a solved captcha; asked only where a limit was reached. */
export const provenBy = (captcha: Captcha, ctx: Context) => (): Promise<boolean> => {
  const before = asked.get(ctx.req);
  if (before) return before;
  const body = (ctx.request as { body?: Record<string, unknown> }).body ?? {};
  const solved = captcha.check(body, requestInfo(ctx.req).address).then((answer) => answer === 'solved');
  asked.set(ctx.req, solved);
  return solved;
};
