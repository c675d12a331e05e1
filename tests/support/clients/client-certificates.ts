// @peculiar/x509 refuses to load without this polyfill; it must come first.
import 'reflect-metadata';

import { createHash, webcrypto, X509Certificate } from 'node:crypto';
import { Agent, request } from 'node:https';
import {
  BasicConstraintsExtension,
  type JsonName,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { exportJWK, type JWK } from 'jose';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const HOUR = 3600_000;

/** Of the software of an application. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
  /** Its public key, with the certificate, as `jwks` holds it (RFC 8705 §2.2.2). */
  readonly jwk: JWK;
  readonly thumbprint: string;
}

export interface ClientAuthority {
  readonly pem: string;
  issue(name: string, options?: { readonly days?: number }): Promise<ClientCertificate>;
}

const newKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
const dates = (from = -HOUR, to = HOUR) => ({
  notBefore: new Date(Date.now() + from),
  notAfter: new Date(Date.now() + to),
});
const SAN = new SubjectAlternativeNameExtension([
  { type: 'dns', value: 'portail.example.fr' },
  { type: 'url', value: 'https://portail.example.fr/app' },
  { type: 'ip', value: '192.0.2.7' },
  { type: 'email', value: 'portail@example.fr' },
]);

async function handed(
  certificate: { toString(format: 'pem'): string },
  privateKey: Awaited<ReturnType<typeof newKeys>>['privateKey'],
): Promise<ClientCertificate> {
  const cert = certificate.toString('pem');
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', privateKey)).toString('base64');
  const { raw, publicKey } = new X509Certificate(cert);
  return {
    cert,
    key: `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`,
    jwk: { ...(await exportJWK(publicKey)), use: 'sig', alg: 'ES256', x5c: [raw.toString('base64')] },
    thumbprint: createHash('sha256').update(raw).digest('base64url'),
  };
}

export async function selfSigned(name = 'CN=seul', life = HOUR): Promise<ClientCertificate> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    signingAlgorithm: ALGORITHM,
    ...dates(-HOUR, life),
  });
  return handed(certificate, keys.privateKey);
}

export async function clientAuthority(name = 'CN=Applications'): Promise<ClientAuthority> {
  const keys = await newKeys();
  const root = await X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    signingAlgorithm: ALGORITHM,
    ...dates(-2 * HOUR, 2 * HOUR),
    extensions: [new BasicConstraintsExtension(true, 1, true)],
  });
  return {
    pem: root.toString('pem'),
    async issue(subject: string | JsonName, { days = 1 } = {}) {
      const own = await newKeys();
      const certificate = await X509CertificateGenerator.create({
        subject,
        issuer: root.subjectName,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: ALGORITHM,
        ...(days < 0 ? dates(-2 * HOUR, -HOUR) : dates()),
        extensions: [SAN],
      });
      return handed(certificate, own.privateKey);
    },
  };
}

/** `fetch` of an application that shows this certificate, or none, to a server nobody vouches for. */
export const tlsFetch =
  (shown?: Pick<ClientCertificate, 'cert' | 'key'>) =>
  (address: string | URL, init: RequestInit = {}): Promise<Response> => {
    const agent = new Agent({ rejectUnauthorized: false, ...(shown ? { cert: shown.cert, key: shown.key } : {}) });
    const headers = Object.fromEntries(new Headers(init.headers));
    const body = init.body === undefined || init.body === null ? undefined : String(init.body);
    if (body !== undefined) headers['content-length'] ??= String(Buffer.byteLength(body));
    if (init.body instanceof URLSearchParams) headers['content-type'] ??= 'application/x-www-form-urlencoded';
    return new Promise((resolve, reject) => {
      const sent = request(address, { agent, method: init.method ?? 'GET', headers }, async (answer) => {
        const chunks: Buffer[] = [];
        for await (const chunk of answer) chunks.push(chunk as Buffer);
        agent.destroy();
        const status = answer.statusCode ?? 0;
        const lines: [string, string][] = [];
        for (let i = 0; i < answer.rawHeaders.length; i += 2)
          lines.push([answer.rawHeaders[i] ?? '', answer.rawHeaders[i + 1] ?? '']);
        resolve(
          new Response([204, 303, 304].includes(status) ? null : Buffer.concat(chunks), { status, headers: lines }),
        );
      });
      sent.on('error', reject);
      sent.end(body);
    });
  };
