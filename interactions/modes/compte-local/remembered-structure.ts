import type { Context } from 'koa';

const COOKIE = 'mire_structure';
const LIFE = 180 * 24 * 60 * 60 * 1000;

/** The last structure that worked in this browser: its id and nothing else, signed, and sent to the page alone. */
export function rememberStructure(ctx: Context, id: string): void {
  ctx.cookies.set(COOKIE, id, {
    signed: true,
    httpOnly: true,
    sameSite: 'lax',
    path: '/interaction',
    maxAge: LIFE,
    overwrite: true,
  });
}

export const rememberedStructure = (ctx: Context): string | undefined => ctx.cookies.get(COOKIE, { signed: true });
