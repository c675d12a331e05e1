import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { createServer as createPlain, type Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import tls, { type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { jwtVerify } from 'jose';
import { createUpstreamProvider } from '../../adapters/upstream/oidc.ts';
import { createTransport, TransportFailed } from '../../adapters/upstream/transport.ts';
import { ownCertificate } from '../../src/sandbox/tls-front.ts';
import { createBreaker } from '../../src/upstream/breaker.ts';

const now = () => new Date();
const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

describe('calls to another provider', () => {
  const servers: Server[] = [];
  const opened = async (server: Server) => {
    servers.push(server);
    return listen(server);
  };
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  describe('with a TLS certificate of ours', () => {
    const known = tls.getCACertificates('default');
    let front: { key: string; cert: string };
    let ours: { key: string; cert: string };
    beforeAll(async () => {
      front = await ownCertificate();
      ours = await ownCertificate('mire.example');
      // The provider's own authority, which this machine does not know.
      tls.setDefaultCACertificates([...known, front.cert]);
    });
    afterAll(() => tls.setDefaultCACertificates(known));

    const secure = () =>
      opened(
        createServer(
          { ...front, requestCert: true, rejectUnauthorized: true, ca: [ours.cert] },
          (request, response) => {
            const shown = (request.socket as TLSSocket).getPeerX509Certificate()?.subject ?? 'nobody';
            response.writeHead(200, { 'content-type': 'text/plain' }).end(shown);
          },
        ) as unknown as Server,
      );
    const transport = (certificate?: { key: string; cert: string }) =>
      createTransport({ internalHosts: ['localhost'], certificate, breaker: createBreaker(now) });

    test('it is shown on the call', async () => {
      const answer = await transport(ours)(`https://localhost:${await secure()}/token`, {
        method: 'POST',
        body: 'a=b',
      });
      expect(await answer.text()).toContain('mire.example');
    });

    test('without it, or with another, nothing is answered', async () => {
      const address = `https://localhost:${await secure()}/token`;
      for (const certificate of [undefined, await ownCertificate('somebody.example')])
        await expect(transport(certificate)(address, {})).rejects.toThrow(TransportFailed);
    });

    test('a server that nobody vouches for is not spoken to', async () => {
      const stranger = await ownCertificate();
      const port = await opened(
        createServer({ ...stranger }, (_request, response) => response.end('x')) as unknown as Server,
      );
      await expect(transport()(`https://localhost:${port}/`, {})).rejects.toThrow(TransportFailed);
    });
  });

  const plain = createTransport({ internalHosts: ['localhost'], breaker: createBreaker(now) });

  test('a redirect is not followed, what is too long is not read, a failure of theirs is one', async () => {
    const port = await opened(
      createPlain((request, response) => {
        if (request.url === '/away') response.writeHead(302, { location: 'http://localhost:1/' }).end();
        else if (request.url === '/long') response.end('x'.repeat(2 * 1024 * 1024));
        else response.writeHead(503).end();
      }),
    );
    const at = (path: string) => plain(`http://localhost:${port}${path}`, {});
    expect((await at('/away')).status).toBe(302);
    await expect(at('/long')).rejects.toThrow('longer than');
    await expect(at('/down')).rejects.toThrow('answered 503');
  });

  test('a key of ours signs who we are, for that provider alone', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    let sent = new URLSearchParams();
    const port = await opened(
      createPlain(async (request, response) => {
        let body = '';
        for await (const part of request) body += String(part);
        if (request.url === '/token') sent = new URLSearchParams(body);
        const json = (status: number, value: object) =>
          response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
        if (request.url === '/keys') json(200, { keys: [] });
        else json(400, { error: 'invalid_grant' });
      }),
    );
    const issuer = `http://localhost:${port}`;
    const provider = createUpstreamProvider({
      internalHosts: ['localhost'],
      clock: now,
      settings: {
        id: 'psc',
        issuer,
        metadata: {
          authorization_endpoint: `${issuer}/auth`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/keys`,
        },
        clientId: 'mire',
        authentication: { method: 'private_key_jwt', key, alg: 'ES256', kid: 'k' },
        redirectUri: 'https://mire.example/callback/psc',
        scope: 'openid',
        loopback: true,
      },
    });
    const { pending } = await provider.start('s', {});
    const answer = new URLSearchParams({ code: 'c', state: 's' });
    await expect(provider.finish(answer, pending)).rejects.toMatchObject({
      fault: 'exchange',
      reason: 'invalid_grant',
    });
    expect(sent.get('code_verifier')).toBe(pending.verifier);
    expect(sent.has('client_secret')).toBe(false);
    const { payload, protectedHeader } = await jwtVerify(
      sent.get('client_assertion') ?? '',
      createPublicKey(createPrivateKey(key)),
      { issuer: 'mire', subject: 'mire', audience: issuer, requiredClaims: ['jti', 'exp'] },
    );
    expect(protectedHeader).toMatchObject({ alg: 'ES256', kid: 'k' });
    expect(Number(payload.exp) - Number(payload.iat)).toBeLessThanOrEqual(60);
  });
});
