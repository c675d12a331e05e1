import type { Context } from 'koa';
import { MODE_IDS, type ModeId } from '../config/modes.ts';

const COOKIE = 'mire_mode';
const LIFE = 180 * 24 * 60 * 60 * 1000;

/** The last mode that worked in this browser. The cookie says that and nothing else, and is sent to the page alone. */
export function rememberMode(ctx: Context, mode: ModeId): void {
  ctx.cookies.set(COOKIE, mode, {
    signed: false,
    httpOnly: true,
    sameSite: 'lax',
    path: '/interaction',
    maxAge: LIFE,
    overwrite: true,
  });
}

export function rememberedMode(ctx: Context): ModeId | undefined {
  const value = ctx.cookies.get(COOKIE, { signed: false });
  return MODE_IDS.find((id) => id === value);
}
