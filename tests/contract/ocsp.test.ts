import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { OCSPRequest, Request, TBSRequest } from '@peculiar/asn1-ocsp';
import { AsnConvert } from '@peculiar/asn1-schema';
import fc from 'fast-check';
import { createOcspAsker } from '../../adapters/card/ocsp.ts';
import { NAMING_HASHES, questionOn } from '../../adapters/card/ocsp-request.ts';
import { readAnswer } from '../../adapters/card/ocsp-response.ts';
import { type Certificate, readCertificate } from '../../src/cards/certificate.ts';
import { createLog } from '../../src/log.ts';
import {
  AUTHENTICATION,
  type CardUse,
  type Issued,
  makeCard,
  person,
  SIGNATURE,
} from '../../src/sandbox/card-certificates.ts';
import { type Authorities, cardOf, DAY, derOf, makeAuthorities, verifierOf } from '../support/card-authorities.ts';
import { type ResponderSketch, startResponder } from '../support/ocsp-responder.ts';
import { ownDirectory } from '../support/own-server.ts';
import { rsaAuthority } from '../support/rsa-authority.ts';
import { describeWith } from '../support/services.ts';

const OCSP_SIGNING: CardUse = { ...AUTHENTICATION, extended: ['1.3.6.1.5.5.7.3.9'] };
const NO_CERTIFICATES = ['-ndays', '1', '-resp_no_certs'];
const SHA1 = Buffer.from('2b0e03021a', 'hex');
/** RFC 6960 §4.2.1: `unauthorized`, and `tryLater`. */
const UNAUTHORIZED = Buffer.from('30030a0106', 'hex');
const TRY_LATER = Buffer.from('30030a0103', 'hex');

let ours: Authorities;
/** The same names and other keys. */
let strangers: Authorities;
let [good, revoked, unlisted]: Issued[] = [];
const closing: (() => Promise<unknown>)[] = [];

const read = (issued: Issued | undefined): Certificate => {
  const certificate = issued && readCertificate(derOf(issued));
  if (!certificate) throw new Error('a certificate of the test cannot be read');
  return certificate;
};
const cards = () => ({ good: good ? [good] : [], revoked: revoked ? [revoked] : [] });
const responderCertificate = (
  authority: Issued,
  use = OCSP_SIGNING,
  life: { notBefore?: Date; notAfter?: Date } = {},
) =>
  makeCard(
    {
      subject: person({ id: 'REPONDEUR OCSP', family: 'OCSP', given: 'OCSP', title: 'Répondeur' }),
      notBefore: new Date(Date.now() - DAY),
      use,
      ...life,
    },
    authority,
  );

