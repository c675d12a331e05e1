// @peculiar/x509 refuses to load without this polyfill; it must come first.
import 'reflect-metadata';

import { webcrypto } from 'node:crypto';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';

export interface TlsFront {
  close(): Promise<void>;
}

const KEY = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const YEAR = 365 * 24 * 60 * 60 * 1000;
/** With TLS 1.3, all that FAPI 2.0 §5.2.2 leaves of TLS 1.2. */
const CIPHERS =
  'TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384';

/** A browser warns of it once, as it does of any server nobody vouches for. */
export async function ownCertificate(host = 'localhost'): Promise<{ key: string; cert: string }> {
  const keys = await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${host}`,
    keys,
    signingAlgorithm: KEY,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + YEAR),
    extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: host }])],
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return { key: `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`, cert: certificate.toString('pem') };
}

/** As nginx writes `$ssl_client_escaped_cert`; empty when nothing was shown. */
export function escapedCertificate(socket: TLSSocket): string {
  const der = socket.getPeerX509Certificate()?.raw;
  return der
    ? encodeURIComponent(`-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`)
    : '';
}

export const saidOf = (socket: TLSSocket): string =>
  socket.authorized ? 'SUCCESS' : `FAILED:${socket.authorizationError}`;

export interface TlsFrontOptions {
  readonly listen: { readonly host: string; readonly port: number };
  /** The name on its certificate. */
  readonly name?: string;
  /** The port of the service behind it. */
  readonly to: number;
  /** Asks for a certificate; what it is worth is the service's to say. The authorities are named to the browser. */
  readonly ask?: { readonly authorities?: readonly string[] };
  /** Overwrites whatever stands there. */
  readonly headers: (incoming: IncomingMessage, socket: TLSSocket) => Readonly<Record<string, string>>;
}

/** What a reverse proxy does in production, in the sandbox's own process. */
export async function startTlsFront({ listen, name, to, ask, headers }: TlsFrontOptions): Promise<TlsFront> {
  const forward = (incoming: IncomingMessage, answer: ServerResponse) => {
    const all = { ...incoming.headers, ...headers(incoming, incoming.socket as TLSSocket), connection: 'close' };
    const onward = request(
      { host: '127.0.0.1', port: to, method: incoming.method, path: incoming.url, headers: all },
      (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      },
    );
    onward.on('error', () => answer.writeHead(502).end());
    incoming.pipe(onward);
  };
  const asking = ask && {
    requestCert: true,
    rejectUnauthorized: false,
    ...(ask.authorities ? { ca: [...ask.authorities] } : {}),
  };
  const server = createServer(
    { ...(await ownCertificate(name)), minVersion: 'TLSv1.2', ciphers: CIPHERS, ...asking },
    forward,
  );
  await listening(server, listen.host, listen.port);
  return {
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listening(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
