import type Provider from 'oidc-provider';
import type { LogoutJob } from '../delivery/jobs.ts';
import { HandOverFailed, LOOKED_FOR, notThere } from '../delivery/ports.ts';

/** The library's own call: makes the logout token, posts it, and wants 200 or 204 (Back-Channel Logout §2.5-2.8). */
type Tell = (this: unknown, sub: string, sid: string) => Promise<void>;

const library = new WeakMap<Provider, Tell>();

/**
 * The library awaits every application in the request that ends the session. Ours are told through the queue instead,
 * by the service that ends sessions, so its own calls do nothing.
 */
export function deferBackchannelLogout(provider: Provider): void {
  const prototype = provider.Client.prototype as unknown as { backchannelLogout: Tell };
  library.set(provider, prototype.backchannelLogout);
  prototype.backchannelLogout = async () => undefined;
}

/**
 * One attempt to tell one application. The token is made here, so that it is fresh at each attempt.
 * @throws {HandOverFailed} when the application did not take it; a 400 is its own final word (§2.8)
 * @throws {NotThere} when this database does not know the application, or not yet
 */
export async function deliverLogout(
  provider: Provider,
  { clientId, accountId, sid }: LogoutJob,
  attempt = LOOKED_FOR,
): Promise<'told' | 'nothing to tell'> {
  const tell = library.get(provider);
  if (!tell) throw new Error('back-channel logout of this provider is not deferred');
  const client = await provider.Client.find(clientId);
  if (!client) throw notThere(attempt);
  // It does not wish to be told, as most.
  if (!client.backchannelLogoutUri) return 'nothing to tell';
  try {
    await tell.call(client, accountId, sid);
    return 'told';
  } catch (error) {
    const status = (error as { response?: { status?: number } }).response?.status;
    throw new HandOverFailed(status === undefined ? 'no answer' : `status ${status}`, status === 400, error);
  }
}
