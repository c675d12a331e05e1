import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** `fetch`, for addresses that somebody else chose. It follows no redirect. */
export type OutgoingCall = (url: string, init: OutgoingInit) => Promise<Response>;

export interface OutgoingInit {
  readonly method?: string | undefined;
  readonly headers?: Headers | Record<string, string> | undefined;
  readonly body?: unknown;
  readonly signal?: AbortSignal | null | undefined;
}

/** As `dns.lookup`, whose answers may be of whoever owns the name. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface OutgoingParts {
  /** Hosts that an administrator allows to have private addresses (INTERNAL_HOSTS). */
  readonly internalHosts: readonly string[];
  readonly certificate?: { readonly cert: string; readonly key: string } | undefined;
  readonly resolve?: Resolve;
  /** For many calls to the same few; otherwise each has a connection of its own, which nobody can have closed meanwhile. */
  readonly keepAlive?: boolean;
}

const MOST_BYTES = 1024 * 1024;
const PRIVATE = 'leads to a private address';

/** Of the whole Internet: no address of this machine, of a link, of a private network, or that leads to one (RFC 6890). */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return false;
  // Of IPv6 only 2000::/3 has been given out (RFC 4291 §2.4).
  return parsed.kind() === 'ipv4' || ((parsed as ipaddr.IPv6).parts[0] ?? 0) >> 13 === 1;
}

/** Resolved once, for the very connection that is made: a name that changes its mind afterwards changes nothing. */
export const publicOnly =
  (resolve: Resolve = lookup): LookupFunction =>
  (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const open = (addresses ?? []).filter(({ address }) => isPublic(address));
      const [first] = open;
      if (error) return done(error, []);
      if (!first) return done(new Error(`${hostname} ${PRIVATE}`), []);
      return options.all ? done(null, open) : done(null, first.address, first.family);
    });
  };

async function bodyOf(answer: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new Error(`longer than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/**
 * Every call to an address that an application or another provider gave. No connection is opened to a private address,
 * whichever way it is written, unless its host is listed: an address in the URL is asked before anything is done, and a
 * name by the addresses that the connection takes. Node.js's own `fetch` can be given neither that nor a certificate
 * without a package more.
 */
export function createOutgoingCall({
  internalHosts,
  certificate,
  resolve,
  keepAlive = false,
}: OutgoingParts): OutgoingCall {
  const internal = new Set(internalHosts.map((host) => host.toLowerCase()));
  const agents = {
    http: new HttpAgent({ keepAlive }),
    https: new HttpsAgent({ keepAlive, ...certificate }),
  };
  const guardedLookup = publicOnly(resolve);

  return async (address, { method = 'GET', headers, body, signal }) => {
    const url = new URL(address);
    // The parser has made 127.0.0.1 of 2130706433, of 0x7f.1 and of 127.1 by now (URL Standard, IPv4 parser).
    const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
    const guarded = !internal.has(host.toLowerCase());
    if (guarded && isIP(host) !== 0 && !isPublic(host)) throw new Error(`${host} ${PRIVATE}`);
    const secure = url.protocol === 'https:';
    const options: RequestOptions = {
      method,
      headers: Object.fromEntries(new Headers(headers as Record<string, string>)),
      agent: secure ? agents.https : agents.http,
      ...(signal ? { signal } : {}),
      ...(guarded ? { lookup: guardedLookup } : {}),
    };
    const answer = await new Promise<IncomingMessage>((done, failed) => {
      const sent = (secure ? httpsRequest : httpRequest)(url, options, done);
      sent.on('error', failed);
      sent.end(body === undefined || body === null ? undefined : String(body));
    });
    const received = await bodyOf(answer);
    const status = answer.statusCode ?? 502;
    const kept = Object.entries(answer.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, [value].flat().join(', ')] as [string, string]],
    );
    return new Response([204, 205, 304].includes(status) ? null : new Uint8Array(received), { status, headers: kept });
  };
}
