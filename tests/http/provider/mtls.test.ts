import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ClientMetadata } from 'oidc-provider';
import * as client from 'openid-client';
import { demoClients } from '../../../src/sandbox/clients.ts';
import { type BehindProxy, behindNginx } from '../../support/cards/card-proxy.ts';
import { CALLBACK } from '../../support/clients/application.ts';
import {
  type ClientAuthority,
  type ClientCertificate,
  clientAuthority,
  selfSigned,
  tlsFetch,
} from '../../support/clients/client-certificates.ts';
import { Browser } from '../../support/http/browser.ts';
import { raw } from '../../support/http/raw-request.ts';
import { signInByPassword } from '../../support/sign-in/journeys.ts';

const SUBJECT = 'C=FR, O=Clinique\\, du Parc, CN=portail';
/** RFC 4514 §2.1: the most specific part first. */
const REGISTERED = 'CN=portail,O=Clinique\\, du Parc,C=FR';
const common = {
  redirect_uris: [CALLBACK],
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  response_types: ['code'] as const,
  first_party: true,
  minimum_acr: 'eidas1',
  tls_client_certificate_bound_access_tokens: true,
};

describe('client software behind nginx (RFC 8705)', () => {
  let authority: ClientAuthority;
  let [good, other, alone, stranger]: ClientCertificate[] = [];
  let front: BehindProxy;

  const clients = (): ClientMetadata[] =>
    [
      { client_id: 'dn', token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: REGISTERED },
      {
        client_id: 'dns',
        token_endpoint_auth_method: 'tls_client_auth',
        tls_client_auth_san_dns: 'PORTAIL.example.fr',
      },
      {
        client_id: 'uri',
        token_endpoint_auth_method: 'tls_client_auth',
        tls_client_auth_san_uri: 'https://portail.example.fr/app',
      },
      { client_id: 'ip', token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_san_ip: '::ffff:192.0.2.7' },
      {
        client_id: 'email',
        token_endpoint_auth_method: 'tls_client_auth',
        tls_client_auth_san_email: 'portail@example.fr',
      },
    ].map((metadata) => ({ ...common, ...metadata }) as ClientMetadata);

  beforeAll(async () => {
    authority = await clientAuthority();
    [good, other, alone, stranger] = await Promise.all([
      authority.issue(SUBJECT),
      authority.issue('C=FR, O=Clinique\\, du Parc, CN=autre'),
      selfSigned(),
      (await clientAuthority()).issue(SUBJECT),
    ]);
    front = await behindNginx(authority.pem, { clients: [...demoClients('https://mire.test'), ...clients()] });
  });
  afterAll(() => front?.close());

  const discover = (id: string, shown: ClientCertificate | undefined, metadata = {}) =>
    client.discovery(
      new URL(front.mire.issuer),
      id,
      { use_mtls_endpoint_aliases: true, ...metadata },
      client.TlsClientAuth(),
      { [client.customFetch]: tlsFetch(shown) as client.CustomFetch },
    );
  const token = async (id: string, shown?: ClientCertificate) =>
    client.clientCredentialsGrant(await discover(id, shown));

  test('discovery names the host for applications, and only it (§5)', async () => {
    const found = (await discover('dn', good)).serverMetadata();
    expect(found.mtls_endpoint_aliases).toMatchObject({
      token_endpoint: `${front.mire.settings.MTLS_ORIGIN}/token`,
      userinfo_endpoint: `${front.mire.settings.MTLS_ORIGIN}/userinfo`,
    });
    expect(found.tls_client_certificate_bound_access_tokens).toBe(true);
    expect(found.token_endpoint_auth_methods_supported).toEqual(
      expect.arrayContaining(['tls_client_auth', 'self_signed_tls_client_auth']),
    );
    const fetch = tlsFetch(good);
    for (const path of [
      '/',
      '/.well-known/openid-configuration',
      '/authorize',
      '/jwks',
      '/logout',
      '/sandbox',
      '/carte',
    ])
      expect([path, (await fetch(`${front.mire.settings.MTLS_ORIGIN}${path}`)).status]).toEqual([path, 404]);
  });

  test.each(['dn', 'dns', 'uri', 'ip', 'email'])(
    'tls_client_auth by %s: its certificate opens, that of another or of another authority does not (§2.1)',
    async (id) => {
      const answer = await token(id, good);
      expect(answer.access_token).toBeTruthy();
      await expect(token(id, stranger)).rejects.toMatchObject({ error: 'invalid_client' });
      await expect(token(id, alone)).rejects.toMatchObject({ error: 'invalid_client' });
      await expect(token(id)).rejects.toMatchObject({ error: 'invalid_client' });
      if (id === 'dn') await expect(token(id, other)).rejects.toMatchObject({ error: 'invalid_client' });
    },
  );

  test('an expired certificate is refused', async () => {
    await expect(token('dn', await authority.issue(SUBJECT, { days: -1 }))).rejects.toMatchObject({
      error: 'invalid_client',
    });
  });

  test('self_signed_tls_client_auth: the registered key and no other, whoever signed it (§2.2)', async () => {
    const issuer = new URL(front.mire.issuer);
    const { initial_access_token } = (await (
      await front.send(new URL('/sandbox/registration-token.json', issuer), {})
    ).json()) as {
      initial_access_token: string;
    };
    const answer = await tlsFetch()(new URL('/register', issuer), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${initial_access_token}` },
      body: JSON.stringify({
        redirect_uris: [],
        response_types: [],
        grant_types: ['client_credentials'],
        token_endpoint_auth_method: 'self_signed_tls_client_auth',
        jwks: { keys: [alone?.jwk] },
      }),
    });
    const registered = (await answer.json()) as { client_id: string };
    expect((await token(registered.client_id, alone)).access_token).toBeTruthy();
    for (const shown of [good, await selfSigned(), undefined])
      await expect(token(registered.client_id, shown)).rejects.toMatchObject({ error: 'invalid_client' });
  });

  test('a token is bound to the certificate, at userinfo and in its introspection (§3)', async () => {
    const configuration = await discover('dn', good);
    const verifier = client.randomPKCECodeVerifier();
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: CALLBACK,
      scope: 'openid',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const back = await signInByPassword(new Browser(front.mire.issuer, {}, front.send), url);
    const tokens = await client.authorizationCodeGrant(configuration, back.url, { pkceCodeVerifier: verifier });
    const sub = tokens.claims()?.sub ?? '';
    expect((await client.fetchUserInfo(configuration, tokens.access_token, sub)).sub).toBe(sub);
    const seen = await client.tokenIntrospection(configuration, tokens.access_token);
    expect(seen.cnf).toEqual({ 'x5t#S256': good?.thumbprint });
    for (const [origin, shown] of [
      [front.mire.settings.MTLS_ORIGIN, other],
      [front.mire.settings.MTLS_ORIGIN, undefined],
      [front.mire.issuer, good],
    ] as const) {
      const stolen = await tlsFetch(shown)(`${origin}/userinfo`, {
        headers: { authorization: `Bearer ${tokens.access_token}` },
      });
      expect(stolen.status).toBe(401);
    }
    // The refresh token is the client's alone; with another certificate nobody is the client.
    const refreshed = await client.refreshTokenGrant(configuration, tokens.refresh_token ?? '');
    expect(refreshed.access_token).toBeTruthy();
    await expect(
      client.refreshTokenGrant(await discover('dn', other), refreshed.refresh_token ?? ''),
    ).rejects.toMatchObject({ error: 'invalid_client' });
  });

  test('what a client writes in the headers is not believed, through nginx or around it', async () => {
    const forged = {
      'x-mire-client-certificate': encodeURIComponent(good?.cert ?? ''),
      'x-mire-client-verify': 'SUCCESS',
      'x-mire-proxy-secret': 'x'.repeat(64),
      'content-type': 'application/x-www-form-urlencoded',
    };
    const body = 'grant_type=client_credentials&client_id=dn';
    for (const origin of [front.mire.settings.MTLS_ORIGIN, front.mire.issuer]) {
      const answer = await tlsFetch()(`${origin}/token`, { method: 'POST', headers: forged, body });
      expect([origin, answer.status]).toEqual([origin, 401]);
    }
    const { settings } = front.mire;
    const mtls = new URL(settings.MTLS_ORIGIN ?? '').host;
    const around = (headers: Record<string, string>) =>
      raw(`http://localhost:${settings.PORT}`, {
        method: 'POST',
        path: '/token',
        headers: { ...forged, host: mtls, 'x-forwarded-proto': 'https', ...headers },
        body,
      });
    expect((await around({})).status).toBe(401);
    // The secret of the other host opens nothing here.
    expect((await around({ 'x-mire-proxy-secret': settings.CARD_PROXY_SECRET ?? '' })).status).toBe(401);
    expect((await around({ 'x-mire-proxy-secret': settings.MTLS_PROXY_SECRET ?? '' })).status).toBe(200);
    const twice = { 'x-mire-proxy-secret': settings.MTLS_PROXY_SECRET ?? '', host: new URL(front.mire.issuer).host };
    expect((await around(twice)).status).toBe(401);
  });
});
