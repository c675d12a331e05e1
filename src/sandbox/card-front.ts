// @peculiar/x509 refuses to load without this polyfill; it must come first.
import 'reflect-metadata';

import { webcrypto } from 'node:crypto';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';
import type { Settings } from '../../config/settings.ts';
import type { CardPki } from './card-pki.ts';

export interface CardFront {
  close(): Promise<void>;
}

const KEY = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const YEAR = 365 * 24 * 60 * 60 * 1000;

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

/** As nginx writes `$ssl_client_escaped_cert`; empty when the browser showed nothing. */
function escapedCertificate(socket: TLSSocket): string {
  const der = socket.getPeerX509Certificate()?.raw;
  return der
    ? encodeURIComponent(`-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`)
    : '';
}

/** What a reverse proxy does in production: asks the browser for a card, and says which one it showed. */
export async function startCardFront(settings: Settings, pki: CardPki): Promise<CardFront> {
  const { CARD_HEADER, CARD_VERIFY_HEADER, CARD_PROXY_SECRET = '', CPS_ORIGIN = '', PORT } = settings;
  const forward = (incoming: IncomingMessage, answer: ServerResponse) => {
    const socket = incoming.socket as TLSSocket;
    const verify = socket.authorized ? 'SUCCESS' : `FAILED:${socket.authorizationError}`;
    const headers = {
      ...incoming.headers,
      // Overwritten, whatever the browser wrote there.
      host: new URL(CPS_ORIGIN).host,
      [CARD_HEADER.toLowerCase()]: escapedCertificate(socket),
      ...(CARD_VERIFY_HEADER ? { [CARD_VERIFY_HEADER.toLowerCase()]: verify } : {}),
      'x-mire-proxy-secret': CARD_PROXY_SECRET,
      connection: 'close',
    };
    const onward = request(
      { host: '127.0.0.1', port: PORT, method: incoming.method, path: incoming.url, headers },
      (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      },
    );
    onward.on('error', () => answer.writeHead(502).end());
    incoming.pipe(onward);
  };
  const server = createServer(
    {
      ...(await ownCertificate()),
      requestCert: true,
      // Mire judges the card by itself, and says what is wrong with it.
      rejectUnauthorized: false,
      // Named to the browser, so that it offers cards only.
      ca: [pki.anchors, pki.intermediates],
    },
    forward,
  );
  await listening(server, settings.CARD_TLS_PORT);
  return {
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listening(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
