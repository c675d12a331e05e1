import type { Context } from 'koa';
import { requestInfo } from '../../src/http/request.ts';
import type { Captcha } from '../../src/protection/captcha.ts';

/** Whether the form that was sent carries a solved captcha; asked only where a limit was reached. */
export const provenBy = (captcha: Captcha, ctx: Context) => async (): Promise<boolean> => {
  const body = (ctx.request as { body?: Record<string, unknown> }).body ?? {};
  return (await captcha.check(body, requestInfo(ctx.req).address)) === 'solved';
};
