import { errors } from 'jose';
import { AuthorizationResponseError, ResponseBodyError } from 'openid-client';
import { type UpstreamFault, UpstreamRefused } from '../../src/upstream/provider.ts';
import { TransportFailed } from './transport.ts';

interface Link {
  readonly code?: string;
  readonly message?: string;
  readonly cause?: unknown;
  readonly claim?: string;
  readonly parameters?: unknown;
}

/** An error, what caused it, and so on: the library puts what it compared at the end. */
function chainOf(error: unknown): Link[] {
  const chain: Link[] = [];
  for (let link = error; typeof link === 'object' && link !== null && chain.length < 8; ) {
    chain.push(link as Link);
    link = (link as Link).cause;
  }
  return chain;
}

/** A code of the protocol is short and plain; anything else that stands there came from somebody. */
const plain = (text: unknown): string | undefined =>
  typeof text === 'string' && /^[\w.-]{1,64}$/.test(text) ? text : undefined;

/** What the library threw, in our words. */
export function toRefusal(error: unknown, otherwise: UpstreamFault): UpstreamRefused {
  if (error instanceof UpstreamRefused) return error;
  const chain = chainOf(error);
  const has = (test: (link: Link) => boolean) => chain.some(test);
  const code = plain(chain.find((link) => plain(link.code))?.code);
  const refused = (fault: UpstreamFault, reason = code) => new UpstreamRefused(fault, reason, error);

  if (has((link) => link instanceof TransportFailed || link.code === 'OAUTH_TIMEOUT')) return refused('unavailable');
  if (error instanceof AuthorizationResponseError) {
    const said = plain(error.error) ?? 'unnamed';
    if (said === 'access_denied') return refused('denied', said);
    return refused(said === 'temporarily_unavailable' || said === 'server_error' ? 'unavailable' : 'error', said);
  }
  if (error instanceof ResponseBodyError) return refused('exchange', plain(error.error));
  if (has((link) => link.parameters !== undefined)) return refused('answer');
  if (has((link) => link.claim === 'auth_time' || (link.message ?? '').includes('"auth_time"')))
    return refused('stale');
  if (has((link) => link.code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED')) return refused('clock');
  if (error instanceof errors.JOSEError) return refused(otherwise, error.code);
  return refused(otherwise);
}
