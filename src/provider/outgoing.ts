import type { Configuration } from 'oidc-provider';
import { createOutgoingCall, type OutgoingInit, type OutgoingParts } from '../upstream/outgoing-call.ts';

type Fetch = NonNullable<Configuration['fetch']>;

/**
 * Calls that the provider makes for an application: its keys, its sector, its logout address. The library's own guard cuts
 * a connection once it is open, so that whatever listens inside has seen it; this one opens none. 2.5 s is the library's
 * own limit.
 */
export function createFetch(parts: OutgoingParts): Fetch {
  const call = createOutgoingCall(parts);
  return (url, options) => call(String(url), options as OutgoingInit);
}
