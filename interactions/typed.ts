import type { Context } from 'koa';
import { LOGIN_MAX } from '../src/accounts/login-key.ts';
import type { Visit } from './visit.ts';

/**
 * What the login field shows: what was typed, as it was typed, whether the account exists or not; before that, the
 * application's `login_hint`.
 */
export function loginTyped(visit: Visit, ctx?: Context): string {
  if (ctx) return loginTypedIn(ctx);
  const hint = visit.interaction.params.login_hint;
  return typeof hint === 'string' ? hint.slice(0, LOGIN_MAX) : '';
}

export function loginTypedIn(ctx: Context): string {
  const typed = (ctx.request as { body?: { login?: unknown } }).body?.login;
  return typeof typed === 'string' ? typed.slice(0, LOGIN_MAX) : '';
}
