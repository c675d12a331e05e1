import type { Encoded } from './decode.ts';

/** `Client-Cert`: the DER as a byte sequence of structured fields (RFC 9440 §2.2, RFC 8941 §3.3.5). */
export function fromRfc9440(value: string): Encoded {
  const [, base64] = /^ *:([A-Za-z0-9+/=]*): *$/.exec(value) ?? [];
  return base64 === undefined ? 'malformed' : { base64 };
}
