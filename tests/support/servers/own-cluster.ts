import { setTimeout as wait } from 'node:timers/promises';
import { Cluster, Redis } from 'ioredis';
import { freePort } from '../mire.ts';
import type { TestRedis } from '../storage/redis.ts';
import { type OwnRedis, ownRedis } from './own-redis.ts';

export interface OwnCluster extends TestRedis {
  /** A connection to each node alone. */
  readonly servers: readonly Redis[];
}

const SLOTS = 16384;
const NODES = 3;

const portOf = ({ url }: OwnRedis) => Number(new URL(url).port);

/** A port may be taken between the moment it was found free and the start: then others are tried. */
async function node(tries = 3): Promise<OwnRedis> {
  const settings = {
    appendonly: 'yes',
    'maxmemory-policy': 'noeviction',
    'cluster-enabled': 'yes',
    'cluster-port': String(await freePort()),
    'cluster-node-timeout': '2000',
  };
  return ownRedis(settings).catch((error: unknown) => {
    if (tries <= 1) throw error;
    return node(tries - 1);
  });
}

/** Three nodes of a Redis Cluster that share the keys, without replicas. */
export async function ownCluster(): Promise<OwnCluster> {
  const nodes: OwnRedis[] = [];
  for (let index = 0; index < NODES; index += 1) nodes.push(await node());
  const clients = nodes.map(({ url }) => new Redis(url));
  const [first, ...others] = clients;
  if (!first) throw new Error('a cluster has nodes');
  for (const [index, client] of clients.entries()) {
    const from = Math.floor((index * SLOTS) / NODES);
    const to = Math.floor(((index + 1) * SLOTS) / NODES) - 1;
    await client.call('CLUSTER', 'ADDSLOTSRANGE', String(from), String(to));
  }
  for (const [index, other] of others.entries()) {
    const [, bus = ''] = (await other.config('GET', 'cluster-port')) as string[];
    await first.call('CLUSTER', 'MEET', '127.0.0.1', String(portOf(nodes[index + 1] as OwnRedis)), bus);
  }
  const whole = async () => {
    const told = await Promise.all(clients.map(async (client) => String(await client.call('CLUSTER', 'INFO'))));
    return told.every((info) => info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${NODES}`));
  };
  while (!(await whole())) await wait(50);
  const client = new Cluster([{ host: '127.0.0.1', port: portOf(nodes[0] as OwnRedis) }]);
  // A cluster asks any one node for these; a test means all of them.
  Object.assign(client, {
    keys: async (pattern: string) => (await Promise.all(clients.map((one) => one.keys(pattern)))).flat(),
    flushdb: () => Promise.all(clients.map((one) => one.flushall())),
  });
  return {
    url: nodes[0]?.url ?? '',
    servers: clients,
    // What tests ask of one server, this answers for all.
    client: client as unknown as Redis,
    async stop() {
      client.disconnect();
      for (const one of clients) one.disconnect();
      for (const node of nodes) await node.remove();
    },
  };
}
