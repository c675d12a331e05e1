import { X509Certificate } from 'node:crypto';
import { decodeHeader } from '../../adapters/card/decode.ts';
import type { Settings } from '../../config/settings.ts';
import { shownClientCertificate } from '../http/client-certificate.ts';
import type { CertificateOf } from '../provider/mtls.ts';

/** Reads the certificate of client software as the proxy of this deployment writes it. */
export const certificateReader =
  ({ MTLS_HEADER_FORMAT }: Settings): CertificateOf =>
  (request) => {
    const shown = shownClientCertificate(request);
    if (!shown || shown.certificate === 'twice' || shown.certificate === 'too-large') return undefined;
    const decoded = decodeHeader(MTLS_HEADER_FORMAT, shown.certificate);
    if (typeof decoded === 'string') return undefined;
    return { certificate: new X509Certificate(decoded.der), verified: shown.verified };
  };
