import type { IncomingMessage, RequestListener } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { NAMING_HASHES, questionOn } from '../../adapters/card/ocsp-request.ts';
import { readAnswer } from '../../adapters/card/ocsp-response.ts';
import {
  ask,
  closing,
  good,
  NO_CERTIFICATES,
  openOcspGround,
  ours,
  post,
  read,
  responder,
  responderCertificate,
  SHA1,
  serve,
  TRY_LATER,
  UNAUTHORIZED,
} from '../support/cards/ocsp-ground.ts';
import { describeWith } from '../support/jest/services.ts';

openOcspGround();

describeWith('openssl', 'an answer that was true', () => {
  describe.each([
    ['the authority', () => ours.persons, NO_CERTIFICATES, 1],
    // Longer, and slower to read: one bit of each byte.
    ['a delegate', () => responderCertificate(ours.persons), ['-ndays', '1'], 7],
  ] as const)('an answer of %s, changed on its way', (_, signer, options, step) => {
    async function believed() {
      const address = await responder({ signer: await signer(), options });
      const issuer = read(ours.persons);
      const question = questionOn(read(good), issuer, 'sha1');
      const answer = await post(address, question.der);
      const isGood = (der: Buffer) => {
        try {
          return readAnswer(der, { question, issuer, now: new Date() }) === 'good';
        } catch {
          // However it says that it does not believe it.
          return false;
        }
      };
      expect(isGood(answer)).toBe(true);
      return { answer, isGood };
    }

    test('by any one bit, is never believed as good', async () => {
      const { answer, isGood } = await believed();
      const taken: number[] = [];
      for (let bit = 0; bit < answer.length * 8; bit += step) {
        const changed = Buffer.from(answer);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        if (isGood(changed)) taken.push(bit);
      }
      expect(taken).toEqual([]);
    });

    test('by bytes put in, taken out or replaced, is never believed as good', async () => {
      const { answer, isGood } = await believed();
      const edit = fc.record({
        at: fc.nat({ max: answer.length }),
        out: fc.nat({ max: 8 }),
        put: fc.uint8Array({ maxLength: 8 }),
      });
      fc.assert(
        fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
          const changed = edits.reduce(
            (der, { at, out, put }) => Buffer.concat([der.subarray(0, at), put, der.subarray(at + out)]),
            answer,
          );
          fc.pre(!changed.equals(answer));
          return !isGood(changed);
        }),
        { numRuns: 2000 },
      );
    });
  });
});

describe('asking whoever stands at the address of the responder', () => {
  test('the question is a POST of application/ocsp-request, first by SHA-1, with a nonce of its own each time', async () => {
    const heard: { request: IncomingMessage; body: Buffer }[] = [];
    const address = await serve(async (request, response) => {
      heard.push({ request, body: await buffer(request) });
      response.end(UNAUTHORIZED);
    });
    expect(await ask(address, good)).toBe('unknown');
    expect(heard.map(({ request: { method, headers } }) => [method, headers['content-type']])).toEqual(
      NAMING_HASHES.map(() => ['POST', 'application/ocsp-request']),
    );
    expect(heard.map(({ body }) => body.includes(SHA1))).toEqual([true, false]);
    const questions = [1, 2].map(() => questionOn(read(good), read(ours.persons), 'sha1'));
    expect(questions[0]?.nonce).not.toEqual(questions[1]?.nonce);
  });

  test.each<[string, RequestListener]>([
    ['nothing', (_, response) => void response.end()],
    ['a page', (_, response) => void response.end('<!doctype html><title>Portail captif</title>')],
    ['"try later"', (_, response) => void response.end(TRY_LATER)],
    ['"successful" and nothing more', (_, response) => void response.end(Buffer.from('30030a0100', 'hex'))],
    ['thirty thousand nested sequences', (_, response) => void response.end(Buffer.alloc(60_000, '3080', 'hex'))],
    ['404', (_, response) => void response.writeHead(404).end()],
    ['500', (_, response) => void response.writeHead(500).end()],
    [
      'a body cut short',
      (_, response) => void response.writeHead(200, { 'content-length': 9 }).write('1', () => response.destroy()),
    ],
    ['more than 64 kB, without an end', (_, response) => void response.write(Buffer.alloc(64 * 1024 + 1))],
  ])('%s for an answer is unknown', async (_, answer) => {
    expect(await ask(await serve(answer), good)).toBe('unknown');
  });

  test('random bytes for an answer are unknown', () => {
    const issuer = read(ours.persons);
    const question = questionOn(read(good), issuer, 'sha1');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(() => readAnswer(Buffer.from(bytes), { question, issuer, now: new Date() })).toThrow();
      }),
    );
  });

  test('a responder that never answers, or never ends, is given up in time', async () => {
    const silent = await serve(() => undefined);
    const endless = await serve((_, response) => void response.write('0'));
    expect(await Promise.all([silent, endless].map((address) => ask(address, good, { within: 200 })))).toEqual([
      'unknown',
      'unknown',
    ]);
  });

  test('a redirect is not followed', async () => {
    const asked: string[] = [];
    const address = await serve((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect(await ask(address, good)).toBe('unknown');
    expect(asked).toEqual(['/ocsp']);
  });

  test('nobody at the address is unknown', async () => {
    const address = await serve(() => undefined);
    await closing.pop()?.();
    expect(await ask(address, good)).toBe('unknown');
  });
});
