import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Adapter, errors } from 'oidc-provider';
import { randomToken } from '../../src/protection/secrets.ts';
import { openPlace, type Place } from './oidc-place.ts';

describe('a refresh token that is rotated, and its successor', () => {
  let place: Place;
  let request: object | undefined;
  let tokens: Adapter;
  const refreshing = () => ({ oidc: { params: { grant_type: 'refresh_token' } } });
  /** One request, as the library makes it: consume, then save. */
  const rotate = async (from: string, to: string, as: object | undefined = refreshing()) => {
    request = as;
    const consumed = tokens.consume(from);
    request = undefined;
    await consumed;
    request = as;
    const saved = tokens.upsert(to, { jti: to, accountId: ACCOUNT, clientId: 'ror' }, 120);
    request = undefined;
    await saved;
  };
  const issued = async () => {
    const id = randomToken();
    await tokens.upsert(id, { jti: id }, 120);
    return id;
  };

  beforeAll(async () => {
    place = await openPlace(false, () => request);
    tokens = place.factory('RefreshToken');
  });
  afterAll(() => place.stop());

  test('the old one is consumed and the new one is there, after one statement', async () => {
    const [old, next] = [await issued(), randomToken()];
    const sent: string[] = [];
    const note = ({ sql }: { sql: string }) => sent.push(sql);
    place.db.database.on('query', note);
    await rotate(old, next);
    place.db.database.off('query', note);
    expect(sent).toHaveLength(1);
    expect(await tokens.find(old)).toHaveProperty('consumed');
    expect(await tokens.find(next)).toEqual({ jti: next, accountId: ACCOUNT, clientId: 'ror' });
  });

  test('of 20 at once one gets a successor; the others leave nothing', async () => {
    const old = await issued();
    const successors = Array.from({ length: 20 }, () => randomToken());
    const answers = await Promise.allSettled(successors.map((to) => rotate(old, to)));
    const won = answers.filter(({ status }) => status === 'fulfilled');
    expect(won).toHaveLength(1);
    for (const answer of answers)
      if (answer.status === 'rejected') expect(answer.reason).toBeInstanceOf(errors.InvalidGrant);
    const found = await Promise.all(successors.map((to) => tokens.find(to)));
    expect(found.filter((payload) => payload !== undefined)).toHaveLength(1);
  });

  test('one that was consumed, or is gone, gets no successor', async () => {
    const used = await issued();
    await tokens.consume(used);
    for (const old of [used, randomToken()]) {
      const next = randomToken();
      await expect(rotate(old, next)).rejects.toBeInstanceOf(errors.InvalidGrant);
      expect(await tokens.find(next)).toBeUndefined();
    }
  });

  test('a successor that is never saved leaves the old one as it was', async () => {
    const old = await issued();
    request = refreshing();
    await tokens.consume(old);
    request = undefined;
    expect(await tokens.find(old)).not.toHaveProperty('consumed');
  });

  test('where nothing is rotated, consuming is at once', async () => {
    for (const other of [undefined, {}, { oidc: { params: { grant_type: 'authorization_code' } } }]) {
      const old = await issued();
      request = other;
      await tokens.consume(old);
      request = undefined;
      expect(await tokens.find(old)).toHaveProperty('consumed');
    }
  });
});

const ACCOUNT = '7f0d9a3e-0a53-4c5e-9d0a-5a0b6f1c2d3e';
