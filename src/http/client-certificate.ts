import type { IncomingMessage } from 'node:http';
import type { Middleware } from 'koa';
import type { Settings } from '../../config/settings.ts';
import { FlowError } from './errors.ts';
import { hostOf } from './host.ts';
import type { CertificateHost, ShownCertificate } from './proxy-certificate.ts';

const shown = new WeakMap<IncomingMessage, ShownCertificate>();

/** @returns undefined when no proxy of ours stands between the client software and this request. */
export const shownClientCertificate = (request: IncomingMessage): ShownCertificate | undefined => shown.get(request);

type MtlsSettings = Pick<
  Settings,
  'MTLS_ORIGIN' | 'MTLS_HEADER' | 'MTLS_HEADER_FORMAT' | 'MTLS_VERIFY_HEADER' | 'MTLS_PROXY_SECRET'
>;

/** Where applications, not people, present a certificate (RFC 8705). Believed no further than a card's header is. */
export const clientCertificates = (settings: MtlsSettings): CertificateHost => ({
  origin: settings.MTLS_ORIGIN,
  header: settings.MTLS_HEADER,
  format: settings.MTLS_HEADER_FORMAT,
  verifyHeader: settings.MTLS_VERIFY_HEADER,
  secret: settings.MTLS_PROXY_SECRET,
  shown,
});

/** No page of ours, no discovery document (it would name this host as the issuer's) and no sign-in on this host. */
export function mtlsHost(settings: Pick<Settings, 'MTLS_ORIGIN'>, served: readonly string[]): Middleware {
  const host = settings.MTLS_ORIGIN && new URL(settings.MTLS_ORIGIN).host;
  return (ctx, next) => {
    if (host !== undefined && hostOf(ctx.req) === host && !served.includes(ctx.path)) throw new FlowError('not-found');
    return next();
  };
}
