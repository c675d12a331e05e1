import type { Encoded } from './decode.ts';
import { percentDecoded } from './pem.ts';

/**
 * `X-Forwarded-Tls-Client-Cert` of passTLSClientCert: the body of a PEM without its line ends, the chain joined by commas
 * with the card first. Up to 2.7 the whole is percent-encoded, later it is plain; base64 holds no `%`.
 */
export function fromTraefik(value: string): Encoded {
  const [leaf = ''] = value.split(',', 1);
  const base64 = leaf.includes('%') ? percentDecoded(leaf) : leaf;
  return base64 === undefined ? 'malformed' : { base64 };
}
