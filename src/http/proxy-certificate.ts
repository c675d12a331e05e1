import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Middleware } from 'koa';
import { addressMatcher } from '../protection/address.ts';
import { hashId } from '../protection/secrets.ts';
import { hostOf } from './host.ts';

/** What our proxy says of the certificate that was shown to it. */
export interface ShownCertificate {
  /** The certificate, as the proxy writes it; more than one, or one too long, is none that can be believed. */
  readonly certificate: string | 'twice' | 'too-large';
  /** What the proxy thinks of it, where it is asked to say so. */
  readonly verified: boolean;
}

/** A host where a proxy asks for certificates, and how it hands them over. */
export interface CertificateHost {
  readonly origin: string | undefined;
  readonly header: string;
  readonly format: string | undefined;
  readonly verifyHeader: string | undefined;
  readonly secret: string | undefined;
  readonly shown: WeakMap<IncomingMessage, ShownCertificate>;
}

/** Bytes of one header; a card's certificate takes 3.4 kB at most, in the longest of the formats. */
const HEADER_MAX = 12 * 1024;
const SECRET_HEADER = 'x-mire-proxy-secret';

/** Some layers take `_` for `-`, and none of them cares about case. */
const folded = (name: string) => (name.includes('_') ? name.replaceAll('_', '-') : name).toLowerCase();

/** Takes every spelling of these headers out of a request. @returns the values of those spelled exactly so. */
function takeOut(request: IncomingMessage, names: ReadonlySet<string>): Map<string, string[]> {
  const values = new Map<string, string[]>();
  // Hardly any request has one.
  if (!request.rawHeaders.some((name, i) => i % 2 === 0 && names.has(folded(name)))) return values;
  const kept: string[] = [];
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const [name = '', value = ''] = request.rawHeaders.slice(i, i + 2);
    const exact = name.toLowerCase();
    if (!names.has(folded(name))) kept.push(name, value);
    else if (names.has(exact)) values.set(exact, [...(values.get(exact) ?? []), value]);
  }
  request.rawHeaders.splice(0, Number.POSITIVE_INFINITY, ...kept);
  for (const name of Object.keys(request.headers)) if (names.has(folded(name))) delete request.headers[name];
  return values;
}

interface Rule extends CertificateHost {
  readonly host: string | undefined;
  readonly secretHash: Buffer | undefined;
  /** OpenSSL's X509_V_OK is what HAProxy hands on. */
  readonly good: string;
}

const ruleOf = (given: CertificateHost): Rule => ({
  ...given,
  header: given.header.toLowerCase(),
  verifyHeader: given.verifyHeader?.toLowerCase(),
  host: given.origin && new URL(given.origin).host,
  secretHash: given.secret ? hashId(given.secret) : undefined,
  good: given.format === 'haproxy' ? '0' : 'SUCCESS',
});

/**
 * The headers of certificates are dropped before anything reads them. Each counts only on a host of its own, from a
 * proxy that is both at a trusted address and knows that host's secret.
 */
export function certificateHeaders(hosts: readonly CertificateHost[], proxies: readonly string[]): Middleware {
  const rules = hosts.map(ruleOf);
  const names = new Set([SECRET_HEADER]);
  for (const { header, verifyHeader } of rules) for (const name of [header, verifyHeader]) if (name) names.add(name);
  const trusted = addressMatcher(proxies);

  return (ctx, next) => {
    const values = takeOut(ctx.req, names);
    const [given, again] = values.get(SECRET_HEADER) ?? [];
    const rule = rules.find(({ host }) => host !== undefined && host === hostOf(ctx.req));
    const fromProxy =
      rule?.secretHash !== undefined &&
      given !== undefined &&
      again === undefined &&
      // Hashes are as long as each other, whatever was sent.
      timingSafeEqual(hashId(given), rule.secretHash) &&
      trusted(ctx.req.socket.remoteAddress);
    if (rule && fromProxy) {
      const [certificate = '', second] = values.get(rule.header) ?? [];
      const verify = rule.verifyHeader === undefined ? [rule.good] : (values.get(rule.verifyHeader) ?? []);
      rule.shown.set(ctx.req, {
        certificate: second !== undefined ? 'twice' : certificate.length > HEADER_MAX ? 'too-large' : certificate,
        verified: verify.length === 1 && verify[0] === rule.good,
      });
    }
    return next();
  };
}
