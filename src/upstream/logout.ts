import type { Context } from 'koa';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { randomToken, type Vault } from '../protection/secrets.ts';
import type { Upstream } from '../provider/upstream.ts';
import type { UpstreamProvider } from './provider.ts';

/** One provider and the address it comes back to after a logout, below ours. */
export interface UpstreamExit {
  readonly provider: UpstreamProvider;
  readonly returnPath: string;
}

/** Signing out here signs out there as well, then goes on to where the person was going. */
export interface UpstreamLogout {
  /** Where the browser goes first; undefined when nothing is to be ended elsewhere. Sets a cookie for the way back. */
  away(ctx: Pick<Context, 'cookies'>, upstream: Upstream | undefined, onward: string): Promise<URL | undefined>;
  /** The browser comes back. Nothing is decided here but where it goes: the logout is over. */
  back(ctx: Context): void;
}

export interface UpstreamLogoutParts {
  readonly issuer: string;
  readonly vault: Pick<Vault, 'seal' | 'open'>;
  readonly clock: Clock;
  /** By the name that a sign-in has kept. */
  readonly exits: (provider: string) => Promise<UpstreamExit | undefined>;
}

const COOKIE = 'mire_onward';
const CONTEXT = 'upstream-logout';
/** Milliseconds that the other provider may keep the browser. */
const LIFE = 10 * 60 * 1000;
/** Where the library says that it is done. */
const DONE = '/logout/success';

const ticket = z.object({ onward: z.url(), state: z.string(), until: z.number() });

export function createUpstreamLogout({ issuer, vault, clock, exits }: UpstreamLogoutParts): UpstreamLogout {
  const secure = issuer.startsWith('https:');
  const cookie = { httpOnly: true, sameSite: 'lax', secure, path: '/callback/', signed: false } as const;

  function read(sealed: string | undefined): z.infer<typeof ticket> | undefined {
    try {
      const opened = ticket.parse(JSON.parse(vault.open(Buffer.from(sealed ?? '', 'base64url'), CONTEXT).toString()));
      return opened.until > clock().getTime() ? opened : undefined;
    } catch {
      return undefined;
    }
  }

  return {
    async away(ctx, upstream, onward) {
      const exit = upstream && (await exits(upstream.provider));
      if (!exit || !upstream.idToken) return undefined;
      const state = randomToken();
      const returnTo = `${issuer}${exit.returnPath}`;
      const url = await exit.provider.logoutUrl({ idToken: upstream.idToken, returnTo, state });
      if (!url) return undefined;
      const left = { onward: new URL(onward, issuer).href, state, until: clock().getTime() + LIFE };
      // Sealed: only we say where a browser is sent after a logout.
      ctx.cookies.set(COOKIE, vault.seal(JSON.stringify(left), CONTEXT).toString('base64url'), cookie);
      return url;
    },

    back(ctx) {
      const left = read(ctx.cookies.get(COOKIE));
      ctx.cookies.set(COOKIE, null, cookie);
      const { state } = ctx.query;
      // Pro Santé Connect has been seen to lose it: the cookie alone then says that this browser was sent there.
      const ours = left && (state === undefined || state === left.state);
      ctx.set('cache-control', 'no-store');
      ctx.status = 303;
      ctx.redirect(ours ? left.onward : DONE);
    },
  };
}
