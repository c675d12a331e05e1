import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import * as client from 'openid-client';
import type { Block } from '../../../src/sandbox/conformance-browser.ts';
import { tlsFetch } from '../../support/clients/client-certificates.ts';
import { type Suite, SuiteBrowser, startSuite } from '../../support/clients/suite.ts';
import { until } from '../../support/jest/until.ts';
import { freePort } from '../../support/mire.ts';
import { MireProcess, ofSandbox } from '../../support/servers/production.ts';
import { type TestDatabase, testDatabase } from '../../support/storage/database.ts';

interface Plan {
  readonly server: { readonly discoveryUrl: string };
  readonly browser: readonly Block[];
  readonly override: Readonly<Record<string, { readonly browser: readonly Block[] }>>;
}

/** `npm run conformance` as the suite meets it: over TLS, by a host name, in a process of its own. */
describe('the conformance profile', () => {
  let database: TestDatabase;
  let suite: Suite;
  let folder: string;
  let issuer: string;
  let mire: MireProcess;
  let plan: Plan;

  beforeAll(async () => {
    [database, suite, folder] = await Promise.all([
      testDatabase(),
      startSuite(),
      mkdtemp(join(tmpdir(), 'mire-conformance-')),
    ]);
    issuer = `https://localhost:${await freePort()}`;
    await writeFile(join(folder, 'suite.pem'), suite.certificate);
    mire = new MireProcess(['conformance', '--files', folder], {
      ...ofSandbox(database),
      DATA_DIR: folder,
      PORT: String(await freePort()),
      CONFORMANCE_ORIGIN: issuer,
      CONFORMANCE_SUITE: suite.origin,
      NODE_EXTRA_CA_CERTS: join(folder, 'suite.pem'),
    });
    await mire.says('fapi-ciba.json');
    plan = JSON.parse(await readFile(join(folder, 'oidc.json'), 'utf8')) as Plan;
  });
  afterAll(async () => {
    await mire?.stop();
    await suite?.close();
    await database?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const fetch = tlsFetch();
  const register = async (metadata: Record<string, unknown> = {}) => {
    const answer = await fetch(`${issuer}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        redirect_uris: [`${suite.origin}/test/one/callback`],
        post_logout_redirect_uris: [`${suite.origin}/test/one/post_logout_redirect`],
        ...metadata,
      }),
    });
    return (await answer.json()) as { client_id: string; client_secret: string; error?: string };
  };
  const discover = ({ client_id, client_secret }: { client_id: string; client_secret: string }) =>
    client.discovery(new URL(plan.server.discoveryUrl), client_id, undefined, client.ClientSecretBasic(client_secret), {
      [client.customFetch]: fetch as client.CustomFetch,
    });
  const address = (configuration: client.Configuration, more: Record<string, string> = {}) =>
    client.buildAuthorizationUrl(configuration, {
      redirect_uri: `${suite.origin}/test/one/callback`,
      scope: 'openid',
      ...more,
    });
  const override = (name: string): readonly Block[] => plan.override[`oidcc-${name}`]?.browser ?? [];

  test('registers openly, signs in by the steps of the file, without PKCE and without consent, and signs out', async () => {
    const configuration = await discover(await register());
    const browser = new SuiteBrowser(issuer);
    const back = await browser.run(plan.browser, address(configuration));
    const tokens = await client.authorizationCodeGrant(configuration, back.url, { idTokenExpected: true });
    expect(tokens.claims()).toMatchObject({ iss: issuer, acr: 'eidas1' });
    // Another request of the same module: silently.
    expect((await browser.run(plan.browser, address(configuration))).url.searchParams.has('code')).toBe(true);
    const left = await browser.run(
      plan.browser,
      client.buildEndSessionUrl(configuration, {
        id_token_hint: tokens.id_token ?? '',
        post_logout_redirect_uri: `${suite.origin}/test/one/post_logout_redirect`,
        state: 'left',
      }),
    );
    expect(left.url.href).toBe(`${suite.origin}/test/one/post_logout_redirect?state=left`);
  });

  test('the second sign-in, the consent, and the pages that a reviewer looks at', async () => {
    const registered = await register({
      grant_types: ['authorization_code', 'refresh_token'],
      policy_uri: `${suite.origin}/policy`,
      tos_uri: `${suite.origin}/terms`,
    });
    const configuration = await discover(registered);
    const browser = new SuiteBrowser(issuer);
    await browser.run(override('registration-policy-uri'), address(configuration));
    expect(browser.pictures.join()).toMatch(/Personal data at[\s\S]*Terms of use of/);
    const again = await browser.run(override('prompt-login'), address(configuration, { prompt: 'login' }));
    expect([browser.pictures.length, again.url.searchParams.has('code')]).toEqual([2, true]);
    const offline = await browser.run(
      plan.browser,
      address(configuration, { scope: 'openid offline_access', prompt: 'consent' }),
    );
    const tokens = await client.authorizationCodeGrant(configuration, offline.url);
    expect(tokens.refresh_token).toBeTruthy();
    const wrong = address(configuration, { redirect_uri: `${suite.origin}/elsewhere` });
    await browser.run(override('ensure-registered-redirect-uri'), wrong);
    expect(browser.pictures).toHaveLength(3);
    const end = new URL(`${issuer}/logout`);
    end.searchParams.set('id_token_hint', tokens.id_token ?? '');
    end.searchParams.set('post_logout_redirect_uri', `${suite.origin}/elsewhere`);
    await browser.run(override('rp-initiated-logout-bad-post-logout-redirect-uri'), end);
    await browser.run(override('rp-initiated-logout-no-params'), new URL(`${issuer}/logout`));
    expect(browser.pictures).toHaveLength(5);
    expect(browser.pictures.at(-1)).toMatch(/signed out/i);
  });

  test('a person refuses by the steps of the FAPI file', async () => {
    const fapi = JSON.parse(await readFile(join(folder, 'fapi2.json'), 'utf8')) as Plan;
    const configuration = await discover(await register());
    const steps = fapi.override['fapi2-security-profile-final-user-rejects-authentication']?.browser ?? [];
    const back = await new SuiteBrowser(issuer).run(steps, address(configuration));
    expect(back.url.searchParams.get('error')).toBe('access_denied');
  });

  test('what the suite serves is fetched: keys (jwks_uri), sector (OIDC Registration §5), logout', async () => {
    const keys = async (kid: string) => {
      const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
      suite.files.set('/keys', { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }] });
      return privateKey;
    };
    const privateKey = await keys('one');
    suite.files.set('/sector', [`${suite.origin}/test/one/callback`]);
    const registered = await register({
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: `${suite.origin}/keys`,
      subject_type: 'pairwise',
      sector_identifier_uri: `${suite.origin}/sector`,
      backchannel_logout_uri: `${suite.origin}/told`,
      backchannel_logout_session_required: true,
      grant_types: ['authorization_code'],
    });
    expect(registered.error).toBeUndefined();
    const browser = new SuiteBrowser(issuer);
    const configuration = await discover(registered);
    const redeem = async (kid: string) => {
      const { url } = await browser.run(plan.browser, address(configuration));
      const assertion = await new SignJWT()
        .setProtectedHeader({ alg: 'ES256', kid })
        .setIssuer(registered.client_id)
        .setSubject(registered.client_id)
        .setAudience(issuer)
        .setJti(crypto.randomUUID())
        .setIssuedAt()
        .setExpirationTime('1m')
        .sign(privateKey);
      const answer = await fetch(`${issuer}/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code: url.searchParams.get('code') ?? '',
          redirect_uri: `${suite.origin}/test/one/callback`,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: assertion,
        }),
      });
      return (await answer.json()) as { id_token?: string; error?: string };
    };
    const { id_token = '' } = await redeem('one');
    expect(id_token).toBeTruthy();
    const bad = {
      redirect_uris: [`${suite.origin}/test/two/callback`],
      sector_identifier_uri: `${suite.origin}/sector`,
    };
    expect((await register({ ...bad, subject_type: 'pairwise' })).error).toBe('invalid_client_metadata');
    await browser.run(
      plan.browser,
      client.buildEndSessionUrl(configuration, {
        id_token_hint: id_token,
        post_logout_redirect_uri: `${suite.origin}/test/one/post_logout_redirect`,
      }),
    );
    await until('a logout token', () => suite.posted.length > 0);
    expect(suite.posted[0]).toMatchObject({ path: '/told', body: expect.stringMatching(/^logout_token=/) });
  });

  test('a request without a browser: signed, answered at the address of the file, its token bound to a certificate (FAPI-CIBA §5.2.2)', async () => {
    const file = JSON.parse(await readFile(join(folder, 'fapi-ciba.json'), 'utf8')) as {
      client: { client_id: string; hint_value: string; jwks: { keys: JWK[] } };
      mtls: { cert: string; key: string };
      automated_ciba_approval_url: string;
    };
    const { client_id, hint_value, jwks } = file.client;
    const key = await importJWK(jwks.keys[0] as JWK, 'ES256');
    const signed = (claims: Record<string, unknown>) =>
      new SignJWT({ iss: client_id, aud: issuer, jti: crypto.randomUUID(), ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: client_id })
        .setIssuedAt()
        .setNotBefore('0s')
        .setExpirationTime('1m')
        .sign(key);
    const mtls = tlsFetch(file.mtls);
    const found = (await (await fetch(plan.server.discoveryUrl)).json()) as {
      mtls_endpoint_aliases: Record<string, string>;
    };
    const post = async (name: string, fields: Record<string, string>) => {
      const body = new URLSearchParams({
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await signed({ sub: client_id }),
        ...fields,
      });
      const answer = await mtls(found.mtls_endpoint_aliases[name] ?? '', { method: 'POST', body });
      return (await answer.json()) as Record<string, string>;
    };
    const door = 'backchannel_authentication_endpoint';
    expect((await post(door, { scope: 'openid', login_hint: hint_value })).error).toBe('invalid_request');
    const asked = await post(door, { request: await signed({ scope: 'openid', login_hint: hint_value }) });
    const { auth_req_id = '' } = asked;
    expect(auth_req_id).toBeTruthy();
    const poll = () => post('token_endpoint', { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id });
    expect((await poll()).error).toBe('authorization_pending');
    const approve = file.automated_ciba_approval_url.replace('{auth_req_id}', auth_req_id).replace('{action}', 'allow');
    expect((await fetch(approve)).status).toBe(200);
    const { access_token = '' } = await poll();
    const ask = async (send: typeof fetch, origin: string) =>
      (await send(`${origin}/userinfo`, { headers: { authorization: `Bearer ${access_token}` } })).status;
    const aliases = new URL(found.mtls_endpoint_aliases.userinfo_endpoint ?? '').origin;
    expect([await ask(mtls, aliases), await ask(fetch, aliases), await ask(fetch, issuer)]).toEqual([200, 401, 401]);
  });

  test('what is committed is what is written, for the default origin', async () => {
    const { conformanceFiles } = await import('../../../src/sandbox/conformance-plans.ts');
    const { PERSONAS } = await import('../../../src/sandbox/personas.ts');
    const [first] = PERSONAS;
    const files = conformanceFiles({
      issuer: 'https://localhost:4443',
      person: { login: first?.login ?? '', password: first?.password ?? '' },
    });
    for (const [name, content] of Object.entries(files)) {
      const committed = await readFile(join(import.meta.dirname, '../../conformance', name), 'utf8');
      expect([name, JSON.parse(committed)]).toEqual([name, JSON.parse(JSON.stringify(content))]);
    }
  });

  test('production refuses it', async () => {
    const refused = new MireProcess(['conformance'], { MIRE_ENV: 'production', CONFORMANCE_ORIGIN: issuer });
    expect(await refused.ended()).toBe(78);
    expect(refused.said).toContain('CONFORMANCE_ORIGIN: is for npm run conformance, never in production');
  });
});
