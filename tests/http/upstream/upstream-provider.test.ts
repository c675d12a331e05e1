import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createUpstreamProvider } from '../../../adapters/upstream/oidc.ts';
import type { UpstreamSettings } from '../../../src/upstream/settings.ts';
import { CALLBACK } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { freePort, type RunningMire, startMire, TestClock } from '../../support/mire.ts';
import { signInByPassword } from '../../support/sign-in/journeys.ts';

/** Another provider vouches for a person: here a plain, certified one, which is Mire itself. */
describe('an upstream provider', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());

  const upstream = (
    changes: Partial<UpstreamSettings> = {},
    { clock = new TestClock(), internalHosts = ['localhost'] } = {},
  ) =>
    createUpstreamProvider({
      internalHosts,
      clock: clock.now,
      settings: {
        id: 'structure:test',
        issuer: mire.issuer,
        metadata: { discoveryUrl: `${mire.issuer}/.well-known/openid-configuration` },
        clientId: 'ror',
        authentication: { method: 'client_secret_basic', secret: 'ror-sandbox-secret' },
        redirectUri: CALLBACK,
        scope: 'openid profile',
        acceptedAcr: ['eidas1', 'eidas2'],
        timeout: 1,
        loopback: true,
        ...changes,
      },
    });

  /** A person signs in there. @returns what their browser brings back. */
  const visit = async (url: URL, browser = new Browser(mire.issuer)) =>
    (await signInByPassword(browser, url)).url.searchParams;

  test('says who it is, with the ID token and the userinfo of the same person', async () => {
    const provider = upstream();
    const { url, pending } = await provider.start('a-state', {});
    expect(Buffer.from(pending.nonce, 'base64url')).toHaveLength(32);
    expect(url.searchParams.get('code_challenge_method')).toBe('S256');
    const answer = await provider.finish(await visit(url), pending);
    expect(answer).toMatchObject({
      acr: 'eidas1',
      idClaims: { sub: answer.subject },
      userinfo: { sub: answer.subject },
    });
    expect(answer.sid).toEqual(expect.any(String));
    const out = await provider.logoutUrl({ idToken: answer.idToken, returnTo: 'http://localhost:4000/', state: 's' });
    expect(`${out?.origin}${out?.pathname}`).toBe(`${mire.issuer}/logout`);
    expect(provider.formTargets()).toEqual([mire.issuer, mire.issuer]);
  });

  test('by static metadata, and with the secret in the form', async () => {
    const provider = upstream({
      metadata: {
        authorization_endpoint: `${mire.issuer}/authorize`,
        token_endpoint: `${mire.issuer}/token`,
        jwks_uri: `${mire.issuer}/jwks`,
      },
      userinfo: false,
    });
    const { url, pending } = await provider.start('a-state', {});
    expect(await provider.finish(await visit(url), pending)).toMatchObject({ userinfo: {} });
    expect(await provider.logoutUrl({ idToken: 'x', returnTo: CALLBACK, state: 's' })).toBeUndefined();
  });

  test('a fresh proof is asked for, and an old one is refused', async () => {
    const provider = upstream();
    const browser = new Browser(mire.issuer);
    const first = await provider.start('a', { maxAge: 3600 });
    expect(first.url.searchParams.get('max_age')).toBe('3600');
    await provider.finish(await visit(first.url, browser), first.pending);
    mire.clock.forwardAll(600);
    // It answers with the session it has, as one that does not know `max_age` would.
    const old = await provider.start('b', { prompt: 'login' });
    expect(old.url.searchParams.get('max_age')).toBe('0');
    old.url.searchParams.delete('prompt');
    old.url.searchParams.delete('max_age');
    const silent = (await browser.get(old.url)).url.searchParams;
    await expect(provider.finish(silent, old.pending)).rejects.toMatchObject({ fault: 'stale' });
    mire.clock.restore();
  });

  test.each([
    ['another nonce', 'token', { nonce: 'of-somebody-else' }],
    ['another state', 'answer', { state: 'of-somebody-else' }],
    ['another verifier', 'exchange', { verifier: 'v'.repeat(43) }],
  ] as const)('an answer to a question with %s is refused: %s', async (_what, fault, change) => {
    const provider = upstream();
    const { url, pending } = await provider.start('a-state', {});
    const answer = await visit(url);
    await expect(provider.finish(answer, { ...pending, ...change })).rejects.toMatchObject({ fault });
  });

  test('an answer that names another issuer is refused before the code leaves (RFC 9207)', async () => {
    const provider = upstream();
    const { url, pending } = await provider.start('a-state', {});
    const answer = await visit(url);
    answer.set('iss', 'https://attacker.example');
    await expect(provider.finish(answer, pending)).rejects.toMatchObject({ fault: 'answer' });
    answer.set('iss', mire.issuer);
    await expect(provider.finish(answer, pending)).resolves.toMatchObject({ acr: 'eidas1' });
  });

  test('a level that is not known here is refused', async () => {
    const provider = upstream({ acceptedAcr: ['eidas3'] });
    const { url, pending } = await provider.start('a-state', {});
    await expect(provider.finish(await visit(url), pending)).rejects.toMatchObject({ fault: 'level' });
  });

  test('the person who says no there, and other errors, are told apart', async () => {
    const provider = upstream();
    const { pending } = await provider.start('a-state', {});
    const answer = (error: string) => new URLSearchParams({ error, state: 'a-state', iss: mire.issuer });
    for (const [error, fault] of [
      ['access_denied', 'denied'],
      ['server_error', 'unavailable'],
      ['invalid_scope', 'error'],
      ['<script>', 'error'],
    ] as const) {
      await expect(provider.finish(answer(error), pending)).rejects.toMatchObject({ fault });
    }
  });

  test('a document of another issuer is refused', async () => {
    const provider = upstream({ issuer: 'http://127.0.0.1:1' });
    await expect(provider.start('a', {})).rejects.toMatchObject({ fault: 'error', reason: 'issuer_differs' });
  });

  test('plain http leaves this machine never', async () => {
    const provider = upstream({ loopback: false });
    await expect(provider.start('a', {})).rejects.toMatchObject({
      fault: 'error',
      reason: 'OAUTH_HTTP_REQUEST_FORBIDDEN',
    });
    const metadata = {
      authorization_endpoint: 'http://psc.example/auth',
      token_endpoint: 'http://psc.example/token',
      jwks_uri: 'http://psc.example/keys',
    };
    const outside = upstream({ issuer: 'http://psc.example', metadata });
    await expect(outside.start('a', {})).rejects.toMatchObject({ fault: 'error' });
  });

  test('no private address is reached, by number or by name, unless its host is listed', async () => {
    for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
      const metadata = { discoveryUrl: mire.issuer.replace('localhost', host) };
      const provider = upstream(
        { metadata: { discoveryUrl: `${metadata.discoveryUrl}/.well-known/openid-configuration` } },
        { internalHosts: [] },
      );
      await expect(provider.start('a', {})).rejects.toMatchObject({ fault: 'unavailable' });
    }
  });

  test('one that is down is left alone, and asked again before the next person is sent there', async () => {
    const clock = new TestClock();
    const port = await freePort();
    const issuer = `http://localhost:${port}`;
    const metadata = {
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
    };
    const provider = upstream({ issuer, metadata, timeout: 0.2 }, { clock });
    expect(provider.available()).toBe(true);
    // Asked, and asked again, before anybody is sent there.
    await expect(provider.start('a', {})).rejects.toMatchObject({ fault: 'unavailable' });
    expect(provider.available()).toBe(false);
    await expect(provider.start('a', {})).rejects.toMatchObject({ fault: 'unavailable', reason: 'left_alone' });

    clock.forward(31);
    expect(provider.available()).toBe(true);
    await expect(provider.start('a', {})).rejects.toMatchObject({ fault: 'unavailable' });
    expect(provider.available()).toBe(false);

    // It accepts the connection and says nothing: as good as down.
    let speaks = false;
    const server = createServer((_request, response) => {
      if (speaks) response.writeHead(200, { 'content-type': 'application/json' }).end('{"keys":[]}');
    });
    await new Promise<void>((resolve) => server.listen(port, 'localhost', resolve));
    clock.forward(31);
    await expect(provider.start('a', {})).rejects.toMatchObject({ fault: 'unavailable' });
    speaks = true;
    clock.forward(31);
    await expect(provider.start('a', {})).resolves.toMatchObject({ pending: { state: 'a' } });
    expect(provider.available()).toBe(true);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('a key of ours in place of a secret (private_key_jwt) is taken for what it is', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const provider = upstream({ authentication: { method: 'private_key_jwt', key, alg: 'ES256', kid: 'k' } });
    const { url, pending } = await provider.start('a-state', {});
    // This client has a secret: what it refuses is the way we prove ourselves.
    await expect(provider.finish(await visit(url), pending)).rejects.toMatchObject({
      fault: 'exchange',
      reason: 'invalid_client',
    });
  });
});
