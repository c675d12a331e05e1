import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Application, CALLBACK } from '../../support/clients/application.ts';
import { narrow } from '../../support/clients/narrowed-client.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { signInDirectly } from '../../support/sign-in/directly.ts';

const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

/** Who says to be whom, and with what: none of them is. The right secret is right in the header and in the form. */
const CLAIMS: Readonly<Record<string, readonly [headers: Record<string, string>, fields: Record<string, string>]>> = {
  'a public application with a secret': [basic('publique', 'anything'), {}],
  'a public application with an empty secret': [basic('publique', ''), {}],
  'a public application with a secret in the form': [{}, { client_id: 'publique', client_secret: 'anything' }],
  'an application without its secret': [{}, { client_id: 'ror' }],
  'an application with an empty secret': [basic('ror', ''), {}],
  'an application with another secret': [basic('ror', 'messagerie-sandbox-secret'), {}],
  'an application with its secret twice': [basic('ror', 'ror-sandbox-secret'), { client_secret: 'ror-sandbox-secret' }],
  'one that names another in the form': [basic('ror', 'ror-sandbox-secret'), { client_id: 'messagerie' }],
  nobody: [{}, {}],
  'somebody unknown': [basic('inconnue', 'x'), {}],
};
const ENDPOINTS: Readonly<Record<string, Record<string, string>>> = {
  '/token': { grant_type: 'client_credentials' },
  '/introspect': { token: 'x' },
  '/revoke': { token: 'x' },
  '/par': { response_type: 'code', redirect_uri: CALLBACK, scope: 'openid' },
  '/device/authorization': { scope: 'openid' },
  '/backchannel-authentication': { scope: 'openid', login_hint: 'mdurand' },
};

describe('who an application is', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
    await narrow(mire, 'publique');
    const metadata = await mire.sandbox.parts.adapter('Client').find('publique');
    const open = {
      ...metadata,
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
      client_secret: undefined,
    };
    await mire.sandbox.parts.adapter('Client').upsert('publique', JSON.parse(JSON.stringify(open)), 0);
  });
  afterAll(() => mire.close());

  const post = (path: string, headers: Record<string, string>, fields: Record<string, string>) =>
    fetch(mire.issuer + path, { method: 'POST', headers, body: new URLSearchParams(fields) });

  test.each(
    Object.keys(CLAIMS).flatMap((claim) => Object.keys(ENDPOINTS).map((endpoint) => [claim, endpoint] as const)),
  )('%s at %s is refused', async (claim, endpoint) => {
    const [headers, fields] = CLAIMS[claim] ?? [{}, {}];
    const answer = await post(endpoint, headers, { ...ENDPOINTS[endpoint], ...fields });
    const { error } = (await answer.json()) as { error?: string };
    expect([401, 400]).toContain(answer.status);
    expect(['invalid_client', 'invalid_request']).toContain(error);
  });

  test('PKCE and the secret are both asked for', async () => {
    const browser = await signInDirectly(mire);
    const application = await Application.discover(mire.issuer, 'ror');
    const secret = basic('ror', 'ror-sandbox-secret');
    const TRIES: readonly (readonly [
      headers: Record<string, string>,
      more: (verifier: string) => Record<string, string>,
      status: number,
    ])[] = [
      [secret, () => ({}), 400],
      [secret, () => ({ code_verifier: 'a'.repeat(43) }), 400],
      [{}, (code_verifier) => ({ client_id: 'ror', code_verifier }), 401],
      [{}, () => ({ client_id: 'ror' }), 401],
      [secret, (code_verifier) => ({ code_verifier }), 200],
    ];
    for (const [headers, more, status] of TRIES) {
      const started = await application.start();
      const code = (await browser.get(started.url)).url.searchParams.get('code') ?? '';
      const fields = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, ...more(started.verifier) };
      expect((await post('/token', headers, fields)).status).toBe(status);
    }
  });
});
