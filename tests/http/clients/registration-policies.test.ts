import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RegistrationPolicy } from '../../../src/clients/registration-policy.ts';
import { newRegistrationToken } from '../../../src/main/registration-token.ts';
import { parallel } from '../../support/accounts/sample-accounts.ts';
import { type Registered, register } from '../../support/clients/registration.ts';
import { type RunningMire, startMire, testSecrets } from '../../support/mire.ts';
import { mireCommand, typedCommand } from '../../support/mire-command.ts';

describe('an initial access token carries what it allows', () => {
  const secrets = testSecrets();
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ env: secrets });
  });
  afterAll(() => mire.close());

  const token = (policy: RegistrationPolicy, uses = 20) =>
    newRegistrationToken(
      mire.sandbox.http.holder.current(),
      { storage: mire.sandbox.parts.storage, clock: mire.clock.now },
      { seconds: 3600, policy, uses },
    );
  const AT = (host: string) => ({ redirect_uris: [`https://${host}/callback`] });
  const change = async (of: Registered, bearer: string, metadata: Record<string, unknown>) => {
    const answer = await fetch(of.registration_client_uri, {
      method: 'PUT',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify({ client_id: of.client_id, ...metadata }),
    });
    return { ...((await answer.json()) as Registered), status: answer.status };
  };

  test('hosts, scopes and methods beyond it are refused, by name', async () => {
    const allowed = await token({
      redirect_hosts: ['app.hopital.example', '.chu.example'],
      scopes: ['openid', 'profile'],
      auth_methods: ['client_secret_post', 'none'],
    });
    for (const [metadata, reason] of [
      [AT('evil.example'), /host of/],
      [AT('hopital.example'), /host of/],
      [AT('evilchu.example'), /host of/],
      [AT('app.hopital.example.evil.example'), /host of/],
      [{ ...AT('app.hopital.example'), post_logout_redirect_uris: ['https://evil.example/'] }, /host of/],
      [{ ...AT('app.hopital.example'), scope: 'openid email' }, /scope email/],
      [{ ...AT('app.hopital.example'), token_endpoint_auth_method: 'client_secret_basic' }, /client_secret_basic/],
    ] as const) {
      const refused = await register(mire.issuer, allowed, metadata);
      expect([metadata, refused.status, reason.test(refused.error_description ?? '')]).toEqual([metadata, 400, true]);
    }
    const registered = await register(mire.issuer, allowed, AT('gardes.chu.example'));
    expect(registered).toMatchObject({
      status: 201,
      scope: 'openid profile',
      token_endpoint_auth_method: 'client_secret_post',
    });
  });

  test('its client keeps to it afterwards, and keeps what an administrator gave', async () => {
    const one = await register(
      mire.issuer,
      await token({ redirect_hosts: ['app.example'], minimum_acr: 'eidas1', first_party: true }),
      AT('app.example'),
    );
    expect(one).toMatchObject({ status: 201, minimum_acr: 'eidas1', first_party: true });
    const away = await change(one, one.registration_access_token, AT('evil.example'));
    expect(away.status).toBe(400);
    const raised = await change(one, one.registration_access_token, {
      ...AT('app.example'),
      minimum_acr: 'eidas2',
      first_party: false,
      registration_policy: {},
      stage: 'production',
    });
    expect(raised).toMatchObject({ status: 200, minimum_acr: 'eidas2', first_party: true });
    const again = await change(one, raised.registration_access_token, AT('evil.example'));
    expect(again.status).toBe(400);
  });

  test('without a word of an administrator no level below eidas2 is had', async () => {
    for (const policy of [{}, { minimum_acr: 'eidas2' }, { minimum_acr: 'eidas3' }] as const) {
      const refused = await register(mire.issuer, await token(policy), { ...AT('app.example'), minimum_acr: 'eidas1' });
      expect(refused).toMatchObject({ status: 400, error: 'invalid_client_metadata' });
    }
    expect(await register(mire.issuer, await token({ minimum_acr: 'eidas3' }), AT('app.example'))).toMatchObject({
      minimum_acr: 'eidas3',
    });
  });

  test('a level that an administrator lowered is not lost when the client changes its name', async () => {
    const one = await register(mire.issuer, await token({}), AT('app.example'));
    const { clients } = mire.sandbox.parts.storage;
    const stored = await clients.byId(one.client_id);
    const lowered = { ...stored?.metadata, minimum_acr: 'eidas1' } as never;
    expect(await clients.replace(one.client_id, stored?.version ?? 0, lowered, new Date())).toBe(true);
    const changed = await change(one, one.registration_access_token, { ...AT('app.example'), client_name: 'Autre' });
    expect(changed).toMatchObject({ status: 200, client_name: 'Autre', minimum_acr: 'eidas1' });
  });

  test('fifty at once with a token for one: one application', async () => {
    const once = await token({}, 1);
    const statuses = (await parallel(50, () => register(mire.issuer, once, AT('app.example')))).map(
      ({ status }) => status,
    );
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 401)).toHaveLength(49);
  });

  test('the command hands one out, for one application unless said otherwise', async () => {
    const said = await typedCommand(
      ['registration-token', '--redirect-host', 'app.example', '--minimum-acr', 'eidas1'],
      { ...secrets, DATABASE_URL: mire.database.url, ISSUER: mire.issuer },
    );
    const { initial_access_token } = JSON.parse(said.out) as { initial_access_token: string };
    expect(await register(mire.issuer, initial_access_token, AT('other.example'))).toMatchObject({ status: 400 });
    const fresh = await mireCommand(['registration-token', '--minimum-acr', 'eidas4'], {
      ...secrets,
      DATABASE_URL: mire.database.url,
    });
    expect(fresh).toMatchObject({ code: 1, err: '--minimum-acr is eidas1, eidas2 or eidas3.\n' });
  });
});
