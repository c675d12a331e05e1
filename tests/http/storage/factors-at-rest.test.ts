import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bytesOf, factorsJourney } from '../../support/factors/whole-factors-journey.ts';
import { findAll, type Place } from '../../support/http/needles.ts';
import { Wire } from '../../support/http/wire.ts';
import { describeWith } from '../../support/jest/services.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { NO_MAIL } from '../../support/sign-in/whole-journey.ts';
import { dumpDatabase, dumpRedis } from '../../support/storage/dump.ts';
import { type TestRedis, testRedis } from '../../support/storage/redis.ts';

const KINDS = ['authenticator seed', 'recovery code', 'undo code', 'new password', 'recovery in progress'];

function rules(withRedis: boolean): void {
  let mire: RunningMire;
  let redis: TestRedis | undefined;
  const wire = new Wire();
  /** Dumps taken along the way: rows come and go. */
  const places: Place[] = [];
  const dump = async (): Promise<Place[]> => [
    ...(await dumpDatabase(mire.database)),
    ...(redis ? await dumpRedis(redis.client) : []),
  ];
  const logged = () => mire.logs.map((text) => ({ place: 'log', text }));

  beforeAll(async () => {
    redis = withRedis ? await testRedis() : undefined;
    // The notices wait, so that what they bring stands somewhere at each dump.
    mire = await startMire({ env: { MAIL_URL: NO_MAIL, ...(redis ? { REDIS_URL: redis.url } : {}) } });
    await factorsJourney(mire, wire, async () => {
      places.push(...(await dump()));
    });
    places.push(...logged());
  });
  afterAll(async () => {
    await mire?.close();
    await redis?.stop();
  });
  const of = (kind: string) => [...wire.secrets].filter(([, what]) => what === kind).map(([secret]) => secret);

  test('the journey made and used each of them, and what they stand in was read', () => {
    expect(KINDS.filter((kind) => of(kind).length === 0)).toEqual([]);
    // As shown and as compared.
    expect(of('recovery code')).toHaveLength(20);
    expect(of('undo code')).toHaveLength(6);
    expect(of('new password')).toHaveLength(2);
    const seen = new Set(places.map(({ place }) => place.split('.').slice(0, 2).join('.')));
    for (const table of ['authenticators', 'recovery_codes', 'undos', 'recoveries', 'notices', 'audit'])
      expect([table, seen.has(`public.${table}`)]).toEqual([table, true]);
  });

  test('no seed, code on paper, undo code or password stands in a table, a key of Redis or a line of the log', () => {
    expect(findAll(wire.secrets, places)).toEqual([]);
  });

  test('each of them would be found where it stands, left in clear', async () => {
    const { database } = mire.database;
    const [[seed = ''], [paper = ''], [, undo = ''], [password = '']] = [
      of('authenticator seed'),
      of('recovery code'),
      of('undo code'),
      of('new password'),
    ];
    await database('authenticators').update({ seed: bytesOf(seed) });
    const [code] = await database('recovery_codes').select('id').limit(1);
    await database('recovery_codes')
      .where({ id: code.id })
      .update({ code_hash: Buffer.from(paper) });
    const [waiting] = await database('undos').select('code_hash').limit(1);
    await database('undos')
      .where({ code_hash: waiting.code_hash })
      .update({ code_hash: Buffer.from(undo) });
    const [notice] = await database('notices').select('id').limit(1);
    const params = Buffer.from(JSON.stringify({ undo: `${mire.issuer}/compte/annuler#${undo}` }));
    await database('notices').where({ id: notice.id }).update({ params });
    await database.raw(`insert into audit (event, details) values ('account.created', ?)`, [
      JSON.stringify({ password: Buffer.from(password).toString('base64') }),
    ]);
    await redis?.client.hset('canary:hash', 'code', paper);
    mire.sandbox.parts.log.info({ said: seed }, 'canary');
    const found = findAll(wire.secrets, [...(await dump()), ...logged()]);
    const expected = [
      ['authenticator seed', 'public.authenticators.seed'],
      ['recovery code', 'public.recovery_codes.code_hash'],
      ['undo code', 'public.undos.code_hash'],
      ['undo code', 'public.notices.params'],
      ['new password', 'public.audit.details'],
      ['authenticator seed', 'log'],
      ...(redis ? [['recovery code', 'redis canary:hash']] : []),
    ];
    for (const [what, place] of expected) expect(found).toContainEqual({ what, place });
  });
}

describe('what is kept of the factors of an account, in one database', () => rules(false));
describeWith('redis', 'what is kept of the factors of an account, in a database and Redis', () => rules(true));
