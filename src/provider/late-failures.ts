import type { KoaContextWithOIDC } from 'oidc-provider';
import type { ProviderPages } from './configuration.ts';

/**
 * What the library throws where it does not catch it itself, such as when a session cannot be kept at the very end of a
 * request: Koa's own answer would be a bare word. And whoever may try again is told when.
 */
export function lateFailures({ renderError }: Pick<ProviderPages, 'renderError'>) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    try {
      await next();
    } catch (error) {
      if (ctx.headerSent || !(error instanceof Error)) throw error;
      const { status } = error as { status?: number };
      ctx.status = status === 503 ? 503 : 500;
      // What was about to be answered does not stand.
      ctx.remove('location');
      const out = { error: status === 503 ? 'temporarily_unavailable' : 'server_error' };
      await renderError(ctx, out as Parameters<typeof renderError>[1], error as never);
    }
    if (ctx.status === 503 && !ctx.response.get('retry-after')) ctx.set('retry-after', '5');
  };
}
