import { z } from 'zod';
import { address, addresses, count, list, origin, yesOrNo } from './setting-types.ts';

/** How the reverse proxies of docs/card-proxies.md write a certificate. */
export const FORMATS = ['nginx', 'apache', 'haproxy', 'traefik', 'envoy', 'rfc9440'] as const;
/** RFC 9110 §5.1, without the underscore that some layers confuse with a hyphen. */
export const headerName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/, 'must be the name of a header');

/** Cards that name somebody. A certificate says CPE and CDE alike, and CPA and CDA: see src/cards/holder.ts. */
const CARD_TYPES = ['CPS', 'CPF', 'CPE', 'CPA', 'CDE', 'CDA'] as const;

/** Settings of the mode Carte CPS. */
export const cardSettings = {
  CPS_ORIGIN: origin
    .optional()
    .describe('the second host, where the reverse proxy asks for the card; in the sandbox http://127.0.0.1:PORT'),
  CARD_HEADER: headerName.default('X-Mire-Card').describe('header in which the proxy hands over the certificate'),
  CARD_HEADER_FORMAT: z
    .enum(FORMATS)
    .optional()
    .describe(`how the proxy writes it: ${FORMATS.join(', ')}; in the sandbox nginx`),
  CARD_VERIFY_HEADER: headerName
    .optional()
    .describe(
      'header in which the proxy says what it thinks of the certificate; what is not SUCCESS (HAProxy: 0) is refused',
    ),
  CARD_PROXY_SECRET: z
    .string()
    .optional()
    .describe('what the proxy proves itself with, in X-Mire-Proxy-Secret; 32 characters at least (secret)'),
  CARD_ANCHORS_FILE: z.string().optional().describe('PEM of the IGC-Santé roots that cards must lead to'),
  CARD_INTERMEDIATES_FILE: z.string().optional().describe('PEM of the AC … PERSONNES that issue cards'),
  // RIE v1 EXI 06: a service accepts every card; those that name nobody open no account of a person.
  CARD_TYPES: list
    .pipe(z.array(z.enum(CARD_TYPES)).min(1))
    .default([...CARD_TYPES])
    .describe('types of card that are accepted; name fewer to narrow them, CPS for instance'),
  CARD_CRL_URLS: addresses('https:', 'http:')
    .default([])
    .describe('where the worker fetches the revocation lists; never what a certificate says'),
  CARD_OCSP_URL: address('https:', 'http:')
    .optional()
    .describe('OCSP responder that is asked about each card, besides the lists; never what a certificate says'),
  CARD_DEGRADED: yesOrNo
    .default(false)
    .describe('true: a card whose revocation cannot be known opens eidas2 at most, instead of nothing'),
  CARD_TLS_PORT: count(0, 65535)
    .optional()
    .describe('port of the sandbox that reads a certificate imported in a browser; PORT + 443; 0: none'),
};

export type CardSettings = z.infer<z.ZodObject<typeof cardSettings>>;

interface Problem {
  readonly name: string;
  readonly message: string;
}

const SECRET_LEAST = 32;

/** Cards are read where a second host is set, or where the mode is asked for by name. */
export function cardProblems(
  settings: CardSettings & { readonly ISSUER?: string | undefined; readonly TRUSTED_PROXIES?: readonly string[] },
  { production, asked }: { production: boolean; asked: boolean },
): Problem[] {
  const problems: Problem[] = [];
  const add = (name: keyof CardSettings | 'TRUSTED_PROXIES', message: string) => problems.push({ name, message });
  if (settings.CPS_ORIGIN !== undefined && settings.CPS_ORIGIN === settings.ISSUER)
    add('CPS_ORIGIN', 'must be another host than ISSUER: everybody would be asked for a card');
  if (settings.CARD_PROXY_SECRET !== undefined && settings.CARD_PROXY_SECRET.length < SECRET_LEAST)
    add('CARD_PROXY_SECRET', `needs ${SECRET_LEAST} characters at least`);
  if (!production || (settings.CPS_ORIGIN === undefined && !asked)) return problems;
  const needed = [
    'CPS_ORIGIN',
    'CARD_HEADER_FORMAT',
    'CARD_PROXY_SECRET',
    'CARD_ANCHORS_FILE',
    'CARD_INTERMEDIATES_FILE',
  ] as const;
  for (const name of needed) if (settings[name] === undefined) add(name, 'is required in production to offer cps');
  if (settings.TRUSTED_PROXIES?.length === 0)
    add('TRUSTED_PROXIES', 'is required in production to offer cps: a card is only believed from a proxy');
  if (settings.CARD_CRL_URLS?.length === 0 && !settings.CARD_DEGRADED)
    add('CARD_CRL_URLS', 'is required in production to offer cps, unless CARD_DEGRADED is declared');
  return problems;
}
