import { UpstreamError } from '../../src/http/errors.ts';
import { type DownloadLimits, download } from './download.ts';

/** Half a million revoked cards. */
const LIMITS: DownloadLimits = { within: 60_000, mostBytes: 16 * 1024 * 1024 };

/** Fetches one list. */
export async function downloadCrl(address: string, limits = LIMITS): Promise<Uint8Array> {
  try {
    return await download(address, limits);
  } catch (error) {
    throw new UpstreamError('upstream', { address }, error);
  }
}
