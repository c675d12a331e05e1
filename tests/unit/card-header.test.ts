import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Context } from 'koa';
import { cardCertificates, type ShownCard, shownCard } from '../../src/http/card-header.ts';
import { certificateHeaders } from '../../src/http/proxy-certificate.ts';

const SECRET = 'a secret of thirty-two characters';
const SETTINGS = {
  CPS_ORIGIN: 'https://cps.mire.test',
  CARD_HEADER: 'X-Mire-Card',
  CARD_HEADER_FORMAT: 'nginx',
  CARD_VERIFY_HEADER: 'X-Mire-Card-Verify',
  CARD_PROXY_SECRET: SECRET,
} as const;

type Settings = Parameters<typeof cardCertificates>[0];
interface Sent {
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly peer?: string;
  readonly settings?: Partial<Settings>;
  readonly proxies?: readonly string[];
}

const GOOD = [
  ['Host', 'cps.mire.test'],
  ['X-Mire-Card', 'certificate'],
  ['X-Mire-Card-Verify', 'SUCCESS'],
  ['X-Mire-Proxy-Secret', SECRET],
] as const;
const but = (...changed: [string, string][]) => [
  ...GOOD.filter(([name]) => !changed.some(([other]) => other === name)),
  ...changed.filter(([, value]) => value !== ''),
];

/** A request as Node.js reads it, through the middleware. */
function pass({ headers = GOOD, peer = '192.0.2.1', settings = {}, proxies = ['192.0.2.1'] }: Sent): {
  card: ShownCard | undefined;
  request: IncomingMessage;
} {
  const request = {
    rawHeaders: headers.flat(),
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    socket: { remoteAddress: peer },
  } as unknown as IncomingMessage;
  const middleware = certificateHeaders([cardCertificates({ ...SETTINGS, ...settings })], proxies);
  void middleware({ req: request } as Context, async () => undefined);
  return { card: shownCard(request), request };
}

describe("the card's header", () => {
  test('counts from our proxy, on the host of the card', () => {
    expect(pass({}).card).toEqual({ certificate: 'certificate', verified: true });
    expect(
      pass({ settings: { CARD_VERIFY_HEADER: undefined }, headers: but(['X-Mire-Card-Verify', '']) }).card?.verified,
    ).toBe(true);
  });

  test.each<[string, Sent]>([
    ['from an address that is not a proxy of ours', { peer: '192.0.2.2' }],
    ['when no proxy is trusted', { proxies: [] }],
    ['without the secret', { headers: but(['X-Mire-Proxy-Secret', '']) }],
    ['with another secret', { headers: but(['X-Mire-Proxy-Secret', `${SECRET}!`]) }],
    ['with the secret twice', { headers: [...GOOD, ['X-Mire-Proxy-Secret', SECRET]] }],
    [
      'with the secret in an underscore variant',
      { headers: but(['X-Mire-Proxy-Secret', ''], ['X_Mire_Proxy_Secret', SECRET]) },
    ],
    [
      'when the deployment has no secret',
      { settings: { CARD_PROXY_SECRET: undefined }, headers: but(['X-Mire-Proxy-Secret', 'undefined']) },
    ],
    ["on the issuer's host", { headers: but(['Host', 'mire.test']) }],
    ['when the deployment has no host for cards', { settings: { CPS_ORIGIN: undefined } }],
  ])('does not count %s', (_, sent) => {
    expect(pass(sent).card).toBeUndefined();
  });

  test('twice is none that can be believed', () => {
    expect(pass({ headers: [...GOOD, ['x-mire-card', 'another']] }).card?.certificate).toBe('twice');
  });

  test('over 12 KiB is refused', () => {
    expect(pass({ headers: but(['X-Mire-Card', 'a'.repeat(12 * 1024)]) }).card?.certificate).toHaveLength(12 * 1024);
    expect(pass({ headers: but(['X-Mire-Card', 'a'.repeat(12 * 1024 + 1)]) }).card?.certificate).toBe('too-large');
  });

  test.each(['X_Mire_Card', 'X-Mire_Card', 'x_mire_card'])('%s is not the header, and does not make it two', (name) => {
    expect(pass({ headers: but(['X-Mire-Card', ''], [name, 'certificate']) }).card?.certificate).toBe('');
    expect(pass({ headers: [...GOOD, [name, 'another']] }).card?.certificate).toBe('certificate');
  });

  test.each(['FAILED:certificate has expired', 'NONE', '', 'success', '0'])(
    'the proxy says %j of the certificate: not verified',
    (said) => {
      expect(pass({ headers: but(['X-Mire-Card-Verify', said]) }).card?.verified).toBe(false);
    },
  );

  test('HAProxy says 0 when it is content', () => {
    const settings = { CARD_HEADER_FORMAT: 'haproxy' } as const;
    expect(pass({ settings, headers: but(['X-Mire-Card-Verify', '0']) }).card?.verified).toBe(true);
    expect(pass({ settings, headers: but(['X-Mire-Card-Verify', 'SUCCESS']) }).card?.verified).toBe(false);
  });

  test('no spelling of the headers is left for what comes after', () => {
    const spelling = fc
      .constantFrom('x-mire-card', 'x-mire-proxy-secret', 'x-mire-card-verify')
      .chain((name) =>
        fc
          .array(fc.boolean(), { minLength: name.length, maxLength: name.length })
          .map((flips) =>
            [...name].map((letter, i) => (flips[i] ? (letter === '-' ? '_' : letter.toUpperCase()) : letter)).join(''),
          ),
      );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(spelling, fc.string())),
        fc.constantFrom('192.0.2.1', '192.0.2.2'),
        (headers, peer) => {
          const { request } = pass({ headers: [['Host', 'cps.mire.test'], ['Accept', '*/*'], ...headers], peer });
          expect(Object.keys(request.headers).sort()).toEqual(['accept', 'host']);
          expect(request.rawHeaders).toEqual(['Host', 'cps.mire.test', 'Accept', '*/*']);
        },
      ),
    );
  });
});
