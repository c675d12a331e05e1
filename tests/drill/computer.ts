import { Agent, request } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { Readable } from 'node:stream';
import type { Send } from '../support/http/browser.ts';
import type { Partners } from './partners.ts';
import { ISSUER } from './seeding.ts';
import { Trouble } from './trouble.ts';

/** In milliseconds: who waits longer goes away. */
const PATIENCE = 25_000;

/** One answer of Mire. */
export interface Answer {
  readonly status: number;
  /** To its first byte, in milliseconds. */
  readonly waited: number;
}

export interface Computer {
  readonly send: Send;
  readonly answers: readonly Answer[];
  close(): void;
}

/** With an address of its own; it keeps its connections as a browser does. */
export function computer(
  { front, partners }: { readonly front: string; readonly partners: Pick<Partners, 'ca'> },
  index: number,
): Computer {
  const agent = new Agent({ keepAlive: true, maxSockets: 2 });
  const tlsAgent = new TlsAgent({ ca: partners.ca });
  const localAddress = `127.0.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`;
  const answers: Answer[] = [];
  const host = new URL(ISSUER).host;
  const send: Send = (url, init) =>
    new Promise((resolve, reject) => {
      const own = url.host === host;
      const { port, hostname } = own ? new URL(front) : url;
      const since = performance.now();
      const sent = (own ? request : tlsRequest)(
        {
          host: hostname,
          port,
          localAddress,
          agent: own ? agent : tlsAgent,
          method: init.method ?? 'GET',
          path: url.pathname + url.search,
          headers: { ...Object.fromEntries(new Headers(init.headers)), host: url.host },
          timeout: PATIENCE,
        },
        (response) => {
          const headers = new Headers();
          for (let at = 0; at < response.rawHeaders.length; at += 2)
            headers.append(response.rawHeaders[at] ?? '', response.rawHeaders[at + 1] ?? '');
          const status = response.statusCode ?? 0;
          if (own) answers.push({ status, waited: performance.now() - since });
          const bare = status === 204 || status === 304;
          resolve(new Response(bare ? null : (Readable.toWeb(response) as ReadableStream), { status, headers }));
          if (bare) response.resume();
        },
      );
      sent.on('timeout', () => sent.destroy(new Error('no answer')));
      // The browser itself says that somebody else's page does not come: nothing that Mire could say better.
      sent.on('error', (error) => reject(own ? error : new Trouble('its own page does not come', true)));
      const { body } = init;
      sent.end(body === undefined || body === null ? undefined : String(body));
    });
  return {
    send,
    answers,
    close() {
      agent.destroy();
      tlsAgent.destroy();
    },
  };
}
