import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { register, registrationToken } from '../../support/clients/registration.ts';
import { freePort } from '../../support/mire.ts';
import { MireProcess, ofSandbox } from '../../support/servers/production.ts';
import { type TestDatabase, testDatabase } from '../../support/storage/database.ts';

// In processes of their own, as operators start them.
describe('what an application makes the service fetch', () => {
  let database: TestDatabase;
  let keys: Server;
  let asked = 0;
  let jwks = {};
  let dataDir: string;

  beforeAll(async () => {
    database = await testDatabase();
    dataDir = await mkdtemp(join(tmpdir(), 'mire-'));
    keys = createServer((_request, response) => {
      asked += 1;
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(jwks));
    });
    await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await new Promise((resolve) => keys.close(resolve));
    await rm(dataDir, { recursive: true });
    await database.stop();
  });

  /** Registers an application whose keys stand on this machine, and lets it prove itself with them. */
  async function authenticate(settings: Record<string, string>): Promise<{ status: number; asked: number }> {
    asked = 0;
    const port = await freePort();
    const issuer = `http://localhost:${port}`;
    const service = new MireProcess(['sandbox'], {
      ...ofSandbox(database),
      DATA_DIR: dataDir,
      PORT: String(port),
      CARD_TLS_PORT: '0',
      PSC_SANDBOX_PORT: '0',
      ...settings,
    });
    try {
      await service.says('Mire is ready');
      const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
      jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256', use: 'sig' }] };
      const client = await register(issuer, await registrationToken(issuer), {
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        jwks_uri: `http://127.0.0.1:${(keys.address() as { port: number }).port}/jwks`,
      });
      const assertion = await new SignJWT()
        .setProtectedHeader({ alg: 'ES256', kid: 'k' })
        .setIssuer(client.client_id)
        .setSubject(client.client_id)
        .setAudience(issuer)
        .setJti(crypto.randomUUID())
        .setIssuedAt()
        .setExpirationTime('1m')
        .sign(privateKey);
      const answer = await fetch(`${issuer}/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: assertion,
        }),
      });
      return { status: answer.status, asked };
    } finally {
      await service.stop();
    }
  }

  test('never leads to a private address, unless an administrator listed the host', async () => {
    expect(await authenticate({ INTERNAL_HOSTS: 'elsewhere.example' })).toMatchObject({ asked: 0 });
    expect((await authenticate({ INTERNAL_HOSTS: 'elsewhere.example' })).status).toBeGreaterThanOrEqual(400);
    expect(await authenticate({ INTERNAL_HOSTS: '127.0.0.1' })).toEqual({ status: 200, asked: 1 });
  });
});
