import type { Encoded } from './decode.ts';
import { bodyOfPem } from './pem.ts';

/** `%{SSL_CLIENT_CERT}s`: a PEM whose line ends became spaces; `(null)` when nobody showed a card. */
export function fromApache(value: string): Encoded {
  if (value === '(null)') return 'none';
  const base64 = bodyOfPem(value);
  return base64 === undefined ? 'malformed' : { base64 };
}
