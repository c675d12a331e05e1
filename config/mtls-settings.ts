import { z } from 'zod';
import { FORMATS, headerName } from './card-settings.ts';
import { origin } from './setting-types.ts';

/** Settings of the host where client software presents a certificate (RFC 8705). */
export const mtlsSettings = {
  MTLS_ORIGIN: origin.optional().describe('the host where client software presents a certificate; none: no mTLS'),
  MTLS_HEADER: headerName
    .default('X-Mire-Client-Certificate')
    .describe('header in which the proxy hands that certificate over'),
  MTLS_HEADER_FORMAT: z
    .enum(FORMATS)
    .default('nginx')
    .describe(`how the proxy writes it: ${FORMATS.join(', ')}`),
  MTLS_VERIFY_HEADER: headerName
    .default('X-Mire-Client-Verify')
    .describe(
      'header in which the proxy says what it thinks of the certificate; tls_client_auth needs SUCCESS (HAProxy: 0)',
    ),
  MTLS_PROXY_SECRET: z
    .string()
    .optional()
    .describe('what the proxy proves itself with on that host; 32 characters at least (secret)'),
};

export type MtlsSettings = z.infer<z.ZodObject<typeof mtlsSettings>>;

const SECRET_LEAST = 32;

export function mtlsProblems(
  settings: Partial<MtlsSettings> & {
    readonly ISSUER?: string | undefined;
    readonly CPS_ORIGIN?: string | undefined;
    readonly TRUSTED_PROXIES?: readonly string[];
  },
  production: boolean,
): { name: string; message: string }[] {
  const { MTLS_ORIGIN, MTLS_PROXY_SECRET, ISSUER, CPS_ORIGIN, TRUSTED_PROXIES } = settings;
  const problems: { name: string; message: string }[] = [];
  const add = (name: string, message: string) => problems.push({ name, message });
  if (MTLS_PROXY_SECRET !== undefined && MTLS_PROXY_SECRET.length < SECRET_LEAST)
    add('MTLS_PROXY_SECRET', `needs ${SECRET_LEAST} characters at least`);
  if (MTLS_ORIGIN === undefined) return problems;
  if (MTLS_ORIGIN === ISSUER || MTLS_ORIGIN === CPS_ORIGIN)
    add('MTLS_ORIGIN', 'must be a host of its own: people would be asked for a certificate');
  if (MTLS_PROXY_SECRET === undefined) add('MTLS_PROXY_SECRET', 'is required where MTLS_ORIGIN is set');
  if (production && TRUSTED_PROXIES?.length === 0)
    add('TRUSTED_PROXIES', 'is required where MTLS_ORIGIN is set: a certificate is only believed from a proxy');
  return problems;
}
