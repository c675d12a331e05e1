export interface DownloadLimits {
  /** Milliseconds for the whole of it. */
  readonly within: number;
  readonly mostBytes: number;
}

/**
 * The body of one answer. A redirect is refused: the address comes from a setting and nobody else may choose another.
 * @throws whatever goes wrong, a status that is no success included
 */
export async function download(address: string, limits: DownloadLimits, request: RequestInit = {}): Promise<Buffer> {
  const response = await fetch(address, {
    ...request,
    redirect: 'error',
    signal: AbortSignal.timeout(limits.within),
  });
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw new Error(`answered ${response.status}`);
  }
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body) {
    bytes += part.length;
    // Leaving the loop cancels the body.
    if (bytes > limits.mostBytes) throw new Error(`longer than ${limits.mostBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
