import { describe, expect, test } from '@jest/globals';
import { readRedisUrl } from '../../config/redis-address.ts';
import { redisProblems } from '../../config/redis-settings.ts';

describe('REDIS_URL', () => {
  test.each([
    ['redis://127.0.0.1', { tls: false, hosts: [{ host: '127.0.0.1', port: 6379 }], database: 0, sentinel: undefined }],
    ['rediss://mire:p%40ss:word@redis:6380/3', { tls: true, username: 'mire', password: 'p@ss:word', database: 3 }],
    ['redis://:secret@[::1]:7000', { username: undefined, password: 'secret', hosts: [{ host: '::1', port: 7000 }] }],
    [
      'redis+sentinel://user:secret@h1:26379,h2,h3:26381/mymaster/2?sentinelUsername=eye&sentinelPassword=look%26see',
      {
        username: 'user',
        database: 2,
        hosts: [
          { host: 'h1', port: 26379 },
          { host: 'h2', port: 26379 },
          { host: 'h3', port: 26381 },
        ],
        sentinel: { master: 'mymaster', username: 'eye', password: 'look&see' },
      },
    ],
    ['rediss+sentinel://h1,h2/mymaster', { tls: true, sentinel: { master: 'mymaster' } }],
  ])('%s', (url, expected) => {
    expect(readRedisUrl(url)).toMatchObject(expected);
  });

  test.each([
    ['http://secret@redis', 'must be redis://'],
    ['redis+sentinel://:secret@h1,h2', 'must name the master'],
    ['redis://:secret@redis/zero', 'number of a database'],
    ['redis://:secret@redis:99999', 'host:port'],
    ['redis://:secret@h1,,h2', 'host:port'],
    ['redis://:secret@redis?sentinelPassword=secret', 'may have no parameter sentinelPassword'],
    ['redis+sentinel://:secret@h1/mymaster?name=other', 'may have no parameter name'],
    ['redis://:secret%@redis', 'write %25'],
  ])('%s is refused, without its password', (url, sentence) => {
    expect(() => readRedisUrl(url)).toThrow(sentence);
    expect(() => readRedisUrl(url)).not.toThrow(/secret/);
  });
});

test.each([
  [{ REDIS_URL: 'redis+sentinel://h1/m', REDIS_CLUSTER: true }, 'REDIS_CLUSTER'],
  [{ REDIS_URL: 'redis://h1,h2' }, 'REDIS_URL'],
  [{ REDIS_URL: 'redis://h1/2', REDIS_CLUSTER: true }, 'REDIS_URL'],
  [{ REDIS_URL: 'redis://h1', REDIS_CA: 'x' }, 'REDIS_CA'],
  [{ REDIS_URL: 'rediss://h1', REDIS_CA: 'no certificate' }, 'REDIS_CA'],
  [{ REDIS_URL: 'rediss://h1', REDIS_KEY: 'no key' }, 'REDIS_KEY'],
])('%j: %s is named', (settings, name) => {
  expect(redisProblems(settings).map((problem) => problem.name)).toContain(name);
});

test('several nodes of a cluster, and nothing at all, are right', () => {
  expect(redisProblems({ REDIS_URL: 'redis://h1,h2,h3', REDIS_CLUSTER: true })).toEqual([]);
  expect(redisProblems({})).toEqual([]);
});
