import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeHeader } from '../../adapters/card/decode.ts';
import { HEADER_FORMATS, type HeaderFormat } from '../../src/cards/card.ts';
import { cardOf, derOf, makeAuthorities } from '../support/cards/card-authorities.ts';

let pem: string;
let der: Buffer;
let other: string;
/** How each proxy writes the same card. */
let written: Record<HeaderFormat, string>;
beforeAll(async () => {
  const authorities = await makeAuthorities();
  const card = await cardOf(authorities);
  pem = card.certificatePem;
  der = derOf(card);
  other = (await cardOf(authorities)).certificatePem;
  written = {
    nginx: asNginx(pem),
    apache: pem.replaceAll('\n', ' '),
    haproxy: der.toString('base64'),
    traefik: der.toString('base64'),
    envoy: `By=spiffe://proxy;Hash=${'ab'.repeat(32)};Cert="${encodeURIComponent(pem)}";Subject="CN=1,O=\\"A\\";B";URI=`,
    rfc9440: `:${der.toString('base64')}:`,
  };
});

/** nginx's ngx_escape_uri leaves the unreserved signs, and escapes the rest of a PEM. */
const asNginx = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
const base64Of = (text: string) => new X509Certificate(text).raw.toString('base64');

describe.each(HEADER_FORMATS)('the format %s', (format) => {
  test('gives back the very bytes of the card', () => {
    expect(decodeHeader(format, written[format])).toEqual({ der });
  });

  test('an empty header is no card', () => {
    expect(decodeHeader(format, '')).toBe('none');
    expect(decodeHeader(format, '  ')).toBe('none');
  });

  test('a header over 12 KiB is not read', () => {
    expect(decodeHeader(format, `${written[format]}${' '.repeat(12 * 1024)}`)).toBe('malformed');
  });

  test('the same card with a byte more, or less, is malformed', () => {
    const longer = Buffer.concat([der, Buffer.from([0])]).toString('base64');
    const shorter = der.subarray(0, -1).toString('base64');
    for (const base64 of [longer, shorter]) {
      const bad = rewrite(format, base64);
      expect(decodeHeader(format, bad)).toBe('malformed');
    }
    expect(decodeHeader(format, rewrite(format, der.toString('base64')))).toEqual({ der });
  });

  test('signs that are not base64 are not skipped', () => {
    const base64 = der.toString('base64');
    for (const sign of ['!', '-', '_', '\0', '=', 'é', '"', '.']) {
      const decoded = decodeHeader(format, rewrite(format, `${base64.slice(0, 40)}${sign}${base64.slice(40)}`));
      expect(decoded).toBe('malformed');
    }
  });

  test('random text is never a card, and never throws', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.string({ maxLength: 400 }),
      fc.base64String(),
    );
    fc.assert(
      fc.property(text, (value) => ['none', 'malformed'].includes(String(decodeHeader(format, value)))),
      {
        numRuns: 500,
      },
    );
  });

  test('random bytes in the right clothes are never a card', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 600 }), (bytes) =>
        ['none', 'malformed'].includes(
          String(decodeHeader(format, rewrite(format, Buffer.from(bytes).toString('base64')))),
        ),
      ),
      { numRuns: 300 },
    );
  });

  test('a header changed anywhere is malformed, none, or still one whole certificate', () => {
    const change = fc.record({
      at: fc.nat({ max: 4000 }),
      remove: fc.nat({ max: 3 }),
      insert: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 3 }),
        fc.constantFrom(',', ';', '"', '%', ':', ' ', '\\', '='),
      ),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const value = changes.reduce(
          (text, { at, remove, insert }) =>
            text.slice(0, at % text.length) + insert + text.slice((at % text.length) + remove) || ' ',
          written[format],
        );
        const decoded = decodeHeader(format, value);
        if (typeof decoded === 'string') return;
        expect(new X509Certificate(decoded.der).raw.equals(decoded.der)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

/** The header of a proxy that was handed these bytes. */
function rewrite(format: HeaderFormat, base64: string): string {
  const wrapped = `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
  const headers: Record<HeaderFormat, string> = {
    nginx: asNginx(wrapped),
    apache: wrapped.replaceAll('\n', ' '),
    haproxy: base64,
    traefik: base64,
    envoy: `Hash=00;Cert="${encodeURIComponent(wrapped)}"`,
    rfc9440: `:${base64}:`,
  };
  return headers[format];
}

test('nginx: a "+" of the base64 is not a space', () => {
  expect(decodeHeader('nginx', written.nginx.replaceAll('%2B', '+'))).toEqual({ der });
});

test('nginx: two certificates in one header are malformed', () => {
  expect(decodeHeader('nginx', asNginx(pem + other))).toBe('malformed');
  expect(decodeHeader('nginx', asNginx(other.trim() + pem))).toBe('malformed');
});

test('nginx: a broken escape is malformed', () => {
  for (const bad of ['%', '%zz', '%ff%fe', `${written.nginx}%2`]) expect(decodeHeader('nginx', bad)).toBe('malformed');
});

test('apache: "(null)" is no card', () => {
  expect(decodeHeader('apache', '(null)')).toBe('none');
});

test('traefik: the first of a chain is the card, escaped or not', () => {
  const chain = `${base64Of(pem)},${base64Of(other)}`;
  expect(decodeHeader('traefik', chain)).toEqual({ der });
  expect(decodeHeader('traefik', encodeURIComponent(base64Of(pem)))).toEqual({ der });
  expect(decodeHeader('traefik', `,${base64Of(pem)}`)).not.toEqual({ der });
});

describe('envoy', () => {
  const element = (text: string) => `Hash=00;Cert="${encodeURIComponent(text)}"`;

  test('the element that our proxy appended counts, not those a client wrote before it', () => {
    expect(decodeHeader('envoy', `${element(other)},${element(pem)}`)).toEqual({ der });
    expect(decodeHeader('envoy', `${element(pem)},Hash=00`)).toBe('none');
    expect(decodeHeader('envoy', `${element(pem)},`)).toBe('none');
  });

  test('separators and escaped quotes inside a quotation separate nothing', () => {
    expect(decodeHeader('envoy', `Subject="O=a,b;c\\",Cert=x";${element(pem)}`)).toEqual({ der });
    expect(decodeHeader('envoy', `Subject="${element(other).replaceAll('"', '\\"')}";${element(pem)}`)).toEqual({
      der,
    });
  });

  test('a quotation without an end, a card twice, or a card without quotes is malformed', () => {
    expect(decodeHeader('envoy', `Subject="O=a;${element(pem).replaceAll('"', '')}`)).toBe('malformed');
    expect(decodeHeader('envoy', `${element(pem)};${element(other)}`)).toBe('malformed');
    expect(decodeHeader('envoy', element(pem).replaceAll('"', ''))).toBe('malformed');
  });
});

test('rfc9440: what is not one byte sequence is malformed', () => {
  const value = written.rfc9440;
  for (const bad of [value.slice(1), value.slice(0, -1), `${value}, ${value}`, `${value};a=1`, `"${value}"`, '::']) {
    expect(decodeHeader('rfc9440', bad)).toBe('malformed');
  }
});
