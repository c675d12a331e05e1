import { createServer as createHttp } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createTransport } from '../../../adapters/upstream/transport.ts';
import { createFetch } from '../../../src/provider/outgoing.ts';
import { createBreaker } from '../../../src/upstream/breaker.ts';
import { isPublic, publicOnly, type Resolve } from '../../../src/upstream/outgoing-call.ts';
import { register, registrationToken } from '../../support/clients/registration.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';

/** Hosts that all lead to this machine, or to nowhere that an application has any business with. */
const INSIDE = [
  '127.0.0.1',
  '127.1',
  '127.0.0.2',
  '2130706433',
  '0x7f.1',
  '0x7f000001',
  '0177.0.0.1',
  '0.0.0.0',
  '0',
  'localhost',
  'LOCALHOST',
  'localhost.',
  '１２７.0.0.1',
  '[::1]',
  '[::]',
  '[::127.0.0.1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[2002:7f00:1::]',
] as const;

/** Names that their owner makes lead inside: at once, beside a public address, or in the form of another family. */
const REBOUND: Readonly<Record<string, readonly string[]>> = {
  'loopback.example': ['127.0.0.1'],
  'loopback6.example': ['::1'],
  'mapped.example': ['::ffff:127.0.0.1'],
  'unspecified.example': ['0.0.0.0'],
};
const named =
  (table: Readonly<Record<string, readonly string[]>>): Resolve =>
  (hostname, _options, done) =>
    done(
      null,
      (table[hostname] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

describe('an address inside that an application gives', () => {
  const servers: Server[] = [];
  let port: number;
  let connections = 0;
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ env: { INTERNAL_HOSTS: 'elsewhere.example', RATE_LIMIT_FACTOR: '1000' } });
    const listen = async (host: string, at: number) => {
      const server = createServer((socket) => {
        connections += 1;
        socket.destroy();
      });
      await new Promise<void>((resolve, reject) => server.on('error', reject).listen(at, host, resolve));
      servers.push(server);
      return (server.address() as AddressInfo).port;
    };
    // Of both families, for as long as this machine has both.
    port = await listen('::', 0).catch(() => listen('0.0.0.0', 0));
  });
  beforeEach(() => {
    connections = 0;
  });
  afterAll(async () => {
    await mire.close();
    for (const server of servers) await new Promise((resolve) => server.close(resolve));
  });

  const calls = (resolve?: Resolve) => {
    const parts = { internalHosts: ['elsewhere.example'], ...(resolve ? { resolve } : {}) };
    const fetch = createFetch(parts);
    const transport = createTransport({ ...parts, breaker: createBreaker(() => new Date()) });
    return [(url: string) => fetch(url, {}), (url: string) => transport(url, {})] as const;
  };

  test.each(INSIDE)('gets no connection: %s', async (host) => {
    // Not every machine knows its own name with a dot at its end.
    for (const scheme of ['http', 'https'])
      for (const call of calls())
        await expect(call(`${scheme}://${host}:${port}/jwks`)).rejects.toThrow(
          host.endsWith('.') ? /private address|ENOTFOUND|EAI_AGAIN/ : 'leads to a private address',
        );
    expect(connections).toBe(0);
  });

  test.each(Object.keys(REBOUND))('gets no connection by a name that leads there: %s', async (host) => {
    for (const call of calls(named(REBOUND)))
      await expect(call(`https://${host}:${port}/`)).rejects.toThrow('leads to a private address');
    expect(connections).toBe(0);
  });

  test('gets none beside a public one: the connection is given the public one alone', async () => {
    const both = named({ 'both.example': ['127.0.0.1', '8.8.8.8', '::1', '10.0.0.1'] });
    const asked = (all: boolean) =>
      new Promise((done) => publicOnly(both)('both.example', { all }, (...answer) => done(answer)));
    expect(await asked(true)).toEqual([null, [{ address: '8.8.8.8', family: 4 }]]);
    expect(await asked(false)).toEqual([null, '8.8.8.8', 4]);
  });

  test('gets none by a name that changes its mind: it is asked once, for the connection itself', async () => {
    let asked = 0;
    const turning: Resolve = (_hostname, _options, done) => {
      asked += 1;
      // What would have been looked at first is public; the connection is made with what comes then.
      done(null, [{ address: asked % 2 === 1 ? '127.0.0.1' : '8.8.8.8', family: 4 }]);
    };
    await expect(
      createFetch({ internalHosts: [], resolve: turning })(`https://turning.example:${port}/`, {}),
    ).rejects.toThrow('leads to a private address');
    expect([asked, connections]).toEqual([1, 0]);
  });

  test.each([
    ['this machine', ['127.0.0.1', '::1', '0.0.0.0', '::', '::127.0.0.1', '::ffff:127.0.0.1']],
    ['a private network', ['10.0.0.1', '172.16.0.1', '192.168.1.1', '100.64.0.1', 'fc00::1', 'fec0::1']],
    ['a link, where clouds keep their secrets', ['169.254.169.254', 'fe80::1']],
    ['a way round', ['64:ff9b::7f00:1', '2002:7f00:1::', '2001::1', '::ffff:0:7f00:1']],
    [
      'nobody, or many',
      ['192.0.2.1', '198.18.0.1', '224.0.0.1', '255.255.255.255', '240.0.0.1', 'ff02::1', '2001:db8::1', '4000::1'],
    ],
    ['no address', ['', 'x', '1']],
  ])('%s is not of the Internet', (_what, addresses) => {
    expect(addresses.filter(isPublic)).toEqual([]);
    expect(['8.8.8.8', '2606:4700::1111'].filter(isPublic)).toHaveLength(2);
  });

  test.each(INSIDE)('as the keys of a registered application gets no connection: %s', async (host) => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const client = await register(mire.issuer, await registrationToken(mire.issuer), {
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks_uri: `https://${host}:${port}/jwks`,
    });
    expect(client.status).toBe(201);
    const assertion = await new SignJWT()
      .setProtectedHeader({ alg: 'ES256', kid: String((await exportJWK(publicKey)).x) })
      .setIssuer(client.client_id)
      .setSubject(client.client_id)
      .setAudience(mire.issuer)
      .setJti(crypto.randomUUID())
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(privateKey);
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    });
    const answer = await fetch(`${mire.issuer}/token`, { method: 'POST', body });
    expect([answer.status >= 400 && answer.status < 500, connections]).toEqual([true, 0]);
  });

  test.each(INSIDE)('as the sector of an application gets no connection: %s', async (host) => {
    const refused = await register(mire.issuer, await registrationToken(mire.issuer), {
      subject_type: 'pairwise',
      sector_identifier_uri: `https://${host}:${port}/sector.json`,
    });
    expect([refused.status, refused.error, connections]).toEqual([400, 'invalid_client_metadata', 0]);
  });

  test('is reached where an administrator listed its host, and a redirect to it is not followed', async () => {
    let asked = 0;
    const inside = createHttp((request, response) => {
      asked += 1;
      if (request.url === '/away') response.writeHead(302, { location: `http://127.0.0.1:${port}/` }).end();
      else response.end(`${request.method} ${request.headers['content-type']}`);
    });
    await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
    try {
      const at = `http://127.0.0.1:${(inside.address() as AddressInfo).port}`;
      const listed = createFetch({ internalHosts: ['127.0.0.1'] });
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      const sent = { method: 'POST', headers: form, body: new URLSearchParams({ logout_token: 'x' }) };
      expect(await (await listed(`${at}/`, sent)).text()).toBe('POST application/x-www-form-urlencoded');
      expect((await listed(`${at}/away`, {})).status).toBe(302);
      expect([asked, connections]).toEqual([2, 0]);
    } finally {
      await new Promise((resolve) => inside.close(resolve));
    }
  });
});
