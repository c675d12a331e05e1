import { randomBytes, randomUUID } from 'node:crypto';
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
  /** What the browser says that it is; whoever asks writes what they like. */
  readonly userAgent?: string | undefined;
}

const USER_AGENT_MAX = 300;

const known = new WeakMap<IncomingMessage, RequestInfo>();

/** Without 0, 1, I, L, O, U: read aloud over a bad line, nothing is mistaken. */
const LETTERS = '23456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Four letters, a dash and four letters. Bytes that would favour some letters are drawn again. */
function newSupportCode(): string {
  const fair = 256 - (256 % LETTERS.length);
  let code = '';
  while (code.length < 8)
    for (const byte of randomBytes(12)) if (byte < fair && code.length < 8) code += LETTERS[byte % LETTERS.length];
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

const DEVICE = /(?:^|;\s*)(?:__Host-)?mire_device=([\w.~-]{1,500})(?:;|$)/;

export function identify(request: IncomingMessage, address: string): RequestInfo {
  const device = DEVICE.exec(request.headers.cookie ?? '')?.[1];
  let supportCode: string | undefined;
  const info: RequestInfo = {
    id: randomUUID(),
    // Most requests end well, and nobody ever reads theirs.
    get supportCode() {
      supportCode ??= newSupportCode();
      return supportCode;
    },
    address,
    device,
    userAgent: request.headers['user-agent']?.slice(0, USER_AGENT_MAX) || undefined,
  };
  known.set(request, info);
  return info;
}

/** @throws when the request did not come through the first middleware: a wiring defect. */
export function requestInfo(request: IncomingMessage): RequestInfo {
  const info = known.get(request);
  if (!info) throw new Error('a request was not identified');
  return info;
}
