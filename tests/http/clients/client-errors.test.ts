import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ClientMetadata } from 'oidc-provider';
import { applyChanges } from '../../../src/clients/administration.ts';
import type { ListedError } from '../../../src/clients/client-error.ts';
import { nearest } from '../../../src/clients/redirect-difference.ts';
import { parallel } from '../../support/accounts/sample-accounts.ts';
import { Application, CALLBACK } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { until } from '../../support/jest/until.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { signInByPassword } from '../../support/sign-in/journeys.ts';

test.each([
  ['https://app.example/callback/', 'slash'],
  ['https://app.example/Callback', 'case'],
  ['http://app.example/callback', 'scheme'],
  ['https://app.example:8443/callback', 'port'],
  ['https://app.example/callback?x=1', 'query'],
  ['https://www.app.example/callback', 'host'],
  ['https://app.example/login', 'path'],
  ['https://evil.example/login', 'other'],
  ['app.example', 'other'],
])('%s differs from what is registered by: %s', (sent, difference) => {
  const registered = ['https://other.example/elsewhere', 'https://app.example/callback'];
  expect(nearest(sent, registered)).toMatchObject({ difference });
});

describe('what an application was refused is kept for its integrator, in words and without secrets', () => {
  let mire: RunningMire;
  const id = 'agenda';
  const secret = randomUUID();
  beforeAll(async () => {
    mire = await startMire();
    const to = {
      client_id: id,
      client_secret: secret,
      redirect_uris: [CALLBACK],
      post_logout_redirect_uris: ['http://localhost:4000/'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
      scope: 'openid profile',
      first_party: true,
      minimum_acr: 'eidas1',
    } as ClientMetadata;
    await applyChanges({ storage: mire.sandbox.parts.storage, clock: mire.clock.now }, [
      { clientId: id, from: undefined, to, names: [] },
    ]);
  });
  afterAll(() => mire.close());

  const { clientErrors } = { clientErrors: () => mire.sandbox.parts.storage.clientErrors };
  /** The line is written beside the answer: it may come after it. */
  const newest = (count: number): Promise<ListedError[]> =>
    until(`${count} errors of the application`, async () => {
      const list = await clientErrors().list(id);
      return list.length >= count && list;
    });
  let known = 0;
  async function explained(): Promise<ListedError | undefined> {
    known += 1;
    const [error] = await newest(known);
    // A process keeps ten in a minute.
    mire.clock.forward(61);
    return error;
  }
  const authorize = async (change: (url: URL) => void) => {
    const application = await Application.discover(mire.issuer, id, secret);
    const { url } = await application.start({ scope: 'openid profile' });
    change(url);
    return new Browser(mire.issuer).get(url);
  };
  const token = (body: Record<string, string>, as = secret) =>
    fetch(`${mire.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${id}:${as}`).toString('base64')}` },
      body: new URLSearchParams(body),
    });

  test('at the authorization endpoint', async () => {
    await authorize((url) => url.searchParams.set('redirect_uri', `${CALLBACK}/`));
    expect(await explained()).toMatchObject({
      endpoint: 'authorization',
      explanation: 'redirect-slash',
      sent: `${CALLBACK}/`,
      registered: CALLBACK,
      supportCode: expect.stringMatching(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/),
    });
    await authorize((url) => url.searchParams.delete('code_challenge'));
    expect(await explained()).toMatchObject({ error: 'invalid_request', explanation: 'pkce-missing' });
    await authorize((url) => {
      url.searchParams.delete('code_challenge');
      url.searchParams.delete('code_challenge_method');
    });
    expect(await explained()).toMatchObject({ explanation: 'pkce-missing' });
    await authorize((url) => url.searchParams.set('scope', 'openid email'));
    expect(await explained()).toMatchObject({
      explanation: 'scope',
      sent: 'openid email',
      registered: 'openid profile',
    });
    await authorize((url) => url.searchParams.set('response_type', 'token'));
    expect(await explained()).toMatchObject({ explanation: 'response-type', sent: 'token', registered: 'code' });
    await authorize((url) => url.searchParams.delete('redirect_uri'));
    expect(await explained()).toMatchObject({
      explanation: 'parameter-missing',
      sent: expect.stringContaining('redirect_uri'),
    });
  });

  test('at the token endpoint', async () => {
    const application = await Application.discover(mire.issuer, id, secret);
    const browser = new Browser(mire.issuer);
    const started = await application.start({ scope: 'openid profile' });
    const code = (await signInByPassword(browser, started.url)).url.searchParams.get('code') ?? '';
    const exchange = { grant_type: 'authorization_code', redirect_uri: CALLBACK };
    await token({ ...exchange, code }, randomUUID());
    expect(await explained()).toMatchObject({
      endpoint: 'grant',
      error: 'invalid_client',
      explanation: 'secret-wrong',
    });
    await token({ ...exchange, code: randomUUID() });
    expect(await explained()).toMatchObject({ explanation: 'code-unknown' });
    const again = await application.start({ scope: 'openid profile', prompt: 'none' });
    const second = (await browser.get(again.url)).url.searchParams.get('code') ?? '';
    await token({ ...exchange, code: second, code_verifier: started.verifier });
    expect(await explained()).toMatchObject({ explanation: 'pkce-wrong' });
    const good = { ...exchange, code, code_verifier: started.verifier };
    expect((await token(good)).status).toBe(200);
    await token(good);
    expect(await explained()).toMatchObject({ explanation: 'code-used' });
    await token({ grant_type: 'client_credentials' });
    expect(await explained()).toMatchObject({
      explanation: 'grant-type',
      registered: 'authorization_code, refresh_token',
    });
    await token({ grant_type: 'refresh_token', refresh_token: 'not one' });
    expect(await explained()).toMatchObject({ explanation: 'refresh-token' });
    const post = { ...good, client_id: id, client_secret: 'x' };
    await fetch(`${mire.issuer}/token`, { method: 'POST', body: new URLSearchParams(post) });
    expect(await explained()).toMatchObject({ error: 'invalid_client' });

    const everything = JSON.stringify(await newest(known));
    for (const value of [code, second, started.verifier, secret]) expect(everything).not.toContain(value);
  });

  test('at the way out', async () => {
    await new Browser(mire.issuer).get(
      `${mire.issuer}/logout?client_id=${id}&post_logout_redirect_uri=${encodeURIComponent('https://localhost:4000/')}`,
    );
    expect(await explained()).toMatchObject({
      endpoint: 'end_session',
      explanation: 'logout-scheme',
      sent: 'https://localhost:4000/',
      registered: 'http://localhost:4000/',
    });
  });

  test('nobody to ask, or a person who turned back, is no mistake of the application', async () => {
    await authorize((url) => url.searchParams.set('prompt', 'none'));
    const { page } = { page: await authorize(() => undefined) };
    expect(page.status).toBe(200);
    expect(await clientErrors().list(id)).toHaveLength(Math.min(known, 20));
  });

  test('a loop in its code fills no table: few a minute, fifty in all, and what was sent is sealed', async () => {
    const before = await mire.database.database('client_errors').count({ count: '*' });
    await parallel(4, async () => {
      for (let i = 0; i < 10; i++) await token({ grant_type: 'authorization_code', code: 'x', redirect_uri: CALLBACK });
    });
    const now = mire.clock.now();
    const counted = async () => Number((await mire.database.database('client_errors').count({ count: '*' }))[0]?.count);
    await until('ten errors of the loop', async () => (await counted()) >= Number(before[0]?.count) + 10);
    expect(await counted()).toBeLessThanOrEqual(Number(before[0]?.count) + 20);
    const refused = { endpoint: 'grant', error: 'invalid_grant', description: '', explanation: 'code-used' } as const;
    for (let i = 0; i < 60; i++)
      await clientErrors().write(
        id,
        { ...refused, sent: 'what was sent', registered: undefined, supportCode: undefined },
        now,
      );
    expect(await counted()).toBe(50);
    const rows = await mire.database.database('client_errors').select('detail');
    expect(rows.some(({ detail }) => detail.toString('latin1').includes('what was sent'))).toBe(false);
  });
});
