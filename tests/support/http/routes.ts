import type { Middleware } from 'koa';
import type { RunningMire } from '../mire.ts';

interface Routed {
  readonly router?: { readonly stack: readonly { readonly path: unknown; readonly methods: readonly string[] }[] };
}

export interface Route {
  readonly method: string;
  /** With its parameters: `/interaction/:uid`. */
  readonly path: string;
}

/** Every route of every router that the service has: what is added to one is here. */
export function routesOf({ sandbox }: RunningMire): Route[] {
  const { middleware } = sandbox.http.app as unknown as { middleware: (Middleware & Routed)[] };
  return middleware.flatMap(({ router }) =>
    (router?.stack ?? []).flatMap(({ path, methods }) =>
      methods
        .filter((method) => method !== 'HEAD')
        .map((method) => ({ method, path: String(path).replaceAll(/[{}]/g, '') })),
    ),
  );
}
