import { X509Certificate } from 'node:crypto';
import type { Decoded, HeaderFormat } from '../../src/cards/card.ts';
import { fromApache } from './apache.ts';
import { fromEnvoy } from './envoy.ts';
import { fromHaproxy } from './haproxy.ts';
import { fromNginx } from './nginx.ts';
import { fromRfc9440 } from './rfc9440.ts';
import { fromTraefik } from './traefik.ts';

/** What a format leaves to do: base64 that is not checked yet. */
export type Encoded = { readonly base64: string } | 'none' | 'malformed';

/** A card's certificate is about 3.4 kB percent-encoded; this leaves room for a chain. */
const MOST_CHARACTERS = 12 * 1024;

const FORMATS: Readonly<Record<HeaderFormat, (value: string) => Encoded>> = {
  nginx: fromNginx,
  apache: fromApache,
  haproxy: fromHaproxy,
  traefik: fromTraefik,
  envoy: fromEnvoy,
  rfc9440: fromRfc9440,
};

/**
 * The certificate that the proxy's header holds. Whether the header may be believed, and stands once, is the caller's
 * to know; whether the certificate is worth anything, the verifier's.
 */
export function decodeHeader(format: HeaderFormat, value: string): Decoded {
  if (value.length > MOST_CHARACTERS) return 'malformed';
  if (value.trim() === '') return 'none';
  const encoded = FORMATS[format](value);
  if (typeof encoded === 'string') return encoded;
  const der = Buffer.from(encoded.base64, 'base64');
  // Node.js skips what is not base64: only the text that the bytes make again was base64.
  return der.toString('base64') === encoded.base64 && isCertificate(der) ? { der } : 'malformed';
}

/** One certificate in DER, and nothing after it: the reader would also take PEM, and leave the rest. */
function isCertificate(der: Buffer): boolean {
  try {
    return new X509Certificate(der).raw.equals(der);
  } catch {
    // How OpenSSL says that these bytes are no certificate.
    return false;
  }
}
