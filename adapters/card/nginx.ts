import type { Encoded } from './decode.ts';
import { bodyOfPem, percentDecoded } from './pem.ts';

/** `$ssl_client_escaped_cert`: a percent-encoded PEM. */
export function fromNginx(value: string): Encoded {
  const pem = percentDecoded(value);
  const base64 = pem === undefined ? undefined : bodyOfPem(pem);
  return base64 === undefined ? 'malformed' : { base64 };
}
