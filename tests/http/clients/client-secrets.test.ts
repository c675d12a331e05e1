import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import type { ClientMetadata } from 'oidc-provider';
import {
  applyChanges,
  disableClient,
  enableClient,
  endPreviousSecret,
  rotateSecret,
} from '../../../src/clients/administration.ts';
import { parallel } from '../../support/accounts/sample-accounts.ts';
import { Application, CALLBACK } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { signInByPassword } from '../../support/sign-in/journeys.ts';
import { auditOf } from '../../support/sign-in/steps.ts';

const DAY = 24 * 60 * 60;

describe('two secrets of one application', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());

  const parts = () => ({ storage: mire.sandbox.parts.storage, clock: mire.clock.now });
  const stored = async (id: string) => {
    const client = await parts().storage.clients.byId(id);
    if (!client) throw new Error(`no ${id}`);
    return client;
  };
  async function added(method: string, more: Partial<ClientMetadata> = {}): Promise<{ id: string; secret: string }> {
    const [id, secret] = [`app-${randomUUID().slice(0, 8)}`, randomUUID()];
    const to = {
      client_id: id,
      client_secret: secret,
      redirect_uris: [CALLBACK],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      response_types: ['code'],
      token_endpoint_auth_method: method,
      scope: 'openid profile email',
      first_party: true,
      minimum_acr: 'eidas1',
      ...more,
    } as ClientMetadata;
    await applyChanges(parts(), [{ clientId: id, from: undefined, to, names: [] }]);
    return { id, secret };
  }
  async function rotated(id: string, days = 14): Promise<string> {
    const previousUntil = new Date(mire.clock.now().getTime() + days * DAY * 1000);
    return rotateSecret(parts(), id, (await stored(id)).version, { previousUntil, expiresAt: undefined });
  }

  /** A client credentials request, which needs nothing but the application itself. */
  async function authenticates(id: string, secret: string, method: string): Promise<string | number> {
    const body = new URLSearchParams({ grant_type: 'client_credentials' });
    const headers = new Headers();
    if (method === 'client_secret_basic') {
      headers.set('authorization', `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`);
    } else if (method === 'client_secret_post') {
      body.set('client_id', id);
      body.set('client_secret', secret);
    } else {
      body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
      body.set(
        'client_assertion',
        await new SignJWT({ jti: randomUUID() })
          .setProtectedHeader({ alg: 'HS256' })
          .setIssuer(id)
          .setSubject(id)
          .setAudience(mire.issuer)
          .setIssuedAt()
          .setExpirationTime('1m')
          .sign(Buffer.from(secret)),
      );
    }
    const answer = await fetch(`${mire.issuer}/token`, { method: 'POST', headers, body });
    return answer.ok ? answer.status : ((await answer.json()) as { error: string }).error;
  }

  test.each(['client_secret_basic', 'client_secret_post', 'client_secret_jwt'])(
    '%s: both are good until the old one ends, at its date; a third never is',
    async (method) => {
      const { id, secret } = await added(method);
      expect(await authenticates(id, secret, method)).toBe(200);
      const second = await rotated(id, 2);
      for (const one of [secret, second, secret]) expect(await authenticates(id, one, method)).toBe(200);
      expect(await authenticates(id, 'another secret altogether, as long as one', method)).toBe('invalid_client');

      mire.clock.forward(2 * DAY - 60);
      expect(await authenticates(id, secret, method)).toBe(200);
      mire.clock.forward(120);
      expect(await authenticates(id, secret, method)).toBe('invalid_client');
      expect(await authenticates(id, second, method)).toBe(200);

      const third = await rotated(id);
      const fourth = await rotated(id);
      expect(await authenticates(id, second, method)).toBe('invalid_client');
      expect(await authenticates(id, third, method)).toBe(200);
      expect(await authenticates(id, fourth, method)).toBe(200);
    },
  );

  test('an old secret that leaked is refused from the next request on', async () => {
    for (const method of ['client_secret_basic', 'client_secret_jwt']) {
      const { id, secret } = await added(method);
      await rotated(id);
      expect(await authenticates(id, secret, method)).toBe(200);
      expect(await endPreviousSecret(parts(), id)).toBe(true);
      // What was read for one verification is not believed a second later.
      mire.clock.forward(1);
      expect(await authenticates(id, secret, method)).toBe('invalid_client');
      expect(await endPreviousSecret(parts(), id)).toBe(false);
    }
  });

  test('of eight rotations at once one counts; the others are told, and the secret in use stays good', async () => {
    const { id, secret } = await added('client_secret_basic');
    const { version } = await stored(id);
    const previousUntil = new Date(mire.clock.now().getTime() + DAY * 1000);
    const made = await parallel(8, () =>
      rotateSecret(parts(), id, version, { previousUntil, expiresAt: undefined }).catch((error: Error) => error),
    );
    const won = made.filter((one) => typeof one === 'string');
    expect(won).toHaveLength(1);
    expect(made.filter((one) => one instanceof Error && one.name === 'ChangedMeanwhile')).toHaveLength(7);
    expect(await authenticates(id, won[0] ?? '', 'client_secret_basic')).toBe(200);
    expect(await authenticates(id, secret, 'client_secret_basic')).toBe(200);
    const lines = await auditOf(mire, 'client.secret-rotated');
    expect(lines.filter(({ client_id }) => client_id === id)).toHaveLength(1);
  });

  test('a secret that expires is refused after its date', async () => {
    const { id } = await added('client_secret_basic');
    // oidc-provider looks at everybody's clock.
    const expiresAt = new Date(Date.now() - 60_000);
    const { version } = await stored(id);
    const secret = await rotateSecret(parts(), id, version, { previousUntil: undefined, expiresAt });
    expect(await authenticates(id, secret, 'client_secret_basic')).toBe('invalid_client');
  });

  test('a disabled application is refused everywhere at once, and its grants end', async () => {
    const { id, secret } = await added('client_secret_basic');
    const application = await Application.discover(mire.issuer, id, secret);
    const browser = new Browser(mire.issuer);
    const started = await application.start();
    const { access_token, refresh_token = '' } = await started.finish(
      (await signInByPassword(browser, started.url)).url,
    );
    const silent = await application.start({ prompt: 'none' });
    const answered = await browser.get(silent.url);
    const basic = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
    const userinfo = async () =>
      (await fetch(`${mire.issuer}/userinfo`, { headers: { authorization: `Bearer ${access_token}` } })).status;
    const post = async (path: string, body: Record<string, string>) =>
      (
        await fetch(`${mire.issuer}${path}`, {
          method: 'POST',
          headers: { authorization: basic },
          body: new URLSearchParams(body),
        })
      ).status;
    expect(await userinfo()).toBe(200);

    const disabled = await parallel(4, () => disableClient(parts(), id, 'contract ended'));
    expect(disabled.filter(({ changed }) => changed)).toHaveLength(1);
    const everywhere = async () => [
      (await new Browser(mire.issuer).get((await application.start()).url)).status,
      await post('/token', { grant_type: 'refresh_token', refresh_token }),
      await post('/token', { grant_type: 'client_credentials' }),
      await post('/introspect', { token: access_token }),
      await post('/revoke', { token: access_token }),
      await post('/par', { redirect_uri: CALLBACK, response_type: 'code' }),
      await userinfo(),
    ];
    expect(await everywhere()).toEqual([400, 401, 401, 401, 401, 401, 401]);
    await expect(silent.finish(answered.url)).rejects.toMatchObject({
      code: 'OAUTH_WWW_AUTHENTICATE_CHALLENGE',
      status: 401,
    });

    // Back again, it starts afresh: nothing that was given before is good.
    expect(await enableClient(parts(), id)).toBe(true);
    expect(await post('/token', { grant_type: 'client_credentials' })).toBe(200);
    expect(await post('/token', { grant_type: 'refresh_token', refresh_token })).toBe(400);
    expect(await userinfo()).toBe(401);
    expect((await auditOf(mire, 'client.disabled')).filter(({ client_id }) => client_id === id)).toHaveLength(1);
  });

  test('neither secret stands in the database as it is', async () => {
    const { id, secret } = await added('client_secret_basic');
    const second = await rotated(id);
    const rows = await mire.database.database('clients').select('payload', 'previous_secret');
    const text = rows
      .map((row) => `${row.payload.toString('latin1')}${row.previous_secret?.toString('latin1')}`)
      .join();
    for (const one of [id, secret, second]) expect(text).not.toContain(one);
  });
});
