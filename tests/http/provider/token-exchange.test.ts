import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, importJWK, jwtVerify, SignJWT } from 'jose';
import * as client from 'openid-client';
import { blockAccount, unblockAccount } from '../../../src/accounts/blocking.ts';
import { rotateKeys } from '../../../src/provider/key-rotation.ts';
import { TOKEN_EXCHANGE } from '../../../src/provider/token-exchange.ts';
import { demoClients } from '../../../src/sandbox/clients.ts';
import { bedsApi, configurationOf, tokensFor } from '../../support/clients/api-clients.ts';
import { Browser } from '../../support/http/browser.ts';
import { freePort, type RunningMire, startMire } from '../../support/mire.ts';
import { auditOf } from '../../support/sign-in/steps.ts';

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const REGISTRY = 'https://registre.example.org/';
const QUOTAS = 'urn:example:quotas';
const LABELS = { fr: 'Lire', en: 'Read' };

describe('token exchange (RFC 8693)', () => {
  let mire: RunningMire;
  let portail: client.Configuration;
  let api: client.Configuration;
  beforeAll(async () => {
    const port = await freePort();
    const issuer = `http://localhost:${port}`;
    const lits = `${issuer}/sandbox/api/lits`;
    const resources = [
      { resource: lits, name: 'Lits', scopes: { 'lits:lire': LABELS, 'lits:ecrire': LABELS } },
      { resource: REGISTRY, name: 'Registre', scopes: { 'lits:lire': LABELS, 'registre:lire': LABELS } },
      { resource: QUOTAS, name: 'Quotas', scopes: { 'lits:lire': LABELS }, format: 'opaque' },
    ];
    mire = await startMire({
      env: { PORT: String(port), RESOURCES: JSON.stringify(resources) },
      added: {
        clients: [
          ...demoClients(issuer).map((metadata) =>
            metadata.client_id === 'portail'
              ? { ...metadata, scope: undefined, exchange_resources: [lits, QUOTAS] }
              : metadata,
          ),
          {
            client_id: 'api-lits',
            client_secret: 'api-lits-sandbox-secret',
            redirect_uris: [],
            response_types: [],
            grant_types: [TOKEN_EXCHANGE],
            resource_server: lits,
            exchange_resources: [REGISTRY, QUOTAS],
          },
          {
            client_id: 'api-quotas',
            client_secret: 'api-quotas-sandbox-secret',
            redirect_uris: [],
            response_types: [],
            grant_types: [],
            resource_server: QUOTAS,
          },
        ] as never,
      },
    });
    portail = await configurationOf(mire, 'portail');
    api = await configurationOf(mire, 'api-lits');
  });
  afterAll(() => mire?.close());

  const lits = () => bedsApi(mire);
  const SCOPE = 'openid profile lits:lire';
  const signedIn = (browser?: Browser) =>
    tokensFor(portail, { request: { scope: SCOPE }, ...(browser ? { browser } : {}) });
  const exchange = (configuration: client.Configuration, subject_token: string, more: Record<string, string> = {}) =>
    client.genericGrantRequest(configuration, TOKEN_EXCHANGE, {
      subject_token,
      subject_token_type: ACCESS_TOKEN,
      resource: lits(),
      ...more,
    });
  const keys = () => createRemoteJWKSet(new URL(`${mire.issuer}/jwks`));

  test('a portal calls an API on behalf of its user: the token names both, and nothing more than before (§2, §4.1)', async () => {
    const tokens = await signedIn();
    const exchanged = await exchange(portail, tokens.access_token);
    expect(exchanged).toMatchObject({ issued_token_type: ACCESS_TOKEN, token_type: 'bearer', scope: 'lits:lire' });
    expect(exchanged.refresh_token).toBeUndefined();
    expect(exchanged.id_token).toBeUndefined();
    const { payload } = await jwtVerify(exchanged.access_token, keys(), { audience: lits(), typ: 'at+jwt' });
    const { sub, auth_time } = tokens.claims() ?? {};
    expect(payload).toMatchObject({ sub, auth_time, acr: 'eidas1', client_id: 'portail', act: { sub: 'portail' } });
    const answer = await fetch(lits(), { headers: { authorization: `Bearer ${exchanged.access_token}` } });
    expect(await answer.json()).toMatchObject({ asked_by: { sub, client_id: 'portail', act: { sub: 'portail' } } });
    const line = (await auditOf(mire, 'token.exchanged')).at(-1);
    expect(line).toMatchObject({
      account_id: sub,
      client_id: 'portail',
      details: { resource: lits(), scope: 'lits:lire', from: 'portail' },
    });
    expect(line?.support_code).toBeTruthy();
  });

  test('an API exchanges what it received for another API: the chain of actors is kept (§4.1)', async () => {
    const tokens = await signedIn();
    const first = await exchange(portail, tokens.access_token);
    const second = await exchange(api, first.access_token, { resource: REGISTRY });
    const { payload } = await jwtVerify(second.access_token, keys(), { audience: REGISTRY });
    expect(payload).toMatchObject({
      sub: tokens.claims()?.sub,
      client_id: 'api-lits',
      scope: 'lits:lire',
      act: { sub: 'api-lits', act: { sub: 'portail' } },
    });
    expect(Number(payload.exp)).toBeLessThanOrEqual(Number(decodeJwt(first.access_token).exp));
    // Kept under the grant of another client, an opaque one could never be introspected.
    await expect(exchange(api, first.access_token, { resource: QUOTAS })).rejects.toMatchObject({
      error: 'invalid_target',
    });
  });

  test('never a longer life, nor more scope, than the token that is exchanged', async () => {
    const tokens = await signedIn();
    mire.clock.forwardAll(9 * 60);
    try {
      const exchanged = await exchange(portail, tokens.access_token);
      const { iat, exp } = decodeJwt(exchanged.access_token);
      expect(Number(exp) - Number(iat)).toBeLessThanOrEqual(60);
      expect(exchanged.expires_in).toBeLessThanOrEqual(60);
    } finally {
      mire.clock.restore();
    }
    for (const scope of ['lits:ecrire', 'lits:lire lits:ecrire', 'lits:lire profile', 'everything'])
      await expect(exchange(portail, tokens.access_token, { scope })).rejects.toMatchObject({ error: 'invalid_scope' });
    const without = await tokensFor(portail, { request: { scope: 'openid profile' } });
    await expect(exchange(portail, without.access_token)).rejects.toMatchObject({ error: 'invalid_scope' });
  });

  test('an opaque one dies with the session', async () => {
    const browser = new Browser(mire.issuer);
    const tokens = await signedIn(browser);
    const exchanged = await exchange(portail, tokens.access_token, { resource: QUOTAS });
    expect(await client.tokenIntrospection(portail, exchanged.access_token)).toMatchObject({
      active: true,
      aud: QUOTAS,
      act: { sub: 'portail' },
    });
    // The API asks about what was made for it, and learns nothing of other tokens (RFC 7662 §4).
    const quotas = await configurationOf(mire, 'api-quotas');
    const seen = await client.tokenIntrospection(quotas, exchanged.access_token);
    expect(seen).toMatchObject({ active: true, sub: tokens.claims()?.sub, client_id: 'portail', scope: 'lits:lire' });
    expect(await client.tokenIntrospection(quotas, tokens.access_token)).toEqual({ active: false });
    await browser.get(`${mire.issuer}/logout?id_token_hint=${tokens.id_token}`);
    await browser.submit({ logout: 'yes' }, '/logout/confirm');
    expect(await client.tokenIntrospection(portail, exchanged.access_token)).toMatchObject({ active: false });
  });

  test('once the session is over, neither the token of the portal nor that of the API is exchanged', async () => {
    const browser = new Browser(mire.issuer);
    const tokens = await signedIn(browser);
    const jwt = await exchange(portail, tokens.access_token);
    await browser.get(`${mire.issuer}/logout?id_token_hint=${tokens.id_token}`);
    await browser.submit({ logout: 'yes' }, '/logout/confirm');
    for (const [configuration, token, resource] of [
      [portail, tokens.access_token, lits()],
      [api, jwt.access_token, REGISTRY],
    ] as const)
      await expect(exchange(configuration, token, { resource })).rejects.toMatchObject({ error: 'invalid_request' });
  });

  test("a blocked person's token is worth nothing", async () => {
    const tokens = await signedIn();
    const jwt = await exchange(portail, tokens.access_token);
    const id = tokens.claims()?.sub ?? '';
    await blockAccount(mire.sandbox.logout, id, 'test');
    try {
      await expect(exchange(portail, tokens.access_token)).rejects.toMatchObject({ error: 'invalid_request' });
      await expect(exchange(api, jwt.access_token, { resource: REGISTRY })).rejects.toMatchObject({
        error: 'invalid_request',
      });
    } finally {
      await unblockAccount(mire.sandbox.parts.storage, id);
    }
  });

  test('only the clients, and only the APIs, that an administrator named together', async () => {
    const ror = await configurationOf(mire, 'ror');
    const own = await tokensFor(ror, { request: { scope: SCOPE } });
    await expect(exchange(ror, own.access_token)).rejects.toMatchObject({
      error: expect.stringMatching(/unauthorized_client|invalid_request/),
    });
    // The token of another application is no business of the portal's.
    await expect(exchange(portail, own.access_token)).rejects.toMatchObject({ error: 'invalid_request' });
    const tokens = await signedIn();
    for (const more of [
      { resource: REGISTRY },
      { resource: 'https://api.example.org/' },
      { audience: REGISTRY },
      { resource: '' },
    ])
      await expect(exchange(portail, tokens.access_token, more)).rejects.toMatchObject({ error: 'invalid_target' });
    // A JWT that was not made for the API that shows it.
    await expect(exchange(portail, (await exchange(portail, tokens.access_token)).access_token)).rejects.toMatchObject({
      error: 'invalid_request',
    });
  });

  test.each<[string, Record<string, string>]>([
    ['another type of subject (§2.1)', { subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' }],
    ['no type of subject (§2.1)', { subject_token_type: '' }],
    ['an actor of its own (§2.1)', { actor_token: 'x', actor_token_type: ACCESS_TOKEN }],
    ['a refresh token in return (§2.1)', { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' }],
    ['no subject (§2.1)', { subject_token: '' }],
    ['a subject of no kind', { subject_token: 'nonsense' }],
  ])('%s is invalid_request', async (_what, change) => {
    const tokens = await signedIn();
    await expect(exchange(portail, tokens.access_token, change)).rejects.toMatchObject({ error: 'invalid_request' });
  });

  test('an ID token, a refresh token, and a JWT that we did not sign are no subject', async () => {
    const tokens = await signedIn();
    const jwt = (await exchange(portail, tokens.access_token)).access_token;
    const [header, payload] = jwt.split('.');
    const forged = await new SignJWT(decodeJwt(jwt))
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
      .sign(Buffer.from(JSON.stringify(await (await fetch(`${mire.issuer}/jwks`)).json())));
    const unsigned = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${payload}.`;
    for (const token of [tokens.id_token, tokens.refresh_token, forged, unsigned, `${header}.${payload}.AAAA`])
      await expect(exchange(api, token ?? '', { resource: REGISTRY })).rejects.toMatchObject({
        error: 'invalid_request',
      });
  });

  test('a token that another process signed, with a key that this one has not seen, is exchanged', async () => {
    const { signingKeys } = mire.sandbox.parts;
    const { access_token } = await exchange(portail, (await signedIn()).access_token);
    const { alg = '' } = decodeProtectedHeader(access_token);
    await rotateKeys({ keys: signingKeys, clock: mire.clock.now }, mire.clock.now());
    const unseen = (await signingKeys.open()).find((key) => key.alg === alg);
    const elsewhere = await new SignJWT(decodeJwt(access_token))
      .setProtectedHeader({ alg, kid: unseen?.kid ?? '', typ: 'at+jwt' })
      .sign(await importJWK(unseen ?? {}, alg));
    expect(await exchange(api, elsewhere, { resource: REGISTRY })).toMatchObject({ scope: 'lits:lire' });
  });
});
