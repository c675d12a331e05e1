import { UpstreamError } from '../../src/http/errors.ts';

export interface DownloadLimits {
  /** Milliseconds for the whole of it. */
  readonly within: number;
  readonly mostBytes: number;
}

/** Half a million revoked cards. */
const LIMITS: DownloadLimits = { within: 60_000, mostBytes: 16 * 1024 * 1024 };

/** Fetches one list. A redirect is refused: the address comes from a setting and nobody else may choose another. */
export async function downloadCrl(address: string, limits = LIMITS): Promise<Uint8Array> {
  try {
    const response = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(limits.within) });
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
  } catch (error) {
    throw new UpstreamError('upstream', { address }, error);
  }
}
