import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { checkRedis, openRedis } from '../../../adapters/redis.ts';
import { createLog } from '../../../src/log.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { describeWith } from '../../support/jest/services.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { type OwnCluster, ownCluster } from '../../support/servers/own-cluster.ts';
import { MDURAND, messages, openCodeEphemere } from '../../support/sign-in/journeys.ts';

describeWith('redis-server', 'on a Redis Cluster of three nodes', () => {
  let cluster: OwnCluster;
  let mire: RunningMire;
  /** The keys of each node while somebody is signed in. */
  let keys: string[][] = [];
  beforeAll(async () => {
    cluster = await ownCluster();
    mire = await startMire({ env: { REDIS_URL: cluster.url, REDIS_CLUSTER: 'true' } });
  });
  afterAll(async () => {
    await mire?.close();
    await cluster?.stop();
  });

  test('a code is queued, sent and taken, tokens are exchanged and renewed, and a wrong password counts', async () => {
    const messagerie = await Application.discover(mire.issuer, 'messagerie');
    const started = await messagerie.start();
    const browser = new Browser(mire.issuer);
    await browser.get(started.url);
    await openCodeEphemere(browser);
    expect((await browser.submit({ ...MDURAND, password: 'Motdepasse-refuse-31' })).status).toBe(401);
    await browser.submit(MDURAND);
    await browser.submit({ channel: 'mail' });
    const [message] = await messages(mire, 1);
    const tokens = await started.finish((await browser.submit({ code: message?.code ?? '' })).url);
    expect(tokens.claims()).toMatchObject({ acr: 'eidas2', mire_mode: 'code-ephemere' });
    await client.fetchUserInfo(messagerie.configuration, tokens.access_token, tokens.claims()?.sub ?? '');
    const renewed = await client.refreshTokenGrant(messagerie.configuration, tokens.refresh_token ?? '');
    keys = await Promise.all(cluster.servers.map((node) => node.keys('*')));
    await client.tokenRevocation(messagerie.configuration, renewed.refresh_token ?? '');
    const gone = await client.tokenIntrospection(messagerie.configuration, renewed.access_token);
    expect(gone.active).toBe(false);
  });

  test('keys stand on more than one node, those of one model or of the queues on one', () => {
    expect(keys.filter((of) => of.length > 0).length).toBeGreaterThan(1);
    const tags = keys.map((of) => [...new Set(of.map((key) => /^[^{]*\{(\w+)\}/.exec(key)?.[1]).filter(Boolean))]);
    expect(tags.flat()).toEqual(expect.arrayContaining(['Session', 'AccessToken', 'queue']));
    expect(new Set(tags.flat()).size).toBe(tags.flat().length);
  });

  test('a node that forgets or evicts is told by name of its setting before anything is trusted', async () => {
    const redis = openRedis({ url: cluster.url, cluster: true }, createLog('silent'));
    try {
      expect(await checkRedis(redis)).toEqual([]);
      await cluster.servers[2]?.config('SET', 'maxmemory-policy', 'allkeys-lru');
      expect(await checkRedis(redis)).toEqual([
        { level: 'error', message: 'maxmemory-policy is allkeys-lru, it must be noeviction' },
      ]);
    } finally {
      await cluster.servers[2]?.config('SET', 'maxmemory-policy', 'noeviction');
      redis.disconnect();
    }
  });
});
