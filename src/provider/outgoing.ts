import type { Configuration } from 'oidc-provider';

type Fetch = NonNullable<Configuration['fetch']>;

/**
 * Calls that the provider makes for an application: its keys, its logout address. The library's dispatcher cuts every
 * connection to a private or loopback address, also after DNS rebinding; only hosts that an administrator listed
 * (INTERNAL_HOSTS) go without it. Redirects are not followed, and 2.5 s is the library's own limit.
 */
export function createFetch(internalHosts: readonly string[]): Fetch {
  const internal = new Set(internalHosts.map((host) => host.toLowerCase()));
  return (url, options) => {
    const { dispatcher, ...rest } = options as RequestInit & { dispatcher?: unknown };
    const guarded =
      internal.has(new URL(url as string | URL).hostname) || dispatcher === undefined ? rest : { ...rest, dispatcher };
    return fetch(url as string | URL, { ...guarded, redirect: 'manual' });
  };
}
