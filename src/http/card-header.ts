import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Middleware } from 'koa';
import type { Settings } from '../../config/settings.ts';
import { addressMatcher } from '../protection/address.ts';
import { hashId } from '../protection/secrets.ts';
import { hostOf } from './host.ts';

/** What our proxy says of the card that a browser showed it. */
export interface ShownCard {
  /** The certificate, as the proxy writes it; more than one, or one too long, is none that can be believed. */
  readonly certificate: string | 'twice' | 'too-large';
  /** What the proxy thinks of it, where it is asked to say so. */
  readonly verified: boolean;
}

/** Bytes of one header; a card's certificate takes 3.4 kB at most, in the longest of the formats. */
const HEADER_MAX = 12 * 1024;
const SECRET_HEADER = 'x-mire-proxy-secret';

const shown = new WeakMap<IncomingMessage, ShownCard>();

/** @returns undefined when no proxy of ours stands between the browser and this request. */
export const shownCard = (request: IncomingMessage): ShownCard | undefined => shown.get(request);

/** Some layers take `_` for `-`, and none of them cares about case. */
const folded = (name: string) => name.toLowerCase().replaceAll('_', '-');

/** Takes every spelling of these headers out of a request. @returns the values of those spelled exactly so. */
function takeOut(request: IncomingMessage, names: ReadonlySet<string>): Map<string, string[]> {
  const values = new Map<string, string[]>();
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

type CardHeaderSettings = Pick<
  Settings,
  'CPS_ORIGIN' | 'CARD_HEADER' | 'CARD_HEADER_FORMAT' | 'CARD_VERIFY_HEADER' | 'CARD_PROXY_SECRET'
>;

/**
 * The card's headers are dropped before anything reads them. They count only on the card's own host, from a proxy that
 * is both at a trusted address and knows the secret.
 */
export function cardHeader(settings: CardHeaderSettings, proxies: readonly string[]): Middleware {
  const certificateHeader = settings.CARD_HEADER.toLowerCase();
  const verifyHeader = settings.CARD_VERIFY_HEADER?.toLowerCase();
  const names = new Set([certificateHeader, SECRET_HEADER, ...(verifyHeader ? [verifyHeader] : [])]);
  const trusted = addressMatcher(proxies);
  const host = settings.CPS_ORIGIN && new URL(settings.CPS_ORIGIN).host;
  const secret = settings.CARD_PROXY_SECRET && hashId(settings.CARD_PROXY_SECRET);
  // OpenSSL's X509_V_OK is what HAProxy hands on.
  const good = settings.CARD_HEADER_FORMAT === 'haproxy' ? '0' : 'SUCCESS';

  return (ctx, next) => {
    const values = takeOut(ctx.req, names);
    const [given, again] = values.get(SECRET_HEADER) ?? [];
    const fromProxy =
      secret !== undefined &&
      given !== undefined &&
      again === undefined &&
      // Hashes are as long as each other, whatever was sent.
      timingSafeEqual(hashId(given), Buffer.from(secret)) &&
      trusted(ctx.req.socket.remoteAddress) &&
      hostOf(ctx.req) === host;
    if (fromProxy) {
      const [certificate = '', second] = values.get(certificateHeader) ?? [];
      const verify = verifyHeader === undefined ? [good] : (values.get(verifyHeader) ?? []);
      shown.set(ctx.req, {
        certificate: second !== undefined ? 'twice' : certificate.length > HEADER_MAX ? 'too-large' : certificate,
        verified: verify.length === 1 && verify[0] === good,
      });
    }
    return next();
  };
}
