import { X509Certificate } from 'node:crypto';
import { decodeHeader } from '../../adapters/card/decode.ts';
import type { Settings } from '../../config/settings.ts';
import { shownClientCertificate } from '../http/client-certificate.ts';
import type { CertificateOf } from '../provider/mtls.ts';

/** Reads the certificate of client software as the proxy of this deployment writes it. */
export async function certificateReader({ MTLS_ORIGIN, MTLS_HEADER_FORMAT }: Settings): Promise<CertificateOf> {
  if (MTLS_ORIGIN === undefined) return () => undefined;
  // What reads the names of a certificate is heavy: only who needs it loads it.
  const { subjectMatches } = await import('../provider/certificate-subject.ts');
  return (request) => {
    const shown = shownClientCertificate(request);
    if (!shown || shown.certificate === 'twice' || shown.certificate === 'too-large') return undefined;
    const decoded = decodeHeader(MTLS_HEADER_FORMAT, shown.certificate);
    if (typeof decoded === 'string') return undefined;
    const certificate = new X509Certificate(decoded.der);
    return {
      certificate,
      verified: shown.verified,
      says: (property, expected) => subjectMatches(certificate, property, expected),
    };
  };
}
