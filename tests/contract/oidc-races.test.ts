import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { describeWith } from '../support/jest/services.ts';
import { openPlace, type Place } from './oidc-place.ts';
import { type Answer, type OidcServer, REDIRECT_URI, startOidc } from './oidc-server.ts';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

function suite(onRedis: boolean | 'cluster'): void {
  let place: Place;
  let server: OidcServer;

  beforeAll(async () => {
    place = await openPlace(onRedis);
    server = await startOidc(place.factory);
  });
  afterAll(async () => {
    await server.stop();
    await place.stop();
  });
  afterEach(() => {
    expect(server.failures.splice(0)).toEqual([]);
  });

  const redeem = (code: string) =>
    server.post('/token', { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI });
  const refresh = (token: string) => server.post('/token', { grant_type: 'refresh_token', refresh_token: token });
  const twenty = (act: () => Promise<Answer>) => Promise.all(Array.from({ length: 20 }, act));
  const summary = (answers: Answer[]) =>
    answers.map(({ status, body }) => (status === 200 ? '200' : `${status} ${body.error}`)).sort();
  const one = (refused: string) => ['200', ...Array.from({ length: 19 }, () => refused)];

  test('20 redemptions of one code at once: one token, the others invalid_grant', async () => {
    const code = await server.code(await server.grant());
    expect(summary(await twenty(() => redeem(code)))).toEqual(one('400 invalid_grant'));
  });

  test('20 uses of one refresh token at once: one token, the others invalid_grant', async () => {
    const { body } = await redeem(await server.code(await server.grant()));
    expect(summary(await twenty(() => refresh(String(body.refresh_token))))).toEqual(one('400 invalid_grant'));
  });

  test('20 uses of one client assertion at once: one token, the others invalid_client as one after the other', async () => {
    const form = {
      grant_type: 'client_credentials',
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: await server.assertion(),
    };
    expect(summary(await twenty(() => server.post('/token', form)))).toEqual(one('401 invalid_client'));
    expect(await server.post('/token', form)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  test('20 uses of one DPoP proof at once: one token, the others refused', async () => {
    const dpop = await server.proof('/token');
    const answers = await twenty(() => server.post('/token', { grant_type: 'client_credentials' }, { dpop }));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status, body } of answers.filter((answer) => answer.status !== 200)) {
      expect(status).toBe(400);
      expect(['invalid_grant', 'invalid_dpop_proof']).toContain(body.error);
    }
  });

  test.each(['code', 'refresh token'])('a %s used again ends the whole grant', async (what) => {
    const grantId = await server.grant();
    const code = await server.code(grantId);
    const { body } = await redeem(code);
    const refreshed = await refresh(String(body.refresh_token));
    expect(refreshed.status).toBe(200);
    const again = what === 'code' ? await redeem(code) : await refresh(String(body.refresh_token));
    expect(again).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await server.provider.Grant.find(grantId)).toBeUndefined();
    expect(await refresh(String(refreshed.body.refresh_token))).toMatchObject({ status: 400 });
    expect(await server.get('/me', bearer(refreshed))).toMatchObject({ status: 401 });
  });

  if (onRedis) {
    test('a Redis restored from the past revives no token and no code of a revoked grant', async () => {
      const grantId = await server.grant();
      const unused = await server.code(grantId);
      const tokens = await redeem(await server.code(grantId));
      const token = String(tokens.body.access_token);
      expect(await server.get('/me', bearer(tokens))).toMatchObject({ status: 200 });
      const past = await snapshot(place);

      expect(await server.post('/token/revocation', { token })).toMatchObject({ status: 200 });
      expect(await server.provider.AccessToken.find(token)).toBeUndefined();
      await restore(place, past);
      // The restored token is really there: only its grant is not.
      expect(await server.provider.AccessToken.find(token)).toMatchObject({ grantId });

      expect(await server.get('/me', bearer(tokens))).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
      expect(await server.post('/token/introspection', { token })).toMatchObject({ body: { active: false } });
      expect(await redeem(unused)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
      expect(await refresh(String(tokens.body.refresh_token))).toMatchObject({ status: 400 });
    });
  }
}

const bearer = ({ body }: Answer) => ({ authorization: `Bearer ${body.access_token}` });

type Snapshot = { key: string; bytes: Buffer; life: number }[];

async function snapshot({ redis }: Place): Promise<Snapshot> {
  const past: Snapshot = [];
  for (const key of (await redis?.client.keys('*')) ?? []) {
    const bytes = await redis?.client.dumpBuffer(key);
    if (bytes) past.push({ key, bytes, life: (await redis?.client.pttl(key)) ?? 0 });
  }
  return past;
}

async function restore({ redis }: Place, past: Snapshot): Promise<void> {
  await redis?.client.flushdb();
  for (const { key, bytes, life } of past) await redis?.client.restore(key, life, bytes);
}

describe('single use on PostgreSQL', () => suite(false));
describeWith('redis', 'single use on Redis and PostgreSQL', () => suite(true));
describeWith('redis-server', 'single use on a Redis Cluster and PostgreSQL', () => suite('cluster'));
