import { lookup } from 'node:dns';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Breaker } from '../../src/upstream/breaker.ts';

/** It could not be reached, was too slow, or failed by itself: nothing is known of what it would have said. */
export class TransportFailed extends Error {
  override readonly name = 'TransportFailed';
}

/** As openid-client and jose call `fetch`. */
export type Transport = (url: string, init: TransportInit) => Promise<Response>;

interface TransportInit {
  readonly method?: string | undefined;
  readonly headers?: Headers | Record<string, string> | undefined;
  readonly body?: unknown;
  readonly signal?: AbortSignal | null | undefined;
}

export interface TransportParts {
  /** Hosts that an administrator allows to have private addresses (INTERNAL_HOSTS). */
  readonly internalHosts: readonly string[];
  readonly certificate?: { readonly cert: string; readonly key: string } | undefined;
  readonly breaker: Breaker;
}

const MOST_BYTES = 1024 * 1024;
const PRIVATE = 'leads to a private address';

const isPublic = (address: string): boolean => ipaddr.process(address).range() === 'unicast';

/** Resolved once, for the very connection that is made: a name that changes its mind afterwards changes nothing. */
const publicOnly: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
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
 * `fetch` for one provider: no redirect is followed, no private address is reached unless its host is listed, and our TLS
 * certificate is shown. Node.js's own cannot be given one without a package more.
 */
export function createTransport({ internalHosts, certificate, breaker }: TransportParts): Transport {
  const internal = new Set(internalHosts.map((host) => host.toLowerCase()));
  const agents = {
    http: new HttpAgent({ keepAlive: true }),
    https: new HttpsAgent({ keepAlive: true, ...certificate }),
  };

  async function send(address: string, { method = 'GET', headers, body, signal }: TransportInit): Promise<Response> {
    const url = new URL(address);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const guarded = !internal.has(host.toLowerCase());
    if (guarded && isIP(host) !== 0 && !isPublic(host)) throw new Error(`${host} ${PRIVATE}`);
    const text = body === undefined || body === null ? undefined : String(body);
    const options: RequestOptions = {
      method,
      headers: Object.fromEntries(new Headers(headers as Record<string, string>)),
      agent: url.protocol === 'https:' ? agents.https : agents.http,
      ...(signal ? { signal } : {}),
      ...(guarded ? { lookup: publicOnly } : {}),
    };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options, resolve);
      sent.on('error', reject);
      sent.end(text);
    });
    const received = await bodyOf(answer);
    const status = answer.statusCode ?? 502;
    if (status >= 500) throw new Error(`answered ${status}`);
    const kept = Object.entries(answer.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, [value].flat().join(', ')] as [string, string]],
    );
    return new Response(status === 204 || status === 304 ? null : received, { status, headers: kept });
  }

  return async (url, init) => {
    try {
      const response = await send(url, init);
      breaker.succeeded();
      return response;
    } catch (cause) {
      breaker.failed();
      throw new TransportFailed((cause as Error).message, { cause });
    }
  };
}

/** Tried again, twice: for what may be asked any number of times. */
export const persistent =
  (transport: Transport, isSafe: (url: string) => boolean): Transport =>
  async (url, init) => {
    const method = init.method ?? 'GET';
    for (const pause of method === 'GET' && isSafe(url) ? [100, 400] : []) {
      try {
        return await transport(url, init);
      } catch (error) {
        if (init.signal?.aborted) throw error;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
    return transport(url, init);
  };
