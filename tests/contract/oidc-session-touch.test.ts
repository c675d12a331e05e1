import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { LIVES } from '../../config/lives.ts';
import { randomToken } from '../../src/protection/secrets.ts';
import { describeWith } from '../support/jest/services.ts';
import { openPlace, type Place } from './oidc-place.ts';
import { ACCOUNT, REDIRECT_URI, startOidc } from './oidc-server.ts';

function suite(onRedis: boolean): void {
  let place: Place;
  let request: object | undefined;
  let sessions: Adapter;

  beforeAll(async () => {
    place = await openPlace(onRedis, () => request);
    sessions = place.factory('Session');
  });
  afterAll(() => place.stop());

  const exp = Math.floor(Date.now() / 1000) + 120;
  const session = (id: string) => ({ iat: 1, exp, uid: 'u', jti: id, authorizations: { portail: { sid: 's' } } });
  /** Every write seals anew, so that equal bytes mean no write. */
  const written = async (act: (id: string) => Promise<void>): Promise<boolean> => {
    const id = randomToken();
    request = undefined;
    await sessions.upsert(id, session(id), 120);
    const before = await place.dump();
    request = {};
    await act(id);
    return (await place.dump()) !== before;
  };
  const read = async (id: string) => (await sessions.find(id)) as AdapterPayload;

  test.each([
    ['nothing changed', {}, false],
    ['the end moved by less than a minute', { exp: exp + LIVES.sessionTouch - 1, iat: 2 }, false],
    ['the end moved by a minute', { exp: exp + LIVES.sessionTouch }, true],
    ['the end came nearer', { exp: exp - 1 }, true],
    ['the person changed', { accountId: ACCOUNT }, true],
  ])('%s', async (_what, change, expected) => {
    expect(
      await written(async (id) => {
        const payload = await read(id);
        await sessions.upsert(id, { ...payload, ...change }, 120);
      }),
    ).toBe(expected);
  });

  test('a change inside the very object that was read is written', async () => {
    expect(
      await written(async (id) => {
        const payload = await read(id);
        Object.assign(payload.authorizations ?? {}, { ror: { sid: 'other' } });
        await sessions.upsert(id, payload, 120);
        expect(await read(id)).toMatchObject({ authorizations: { ror: { sid: 'other' } } });
      }),
    ).toBe(true);
  });

  test('what another request read does not count', async () => {
    expect(
      await written(async (id) => {
        const payload = await read(id);
        request = {};
        await sessions.upsert(id, payload, 120);
      }),
    ).toBe(true);
  });

  test('outside any request it is always written', async () => {
    expect(
      await written(async (id) => {
        request = undefined;
        await sessions.upsert(id, await read(id), 120);
      }),
    ).toBe(true);
  });

  test('one that was destroyed meanwhile is written', async () => {
    await written(async (id) => {
      const payload = await read(id);
      await sessions.destroy(id);
      await sessions.upsert(id, payload, 120);
      expect(await read(id)).toEqual(payload);
    });
  });
}

/** A silent authorization with a session that was last touched so many seconds ago. @returns by how much its end moved. */
async function silent(place: Place, idle: number): Promise<{ answered: boolean; moved: number }> {
  const server = await startOidc(place.factory);
  try {
    const jti = randomToken();
    const iat = Math.floor(Date.now() / 1000) - idle;
    const authorizations = { portail: { sid: randomToken(), grantId: await server.grant() } };
    const session = {
      iat,
      exp: iat + 1800,
      uid: randomToken(),
      kind: 'Session',
      jti,
      accountId: ACCOUNT,
      loginTs: iat,
    };
    await place.factory('Session').upsert(jti, { ...session, authorizations }, 1800 - idle);
    const query = { client_id: 'portail', response_type: 'code', scope: 'openid', prompt: 'none' };
    const { location } = await server.get(`/auth?${new URLSearchParams({ ...query, redirect_uri: REDIRECT_URI })}`, {
      cookie: `_session=${jti}`,
    });
    const after = (await place.factory('Session').find(jti)) as AdapterPayload;
    return { answered: location?.searchParams.has('code') ?? false, moved: (after.exp ?? 0) - session.exp };
  } finally {
    await server.stop();
  }
}

function throughTheLibrary(onRedis: boolean): void {
  let place: Place;
  beforeAll(async () => {
    place = await openPlace(onRedis);
  });
  afterAll(() => place.stop());

  test('a silent authorization within the minute writes no session', async () => {
    expect(await silent(place, 30)).toEqual({ answered: true, moved: 0 });
  });

  test('a silent authorization after a minute moves the end', async () => {
    const { answered, moved } = await silent(place, 90);
    expect(answered).toBe(true);
    expect(moved).toBeGreaterThanOrEqual(90);
  });
}

describe('the library and the session, on PostgreSQL', () => throughTheLibrary(false));
describeWith('redis', 'the library and the session, on Redis', () => throughTheLibrary(true));
describe('a session written again by the request that read it, on PostgreSQL', () => suite(false));
describeWith('redis', 'a session written again by the request that read it, on Redis', () => suite(true));
