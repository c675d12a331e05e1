import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import type { ModelName } from '../../config/models.ts';
import { randomToken } from '../../src/protection/secrets.ts';
import { describeWith } from '../support/jest/services.ts';
import type { DatabaseKind } from '../support/storage/database.ts';
import { openPlace, type Place } from './oidc-place.ts';

const ACCOUNT = '7f0d9a3e-0a53-4c5e-9d0a-5a0b6f1c2d3e';
const inTwoMinutes = () => Math.floor(Date.now() / 1000) + 120;

function suite(onRedis: boolean | 'cluster', on?: DatabaseKind): void {
  let place: Place;
  const adapter = (model: ModelName): Adapter => place.factory(model);

  beforeAll(async () => {
    place = await openPlace(onRedis, undefined, on);
  });
  afterAll(() => place.stop());

  test('a payload comes back as it went in', async () => {
    const id = randomToken();
    const payload = { accountId: ACCOUNT, clientId: 'portail', exp: inTwoMinutes(), jti: id, scope: 'openid' };
    await adapter('AccessToken').upsert(id, payload, 120);
    expect(await adapter('AccessToken').find(id)).toEqual(payload);
  });

  test('NUL bytes, lone surrogates, emoji and __proto__ survive', async () => {
    const id = randomToken();
    const text = 'Zoé\u0000 \ud800 \udfff 👩‍⚕️ ﷽';
    const extra = JSON.parse('{"__proto__":{"polluted":true},"a":null}') as Record<string, unknown>;
    await adapter('AccessToken').upsert(id, { jti: id, nonce: text, extra: { ...extra, text } }, 120);
    const found = (await adapter('AccessToken').find(id)) as AdapterPayload;
    expect(found.nonce).toBe(text);
    expect(found.extra).toEqual({ ...extra, text });
    expect(({} as { polluted?: true }).polluted).toBeUndefined();
  });

  test('an upsert replaces the whole payload', async () => {
    const id = randomToken();
    await adapter('Interaction').upsert(id, { jti: id, returnTo: 'https://a.example/', nonce: 'n' }, 120);
    await adapter('Interaction').upsert(id, { jti: id, returnTo: 'https://b.example/' }, 120);
    expect(await adapter('Interaction').find(id)).toEqual({ jti: id, returnTo: 'https://b.example/' });
  });

  test('unknown ids are undefined to find, nothing to destroy and invalid_grant to consume', async () => {
    const id = randomToken();
    expect(await adapter('AccessToken').find(id)).toBeUndefined();
    expect(await adapter('Session').findByUid(id)).toBeUndefined();
    expect(await adapter('DeviceCode').findByUserCode('BCDF-GHJK')).toBeUndefined();
    await adapter('AccessToken').destroy(id);
    await adapter('AccessToken').revokeByGrantId(id);
    await expect(adapter('AuthorizationCode').consume(id)).rejects.toBeInstanceOf(errors.InvalidGrant);
  });

  test('an id of one model is unknown to another', async () => {
    const id = randomToken();
    await adapter('AccessToken').upsert(id, { jti: id }, 120);
    expect(await adapter('RefreshToken').find(id)).toBeUndefined();
    expect(await adapter('Session').find(id)).toBeUndefined();
  });

  test('a destroyed row is gone, with its user code', async () => {
    const id = randomToken();
    await adapter('DeviceCode').upsert(id, { jti: id, userCode: 'WXYZ-BCDF' }, 120);
    await adapter('DeviceCode').destroy(id);
    expect(await adapter('DeviceCode').find(id)).toBeUndefined();
    expect(await adapter('DeviceCode').findByUserCode('WXYZ-BCDF')).toBeUndefined();
  });

  test('an expired row shows its exp, or is gone', async () => {
    const id = randomToken();
    const exp = Math.floor(Date.now() / 1000) + 30;
    await adapter('AuthorizationCode').upsert(id, { jti: id, exp }, 30);
    await place.pass(29);
    expect(await adapter('AuthorizationCode').find(id)).toMatchObject({ exp });
    await place.pass(600);
    expect([undefined, exp]).toContain(((await adapter('AuthorizationCode').find(id)) as AdapterPayload)?.exp);
  });

  test('a Client never expires', async () => {
    await adapter('Client').upsert('ror', { client_id: 'ror', client_secret: 'ror-sandbox-secret' });
    await place.pass(400 * 24 * 3600);
    expect(await adapter('Client').find('ror')).toEqual({ client_id: 'ror', client_secret: 'ror-sandbox-secret' });
  });

  test('what was consumed shows since when, and no later upsert makes it new again', async () => {
    const id = randomToken();
    await adapter('DeviceCode').upsert(id, { jti: id }, 120);
    expect(await adapter('DeviceCode').find(id)).not.toHaveProperty('consumed');
    const at = Math.floor(Date.now() / 1000) + place.ahead();
    await adapter('DeviceCode').consume(id);
    const { consumed } = (await adapter('DeviceCode').find(id)) as AdapterPayload;
    expect(consumed).toBeGreaterThanOrEqual(at);
    expect(consumed).toBeLessThanOrEqual(at + 5);
    await adapter('DeviceCode').upsert(id, { jti: id, inFlight: true }, 120);
    expect(await adapter('DeviceCode').find(id)).toEqual({ jti: id, inFlight: true, consumed });
  });

  test.each(['AuthorizationCode', 'RefreshToken', 'DeviceCode'] as const)(
    '20 at once consume one %s once',
    async (model) => {
      const id = randomToken();
      await adapter(model).upsert(id, { jti: id }, 120);
      const answers = await Promise.allSettled(Array.from({ length: 20 }, () => adapter(model).consume(id)));
      expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const answer of answers) {
        if (answer.status === 'rejected') expect(answer.reason).toBeInstanceOf(errors.InvalidGrant);
      }
    },
  );

  test('a pushed request used twice is an invalid request_uri, as the library says it', async () => {
    const id = randomToken();
    await adapter('PushedAuthorizationRequest').upsert(id, { jti: id, request: 'e30.e30.' }, 60);
    await adapter('PushedAuthorizationRequest').consume(id);
    await expect(adapter('PushedAuthorizationRequest').consume(id)).rejects.toBeInstanceOf(errors.InvalidRequestUri);
  });

  test('20 at once record one replay id once, and it is free again when it ends', async () => {
    const id = randomToken();
    const record = () => adapter('ReplayDetection').upsert(id, { jti: id, iss: 'ror' }, 60);
    const answers = await Promise.allSettled(Array.from({ length: 20 }, record));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const answer of answers) {
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ statusCode: 400, expose: true });
    }
    await place.pass(58);
    await expect(record()).rejects.toBeInstanceOf(errors.InvalidDpopProof);
    await place.pass(3);
    await record();
  });

  test('an absurd or fractional end, which a client may write into an assertion, is no error', async () => {
    for (const life of [1e300, Number.POSITIVE_INFINITY, 12.5, 0, -3]) {
      const id = randomToken();
      await adapter('ReplayDetection').upsert(id, { jti: id }, life);
      await expect(adapter('ReplayDetection').upsert(id, { jti: id }, life)).rejects.toMatchObject({ statusCode: 400 });
    }
  });

  test('revoking a grant takes this model and this grant, nothing else', async () => {
    const [grantId, other, first, second, kept, code] = Array.from({ length: 6 }, () => randomToken()) as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    await adapter('AccessToken').upsert(first, { jti: first, grantId }, 120);
    await adapter('AccessToken').upsert(second, { jti: second, grantId }, 10);
    await adapter('AccessToken').upsert(kept, { jti: kept, grantId: other }, 120);
    await adapter('AuthorizationCode').upsert(code, { jti: code, grantId }, 60);
    await adapter('AccessToken').revokeByGrantId(grantId);
    expect(await adapter('AccessToken').find(first)).toBeUndefined();
    expect(await adapter('AccessToken').find(second)).toBeUndefined();
    expect(await adapter('AccessToken').find(kept)).toBeDefined();
    expect(await adapter('AuthorizationCode').find(code)).toBeDefined();
  });

  test('a long-lived token stays revocable after a short-lived one of its grant ended', async () => {
    const [grantId, long, short] = [randomToken(), randomToken(), randomToken()];
    await adapter('AccessToken').upsert(long, { jti: long, grantId }, 3600);
    await adapter('AccessToken').upsert(short, { jti: short, grantId }, 1);
    await place.pass(600);
    expect(await adapter('AccessToken').find(long)).toBeDefined();
    await adapter('AccessToken').revokeByGrantId(grantId);
    expect(await adapter('AccessToken').find(long)).toBeUndefined();
  });

  test('a row that moved to another grant is not revoked with the first', async () => {
    const [id, before, after] = [randomToken(), randomToken(), randomToken()];
    await adapter('DeviceCode').upsert(id, { jti: id, grantId: before }, 120);
    await adapter('DeviceCode').upsert(id, { jti: id, grantId: after }, 120);
    await adapter('DeviceCode').revokeByGrantId(before);
    expect(await adapter('DeviceCode').find(id)).toBeDefined();
    await adapter('DeviceCode').revokeByGrantId(after);
    expect(await adapter('DeviceCode').find(id)).toBeUndefined();
  });

  test('a session is found by its uid after its id rotated, in either order', async () => {
    const [uid, first, second, third] = [randomToken(), randomToken(), randomToken(), randomToken()];
    await adapter('Session').upsert(first, { jti: first, uid }, 120);
    await adapter('Session').destroy(first);
    await adapter('Session').upsert(second, { jti: second, uid }, 120);
    expect(await adapter('Session').findByUid(uid)).toMatchObject({ jti: second });
    await adapter('Session').upsert(third, { jti: third, uid }, 120);
    expect(await adapter('Session').findByUid(uid)).toMatchObject({ jti: third });
    await adapter('Session').destroy(second);
    expect(await adapter('Session').findByUid(uid)).toMatchObject({ jti: third });
    expect(await adapter('Session').find(first)).toBeUndefined();
  });

  test('a device code is found by its user code', async () => {
    const id = randomToken();
    await adapter('DeviceCode').upsert(id, { jti: id, userCode: 'MNPQ-RSTV' }, 120);
    expect(await adapter('DeviceCode').findByUserCode('MNPQ-RSTV')).toEqual({ jti: id, userCode: 'MNPQ-RSTV' });
  });

  test('nothing that could be used or read stands in clear', async () => {
    const secrets = {
      id: randomToken(),
      uid: randomToken(),
      grantId: randomToken(),
      userCode: 'QRST-VWXZ',
      nonce: 'marker-in-payload',
    };
    const { id, uid, grantId, userCode, nonce } = secrets;
    await adapter('Session').upsert(id, { jti: id, uid, nonce }, 120);
    await adapter('AccessToken').upsert(id, { jti: id, grantId, nonce }, 120);
    await adapter('RefreshToken').upsert(id, { jti: id, grantId, nonce }, 120);
    await adapter('DeviceCode').upsert(id, { jti: id, grantId, userCode, nonce }, 120);
    await adapter('Grant').upsert(grantId, { jti: grantId, accountId: ACCOUNT, nonce }, 120);
    await adapter('AuthorizationCode').upsert(id, { jti: id, grantId, nonce }, 120);
    await adapter('AuthorizationCode').consume(id);
    const dump = await place.dump();
    expect(dump).toContain('AuthorizationCode');
    for (const secret of Object.values(secrets)) {
      expect(dump).not.toContain(secret);
      expect(dump).not.toContain(Buffer.from(secret).toString('hex'));
      expect(dump).not.toContain(Buffer.from(secret).toString('base64url'));
    }
  });

  test('a payload copied to another row does not open', async () => {
    const [mine, theirs] = [randomToken(), randomToken()];
    await adapter('Grant').upsert(mine, { jti: mine, accountId: ACCOUNT }, 120);
    await adapter('Grant').upsert(theirs, { jti: theirs }, 120);
    const hash = (id: string) => place.db.database.raw("sha256(convert_to(?, 'utf8'))", [id]);
    await place.db.database.raw(
      'update oidc_models set payload = (select payload from oidc_models where id_hash = ?) where id_hash = ?',
      [hash(mine), hash(theirs)],
    );
    await expect(adapter('Grant').find(theirs)).rejects.toThrow('unable to authenticate data');
    expect(await adapter('Grant').find(mine)).toBeDefined();
  });

  if (onRedis) {
    test('every Redis key has an end', async () => {
      const client = place.redis?.client;
      const keys = (await client?.keys('*')) ?? [];
      expect(keys.length).toBeGreaterThan(10);
      for (const key of keys) expect(await client?.pttl(key)).toBeGreaterThan(0);
    });

    test('a short-lived model without an end is refused', async () => {
      const id = randomToken();
      await expect(adapter('AccessToken').upsert(id, { jti: id })).rejects.toThrow('without an end');
    });

    test('no index is left behind by what it pointed at', async () => {
      const [id, uid, grantId] = [randomToken(), randomToken(), randomToken()];
      await place.redis?.client.flushdb();
      await adapter('Session').upsert(id, { jti: id, uid }, 120);
      await adapter('DeviceCode').upsert(id, { jti: id, grantId, userCode: 'ZZZZ-ZZZZ' }, 120);
      await adapter('AccessToken').upsert(id, { jti: id, grantId }, 120);
      await adapter('Session').destroy(id);
      await adapter('DeviceCode').revokeByGrantId(grantId);
      await adapter('AccessToken').destroy(id);
      expect(await place.redis?.client.keys('*')).toEqual([]);
    });
  }
}

describeWith('postgres', 'oidc-provider models on PostgreSQL', () => suite(false, 'postgres'));
describe('oidc-provider models on PGlite', () => suite(false, 'pglite'));
describeWith('redis', 'oidc-provider models on Redis and PostgreSQL', () => suite(true));
describeWith('redis-server', 'oidc-provider models on a Redis Cluster and PostgreSQL', () => suite('cluster'));
