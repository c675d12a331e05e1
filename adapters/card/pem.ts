/** The base64 of the one certificate of a PEM, however its line ends were replaced. @returns undefined for any other text. */
export function bodyOfPem(pem: string): string | undefined {
  const [, body] = /^\s*-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*$/.exec(pem) ?? [];
  return body?.replace(/\s+/g, '');
}

/** Percent-decoding that leaves `+` alone, which base64 needs. @returns undefined for a broken sequence. */
export function percentDecoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    // The one thing it throws for: the value is not percent-encoded UTF-8.
    return undefined;
  }
}
