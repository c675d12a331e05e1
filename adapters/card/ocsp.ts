import type { Certificate } from '../../src/cards/certificate.ts';
import type { OcspAsker } from '../../src/cards/revocation.ts';
import type { Clock } from '../../src/clock.ts';
import type { Log } from '../../src/log.ts';
import { type DownloadLimits, download } from './download.ts';
import { NAMING_HASHES, type NamingHash, questionOn } from './ocsp-request.ts';
import { OcspRefused, readAnswer } from './ocsp-response.ts';

/** Somebody waits before the page, for all the tries together. */
const LIMITS: DownloadLimits = { within: 3000, mostBytes: 64 * 1024 };

export interface OcspParts {
  /** From the settings only. An address read in a certificate would let its maker choose whom we call. */
  readonly address: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: DownloadLimits;
}

/** A client of one responder (RFC 6960, over POST). What is not a proper answer is `unknown`; it never throws. */
export function createOcspAsker({ address, clock, log, limits = LIMITS }: OcspParts): OcspAsker {
  async function askOnce(certificate: Certificate, issuer: Certificate, hash: NamingHash, within: number) {
    const question = questionOn(certificate, issuer, hash);
    const der = await download(
      address,
      { ...limits, within },
      {
        method: 'POST',
        headers: { 'content-type': 'application/ocsp-request', accept: 'application/ocsp-response' },
        body: new Uint8Array(question.der),
      },
    ).catch((error: unknown) => {
      throw new OcspRefused('unreachable', error);
    });
    return readAnswer(der, { question, issuer, now: clock() });
  }

  return {
    async ask(certificate, issuer) {
      const until = performance.now() + limits.within;
      for (const hash of NAMING_HASHES) {
        const left = Math.max(0, Math.ceil(until - performance.now()));
        try {
          const status = await askOnce(certificate, issuer, hash, left);
          if (status !== 'unknown') return status;
        } catch (err) {
          log.warn({ err, address, hash }, 'the OCSP responder gave no answer that can be believed');
          // Whoever does not find the authority by this hash does not know, or refuses: the next one is tried.
          if (!(err instanceof OcspRefused) || err.fault !== 'refused') return 'unknown';
        }
      }
      return 'unknown';
    },
  };
}
