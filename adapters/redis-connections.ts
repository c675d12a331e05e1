import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import {
  Cluster,
  type ClusterOptions,
  type CommonRedisOptions,
  Redis,
  type SentinelConnectionOptions,
  SentinelConnector,
} from 'ioredis';
import { type RedisLocation, readRedisUrl } from '../config/redis-address.ts';

/** One server (with replicas), or several that share the keys. */
export type RedisClient = Redis | Cluster;

export interface RedisAddress {
  /** Of a server, of Sentinels that know it, or with `cluster` of any nodes: they name the others. */
  readonly url: string;
  readonly cluster: boolean;
  /** PEM, where TLS needs more than the system knows. */
  readonly tls?: {
    readonly ca?: string | undefined;
    readonly cert?: string | undefined;
    readonly key?: string | undefined;
  };
  /** What every key begins with. */
  readonly prefix?: string;
}

/** What a connection is for says how long it waits, and what becomes of a command whose answer did not come. */
export interface Use {
  readonly name: string;
  /** Milliseconds to connect, and for whoever stands between us and the server to say so. */
  readonly connectWithin: number;
  /** Milliseconds until a command is given up by who asked; undefined: it waits for as long as the connection lives. */
  readonly answerWithin?: number;
  /** Milliseconds without the answer that is owed until the server is left: it is silent, whatever its socket says. */
  readonly silentAfter: number;
  /**
   * `fail`: while the server is away, and when it goes away in the middle, who asked is told at once and nothing is sent
   * later or twice. `wait`: for who has nobody to tell, and may repeat itself.
   */
  readonly away: 'fail' | 'wait';
  readonly retryAfter: (times: number) => number;
}

/** Milliseconds. */
const SENTINEL_WITHIN = 1000;
const SLOTS_WITHIN = 1000;
/** An idle connection is asked whether the other end still is, after so long. */
const KEEP_ALIVE = 5000;
/** A server that is left has so long to say what it still owes. */
const LEAVING = 200;

/**
 * What a server answers that cannot serve, or not any more: it was demoted, lost its primary, or has just started. None of
 * them has done what it was asked.
 */
const LEAVES = /(?:^|-)(?:READONLY|MASTERDOWN|LOADING|UNBLOCKED) /;

/** After such an answer the server is left. It has not done what it was asked, so that this alone may be asked anew. */
const leave =
  (away: Use['away']) =>
  ({ message }: Error): false | 1 | 2 => {
    if (!LEAVES.test(message)) return false;
    return away === 'wait' ? 2 : 1;
  };

type Options = Omit<CommonRedisOptions, 'replyMapping' | 'Connector'>;

const optionsFor = (use: Use): Options => ({
  connectionName: use.name,
  connectTimeout: use.connectWithin,
  ...(use.answerWithin === undefined ? {} : { commandTimeout: use.answerWithin }),
  socketTimeout: use.silentAfter,
  keepAlive: KEEP_ALIVE,
  // Its name in CLIENT LIST says enough, and an ACL need not allow more.
  disableClientInfo: true,
  autoResendUnfulfilledCommands: use.away === 'wait',
  maxRetriesPerRequest: use.away === 'wait' ? null : 0,
});

function tlsOf(
  { tls, hosts: [first] }: RedisLocation,
  { ca, cert, key }: NonNullable<RedisAddress['tls']>,
  one: boolean,
) {
  if (!tls) return undefined;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    // Nodes of a cluster name each other by address, and show the certificate of the name they are known by.
    ...(one && first && isIP(first.host) === 0 ? { servername: first.host } : {}),
  } satisfies ConnectionOptions;
}

/** Every connection to Redis, of requests and of the queue, is opened here. */
export function connectRedis({ url, cluster, tls = {} }: RedisAddress, use: Use): RedisClient {
  const location = readRedisUrl(url);
  const { username, password, database: db } = location;
  const options = {
    ...optionsFor(use),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
  const secured = tlsOf(location, tls, cluster);
  if (cluster) return openCluster(location, { ...options, ...(secured ? { tls: secured } : {}) }, use);
  const more = {
    ...options,
    db,
    disconnectTimeout: LEAVING,
    enableOfflineQueue: use.away === 'wait',
    retryStrategy: use.retryAfter,
    reconnectOnError: leave(use.away),
    ...(secured ? { tls: secured } : {}),
  };
  if (location.sentinel) {
    return new Redis({
      ...more,
      Connector: FollowedMaster,
      sentinels: [...location.hosts],
      name: location.sentinel.master,
      ...(location.sentinel.username === undefined ? {} : { sentinelUsername: location.sentinel.username }),
      ...(location.sentinel.password === undefined ? {} : { sentinelPassword: location.sentinel.password }),
      // The host that fell silent may be that of a Sentinel too.
      sentinelCommandTimeout: SENTINEL_WITHIN,
      sentinelRetryStrategy: use.retryAfter,
      sentinelReconnectStrategy: () => SENTINEL_WITHIN,
      failoverDetector: true,
      // Those that the operator wrote: what they call each other may lead nowhere from here.
      updateSentinels: false,
      ...(secured ? { enableTLSForSentinelMode: true, sentinelTLS: secured } : {}),
    });
  }
  const [{ host, port } = { host: '', port: 0 }] = location.hosts;
  return onlyPrimary(new Redis({ ...more, host, port }));
}

/** ioredis writes on the console what becomes of its connections to Sentinels, unless somebody listens: the next one tells it. */
class FollowedMaster extends SentinelConnector {
  constructor(options: unknown) {
    super(options as SentinelConnectionOptions);
    const own = this as unknown as { connectToSentinel(...given: unknown[]): Redis };
    const connect = own.connectToSentinel.bind(this);
    own.connectToSentinel = (...given) => connect(...given).on('error', () => undefined);
  }
}

/** The address may still lead to a server that was demoted: its stale answers are no better than none. */
function onlyPrimary(redis: Redis): Redis {
  const { connector } = redis as unknown as { connector: { check(info: { role?: string }): boolean } };
  connector.check = ({ role }) => {
    if (role === undefined || role === 'master') return true;
    redis.emit('error', new Error('the server at REDIS_URL is a replica: another one is the primary'));
    return false;
  };
  return redis;
}

/** Follows keys where they are moved to, and asks who has them now whenever a node goes away. */
function openCluster({ hosts }: RedisLocation, redisOptions: Options, use: Use): Cluster {
  const options = {
    enableOfflineQueue: use.away === 'wait',
    clusterRetryStrategy: use.retryAfter,
    // Sends nothing a second time to a node that went away in the middle.
    retryDelayOnFailover: use.away === 'wait' ? 100 : 0,
    slotsRefreshTimeout: SLOTS_WITHIN,
    redisOptions: { ...redisOptions, reconnectOnError: leave(use.away) },
  } satisfies ClusterOptions;
  const cluster = new Cluster([...hosts], options);
  cluster.on('-node', () => {
    if (cluster.status === 'ready') cluster.refreshSlotsCache();
  });
  return cluster;
}
