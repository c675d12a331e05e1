import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NATIONAL_ID } from '../../../src/accounts/account.ts';
import { asNginx, goToCardHost, readCard, testCard } from '../../support/cards/cards.ts';
import { Application } from '../../support/clients/application.ts';
import { findAll, type Place } from '../../support/http/needles.ts';
import { TappedBrowser, type Wire } from '../../support/http/wire.ts';
import { describeWith } from '../../support/jest/services.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { WITHOUT_FLOORS } from '../../support/pace.ts';
import { MDURAND } from '../../support/sign-in/journeys.ts';
import { NO_MAIL, UNKNOWN_LOGIN, wholeJourney } from '../../support/sign-in/whole-journey.ts';
import { dumpDatabase, dumpRedis } from '../../support/storage/dump.ts';
import { type TestRedis, testRedis } from '../../support/storage/redis.ts';

/** What the account itself may say of its owner stands in one table; nowhere else. */
const OWN_TABLE = /^public\.accounts\./;

function rules(withRedis: boolean): void {
  let mire: RunningMire;
  let redis: TestRedis | undefined;
  let wire: Wire;
  /** Dumps taken along the way: rows come and go. */
  const places: Place[] = [];
  const dump = async () => [...(await dumpDatabase(mire.database)), ...(redis ? await dumpRedis(redis.client) : [])];

  beforeAll(async () => {
    redis = withRedis ? await testRedis() : undefined;
    mire = await startMire({
      cards: true,
      structures: true,
      added: { pace: { ...WITHOUT_FLOORS, watch: 50 } },
      env: { MAIL_URL: NO_MAIL, ...(redis ? { REDIS_URL: redis.url } : {}) },
    });
    wire = await wholeJourney(mire, async () => {
      places.push(...(await dump()));
    });
    await byCard();
    // What was logged, of all of it, is kept as long as the rest.
    places.push(...mire.logs.map((text) => ({ place: 'log', text })));
  });

  /** A card: its way to the other host and back, and the certificate itself. */
  async function byCard(): Promise<void> {
    const browser = new TappedBrowser(mire.issuer, wire);
    const { url } = await (await Application.discover(mire.issuer, 'ror')).start();
    const note = (what: string, { searchParams }: URL) => {
      for (const value of searchParams.values()) wire.note(what, value);
    };
    const door = await goToCardHost(browser, url);
    note('card hand-over', door);
    places.push(...(await dump()));
    const pem = testCard(mire, 'cps-infirmiere').certificatePem;
    wire.note('card certificate', pem.split('\n')[3]);
    const back = new URL(await readCard(mire, door, asNginx(mire, pem)), mire.issuer);
    note('card ticket', back);
    places.push(...(await dump()));
    await browser.get(back);
    places.push(...(await dump()));
  }
  afterAll(async () => {
    await mire.close();
    await redis?.stop();
  });

  test('the journey went through everything that is secret', () => {
    // The cookie of an interaction holds the uid that its address holds too.
    const kinds = new Set(wire.secrets.values());
    const wanted = [
      'access_token',
      'refresh_token',
      'id_token',
      'code',
      'seed',
      'client_secret',
      'registration_access_token',
      'initial_access_token',
      'device_code',
      'card hand-over',
      'card certificate',
      'card ticket',
      'auth_req_id',
      'desktop request',
      'upstream idToken',
      'upstream subject',
      'upstream sid',
      'structure secret',
      'structure login',
      'entry',
      'desktop code',
      'device name',
      'user_code',
      'request_uri',
      'client_assertion',
      'dpop',
      'password',
      'state',
      'nonce',
      '_csrf',
      'cookie mire_session',
      'cookie mire_interaction',
    ];
    expect(wanted.filter((kind) => !kinds.has(kind))).toEqual([]);
    const seen = new Set(places.map(({ place }) => place.split('.').slice(0, 2).join('.')));
    for (const table of [
      'public.oidc_models',
      'public.challenges',
      'public.flows',
      'public.desktop_requests',
      'public.desktop_devices',
      'public.structures',
      'public.structure_members',
      'public.directory_tries',
      'public.audit',
      'public.identities',
      'public.signing_keys',
    ]) {
      expect([table, seen.has(table)]).toEqual([table, true]);
    }
    const queued = places.some(({ place }) =>
      withRedis ? place.startsWith('redis mire:{queue}:codes') : place.startsWith('bullmq.'),
    );
    expect(queued).toBe(true);
  });

  test('no token, cookie, code, seed or password that crossed the wire stands anywhere', () => {
    expect(findAll(wire.secrets, places)).toEqual([]);
  });

  test('no national id anywhere, and no name, address or identifier outside the account itself', async () => {
    const { storage } = mire.sandbox.parts;
    const account = (await storage.accounts.byLoginKey(MDURAND.login))?.account;
    expect(account).toBeDefined();
    const nationalId = await storage.accounts.identity(account?.id ?? '', NATIONAL_ID);
    expect(nationalId).toMatch(/^\d{12}$/);
    expect(findAll(new Map([[nationalId ?? '', 'national id']]), places)).toEqual([]);
    const personal = new Map([
      [MDURAND.login, 'identifier'],
      [UNKNOWN_LOGIN, 'what was typed as identifier'],
      [account?.email ?? '', 'mail'],
      [account?.phone ?? '', 'phone'],
      [account?.familyName ?? '', 'name'],
    ]);
    expect(personal.has('')).toBe(false);
    expect(
      findAll(
        personal,
        places.filter(({ place }) => !OWN_TABLE.test(place)),
      ),
    ).toEqual([]);
  });

  test('no private part of a signing key stands in clear', () => {
    const keys = places.filter(({ place }) => place.startsWith('public.signing_keys.'));
    expect(keys.length).toBeGreaterThan(0);
    expect(keys.filter(({ text }) => /"(?:d|p|q|dp|dq|qi)"/.test(text))).toEqual([]);
  });

  test('a secret left in any table, or any type of Redis value, would be found', async () => {
    const { database } = mire.database;
    const canary = `canary-${randomUUID()}`;
    const secrets = new Map([[canary, 'canary']]);
    expect(findAll(secrets, await dump())).toEqual([]);
    await database.raw(`insert into oidc_models (model, id_hash, payload) values ('Grant', ?, ?)`, [
      Buffer.from('x'),
      Buffer.concat([Buffer.from([0, 255, 7]), Buffer.from(canary)]),
    ]);
    await database.raw(`insert into audit (event, details) values ('account.created', ?)`, [
      JSON.stringify({ deep: [{ canary }] }),
    ]);
    await database.raw(`insert into audit (event, details) values ('account.created', ?)`, [
      JSON.stringify({ sealed: Buffer.from(canary).toString('base64') }),
    ]);
    await database.raw('create table bullmq.canaries (words text[])');
    await database.raw('insert into bullmq.canaries values (?)', [[canary]]);
    const wanted = [
      'bullmq.canaries.words',
      'public.audit.details',
      'public.audit.details',
      'public.oidc_models.payload',
    ];
    if (redis) {
      const { client } = redis;
      await client.set('canary:string', canary);
      await client.hset('canary:hash', 'field', canary);
      await client.rpush('canary:list', canary);
      await client.sadd('canary:set', canary);
      await client.zadd('canary:zset', 1, canary);
      await client.xadd('canary:stream', '*', 'field', canary);
      await client.set(`canary:key:${canary}`, '');
      wanted.push(
        ...['hash', 'key', 'list', 'set', 'stream', 'string', 'zset'].map((type) =>
          type === 'key' ? `redis canary:key:${canary}` : `redis canary:${type}`,
        ),
      );
    }
    expect(
      findAll(secrets, await dump())
        .map(({ place }) => place)
        .sort(),
    ).toEqual(wanted.sort());
  });
}

describe('what is kept of whole journeys, in one database', () => rules(false));
describeWith('redis', 'what is kept of whole journeys, in a database and Redis', () => rules(true));
