import { randomInt, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What is known of one HTTP request, on both sides of the embedding: our Koa application and oidc-provider's. */
export interface RequestInfo {
  readonly id: string;
  /** Shown with every refusal, written to the log and the audit: what a person reads to the help desk. */
  readonly supportCode: string;
  /** The client's address, as far as trusted proxies tell. */
  readonly address: string;
  /** What the browser says of having been here before: src/protection/known-devices.ts believes it or not. */
  readonly device?: string | undefined;
}

const known = new WeakMap<IncomingMessage, RequestInfo>();

/** Without 0, 1, I, L, O, U: read aloud over a bad line, nothing is mistaken. */
const LETTERS = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
const letters = (count: number) => Array.from({ length: count }, () => LETTERS[randomInt(LETTERS.length)]).join('');

const DEVICE = /(?:^|;\s*)(?:__Host-)?mire_device=([\w.~-]{1,500})(?:;|$)/;

export function identify(request: IncomingMessage, address: string): RequestInfo {
  const device = DEVICE.exec(request.headers.cookie ?? '')?.[1];
  const info = { id: randomUUID(), supportCode: `${letters(4)}-${letters(4)}`, address, device };
  known.set(request, info);
  return info;
}

/** @throws when the request did not come through the first middleware: a wiring defect. */
export function requestInfo(request: IncomingMessage): RequestInfo {
  const info = known.get(request);
  if (!info) throw new Error('a request was not identified');
  return info;
}
