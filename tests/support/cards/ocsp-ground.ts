import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeAll } from '@jest/globals';
import { OCSPRequest, Request, TBSRequest } from '@peculiar/asn1-ocsp';
import { AsnConvert } from '@peculiar/asn1-schema';
import { createOcspAsker } from '../../../adapters/card/ocsp.ts';
import { questionOn } from '../../../adapters/card/ocsp-request.ts';
import { type Certificate, readCertificate } from '../../../src/cards/certificate.ts';
import { createLog } from '../../../src/log.ts';
import { AUTHENTICATION, type CardUse, type Issued, makeCard, person } from '../../../src/sandbox/card-certificates.ts';
import { ownDirectory } from '../servers/own-server.ts';
import { type Authorities, cardOf, DAY, derOf, makeAuthorities } from './card-authorities.ts';
import { type ResponderSketch, startResponder } from './ocsp-responder.ts';

export const OCSP_SIGNING: CardUse = { ...AUTHENTICATION, extended: ['1.3.6.1.5.5.7.3.9'] };
export const NO_CERTIFICATES = ['-ndays', '1', '-resp_no_certs'];
export const SHA1 = Buffer.from('2b0e03021a', 'hex');
/** RFC 6960 §4.2.1: `unauthorized`, and `tryLater`. */
export const UNAUTHORIZED = Buffer.from('30030a0106', 'hex');
export const TRY_LATER = Buffer.from('30030a0103', 'hex');

export let ours: Authorities;
/** The same names and other keys. */
export let strangers: Authorities;
export let [good, revoked, unlisted]: Issued[] = [];
export const closing: (() => Promise<unknown>)[] = [];

export const read = (issued: Issued | undefined): Certificate => {
  const certificate = issued && readCertificate(derOf(issued));
  if (!certificate) throw new Error('a certificate of the test cannot be read');
  return certificate;
};
export const cards = () => ({ good: good ? [good] : [], revoked: revoked ? [revoked] : [] });
export const responderCertificate = (
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
export async function responder(sketch: Partial<ResponderSketch> = {}): Promise<string> {
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

export async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/ocsp`;
}

/** Stands before a real responder and does what it wants with its answers. */
export const between = (address: string, change: (answer: Buffer, question: Buffer) => Buffer) =>
  serve(async (request, response) => {
    const question = await buffer(request);
    response.end(change(await post(address, question), question));
  });

export const post = async (address: string, body: Buffer): Promise<Buffer> => {
  const headers = { 'content-type': 'application/ocsp-request' };
  const response = await fetch(address, { method: 'POST', headers, body: new Uint8Array(body) });
  return Buffer.from(await response.arrayBuffer());
};

export interface Circumstances {
  readonly issuer?: Issued;
  readonly later?: number;
  readonly within?: number;
}

export function ask(
  address: string,
  card: Issued | undefined,
  { issuer, later = 0, within = 30_000 }: Circumstances = {},
) {
  const clock = () => new Date(Date.now() + later);
  const asker = createOcspAsker({ address, clock, log: createLog('silent'), limits: { within, mostBytes: 64 * 1024 } });
  return asker.ask(read(card), read(issuer ?? ours.persons));
}

/** Authorities and cards for all the tests of a file; what a test opened is closed after it. */
export function openOcspGround(): void {
  beforeAll(async () => {
    ours = await makeAuthorities();
    strangers = await makeAuthorities();
    [good, revoked, unlisted] = await Promise.all([cardOf(ours), cardOf(ours), cardOf(ours)]);
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
}

/** What a responder makes when it is asked without a nonce. */
export async function preparedAnswer(address: string): Promise<Buffer> {
  const { certId } = questionOn(read(good), read(ours.persons), 'sha1');
  const tbsRequest = new TBSRequest({ requestList: [new Request({ reqCert: certId })] });
  return post(address, Buffer.from(AsnConvert.serialize(new OCSPRequest({ tbsRequest }))));
}

export async function directoryOf() {
  const directory = await ownDirectory();
  closing.push(directory.remove);
  return directory;
}