/** The address of a real responder that signs as `signer`, and answers for our PERSONNES authority by default. */
async function responder(sketch: Partial<ResponderSketch> = {}): Promise<string> {
  const directory = await ownDirectory();
  closing.push(directory.remove);
  const { persons } = ours;
  const started = await startResponder({
    folder: directory.path,
    authority: persons,
    signer: persons,
    ...cards(),
    ...sketch,
  });
  closing.push(started.stop);
  return started.address;
}

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/ocsp`;
}

/** Stands before a real responder and does what it wants with its answers. */
const between = (address: string, change: (answer: Buffer, question: Buffer) => Buffer) =>
  serve(async (request, response) => {
    const question = await buffer(request);
    response.end(change(await post(address, question), question));
  });

const post = async (address: string, body: Buffer): Promise<Buffer> => {
  const headers = { 'content-type': 'application/ocsp-request' };
  const response = await fetch(address, { method: 'POST', headers, body: new Uint8Array(body) });
  return Buffer.from(await response.arrayBuffer());
};

interface Circumstances {
  readonly issuer?: Issued;
  readonly later?: number;
  readonly within?: number;
}

function ask(address: string, card: Issued | undefined, { issuer, later = 0, within = 30_000 }: Circumstances = {}) {
  const clock = () => new Date(Date.now() + later);
  const asker = createOcspAsker({ address, clock, log: createLog('silent'), limits: { within, mostBytes: 64 * 1024 } });
  return asker.ask(read(card), read(issuer ?? ours.persons));
}

beforeAll(async () => {
  ours = await makeAuthorities();
  strangers = await makeAuthorities();
  [good, revoked, unlisted] = await Promise.all([cardOf(ours), cardOf(ours), cardOf(ours)]);
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describeWith('openssl', 'asking a real OCSP responder', () => {
  test.each([
    ['the authority itself', () => ours.persons, undefined],
    ['the authority, whose certificate does not come along', () => ours.persons, NO_CERTIFICATES],
    ['a delegate of the authority', () => responderCertificate(ours.persons), undefined],
    ['the authority, with SHA-512', () => ours.persons, ['-ndays', '1', '-rmd', 'sha512']],
  ])('signed by %s: a good, a revoked and an unknown card are told apart', async (_, signer, options) => {
    const address = await responder({ signer: await signer(), ...(options ? { options } : {}) });
    expect(await ask(address, good)).toBe('good');
    expect(await ask(address, revoked)).toBe('revoked');
    expect(await ask(address, unlisted)).toBe('unknown');
  });

  test('an RSA authority with accents in its name, as the national ones may be, is understood', async () => {
    const { authority, card } = rsaAuthority((await directoryOf()).path);
    const address = await responder({ authority, signer: authority, good: [card], revoked: [] });
    expect(await ask(address, card, { issuer: authority })).toBe('good');
  });

  test.each([
    ['another authority of the same name', () => strangers.persons],
    ['a delegate of another authority of the same name', () => responderCertificate(strangers.persons)],
    ['a delegate of the root, which is not the one that issued the card', () => responderCertificate(ours.anchor)],
    ['a certificate of the authority that is not for OCSP', () => cardOf(ours)],
    [
      'a delegate whose key is not for signatures',
      () => responderCertificate(ours.persons, { ...OCSP_SIGNING, keyUsage: SIGNATURE.keyUsage }),
    ],
    [
      'a delegate past its date',
      () => responderCertificate(ours.persons, OCSP_SIGNING, { notAfter: new Date(Date.now() - 1000) }),
    ],
    [
      'a delegate before its date',
      () => responderCertificate(ours.persons, OCSP_SIGNING, { notBefore: new Date(Date.now() + DAY) }),
    ],
  ])('what %s signs is not believed, whatever it says', async (_, signer) => {
    const address = await responder({ signer: await signer() });
    expect(await ask(address, good)).toBe('unknown');
    expect(await ask(address, revoked)).toBe('unknown');
  });

  test('an answer signed with SHA-1 is not believed', async () => {
    expect(await ask(await responder({ options: ['-ndays', '1', '-rmd', 'sha1'] }), good)).toBe('unknown');
  });

  test('an answer past its nextUpdate, or from the future, is not believed beyond five minutes', async () => {
    const address = await responder({ options: ['-nmin', '60'] });
    const minutes = 60_000;
    expect(await ask(address, good, { later: 64 * minutes })).toBe('good');
    expect(await ask(address, good, { later: 66 * minutes })).toBe('unknown');
    expect(await ask(address, good, { later: -4 * minutes })).toBe('good');
    expect(await ask(address, good, { later: -6 * minutes })).toBe('unknown');
  });

  test('an answer that does not say until when it holds is believed for five minutes', async () => {
    const address = await responder({ options: [] });
    expect(await ask(address, good, { later: 4 * 60_000 })).toBe('good');
    expect(await ask(address, good, { later: 6 * 60_000 })).toBe('unknown');
  });

  test('the answer to an earlier question, served again, is not believed', async () => {
    let first: Buffer | undefined;
    const address = await between(await responder(), (answer) => {
      first ??= answer;
      return first;
    });
    expect(await ask(address, good)).toBe('good');
    expect(await ask(address, good)).toBe('unknown');
  });

  test('an answer that the responder signed before it was asked, without a nonce, is believed while it is in date', async () => {
    const real = await responder();
    const prepared = await preparedAnswer(real);
    const address = await serve((_, response) => void response.end(prepared));
    expect(await ask(address, good)).toBe('good');
    expect(await ask(address, good, { later: DAY + 6 * 60_000 })).toBe('unknown');
  });

  test('the answer on another card is not believed', async () => {
    const real = await responder();
    const prepared = await preparedAnswer(real);
    const address = await serve((_, response) => void response.end(prepared));
    expect(await ask(address, revoked)).toBe('unknown');
  });

  test('a responder that only finds the authority by SHA-256 is asked again so', async () => {
    const real = await responder();
    const questions: Buffer[] = [];
    const address = await between(real, (answer, question) => {
      questions.push(question);
      return question.includes(SHA1) ? UNAUTHORIZED : answer;
    });
    expect(await ask(address, good)).toBe('good');
    expect(await ask(address, revoked)).toBe('revoked');
    expect(questions).toHaveLength(4);
  });

  test('with its responder alone, a good card is accepted and a revoked one refused', async () => {
    const log = createLog('silent');
    const ocsp = createOcspAsker({ address: await responder(), clock: () => new Date(), log });
    const verifier = await verifierOf(ours, { ocsp, published: ['anchor'] });
    if (!good || !revoked || !unlisted) throw new Error('no cards');
    expect(await verifier.verify(derOf(good))).toMatchObject({ ok: true, degraded: false });
    expect(await verifier.verify(derOf(revoked))).toMatchObject({ ok: false, refusal: 'revoked' });
    expect(await verifier.verify(derOf(unlisted))).toMatchObject({ ok: false, refusal: 'revocation-unknown' });
  });

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

/** What a responder makes when it is asked without a nonce. */
async function preparedAnswer(address: string): Promise<Buffer> {
  const { certId } = questionOn(read(good), read(ours.persons), 'sha1');
  const tbsRequest = new TBSRequest({ requestList: [new Request({ reqCert: certId })] });
  return post(address, Buffer.from(AsnConvert.serialize(new OCSPRequest({ tbsRequest }))));
}

async function directoryOf() {
  const directory = await ownDirectory();
  closing.push(directory.remove);
  return directory;
}

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
