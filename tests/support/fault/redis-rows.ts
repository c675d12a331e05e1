import type { MovingAddress } from '../servers/moving-address.ts';
import { askRedis, follow, type OwnSentinels, portOf, type RedisPair } from '../servers/own-sentinels.ts';

/** What stands between Mire and its Redis. */
export type Path = 'Sentinel' | 'one address' | 'one address, TLS';

export interface Harm {
  readonly pair: RedisPair;
  /** Where the Sentinels are. */
  readonly sentinels?: Pick<OwnSentinels, 'failOver' | 'switched'>;
  readonly address?: MovingAddress;
  /** The port of each server that Mire speaks to: another one with TLS. */
  readonly portOf: (server: RedisPair['first']) => number;
  /** What stands in front decides after so long that it is over with the old primary. */
  decides(): Promise<void>;
}

/** One way for a server to be lost, and what is in front of it. */
export interface Row {
  readonly server: 'Redis';
  readonly fault: string;
  readonly connections: 'cut' | 'kept';
  readonly path: Path;
  /** Nobody loses anything but what the replica had not received. */
  readonly planned?: true;
  inflict(harm: Harm): Promise<void>;
}

const some = <T>(part: T | undefined): T => {
  if (part === undefined) throw new Error('this row needs another ground');
  return part;
};

const move = async ({ pair, address, portOf: port }: Harm, connections: Row['connections']): Promise<void> => {
  await pair.promote();
  some(address).moveTo(port(pair.second), connections);
};

const killed = async (harm: Harm): Promise<void> => {
  await harm.pair.first.server.kill();
  if (harm.sentinels) return harm.sentinels.switched();
  await harm.decides();
  await move(harm, 'cut');
};

const stopped = async (harm: Harm): Promise<void> => {
  await harm.pair.first.server.freeze();
  if (harm.sentinels) return harm.sentinels.switched();
  await harm.decides();
  await move(harm, 'kept');
};

/** The server is well, and nothing of what it says arrives. */
const swallowed = async (harm: Harm): Promise<void> => {
  some(harm.address).hush();
  await harm.decides();
  await move(harm, 'kept');
};

/** It follows the other one from now on, and goes on answering who is connected to it. */
const demoted = async (harm: Harm): Promise<void> => {
  if (harm.sentinels) {
    await harm.sentinels.failOver();
    await harm.sentinels.switched();
  } else await harm.pair.promote();
  await follow(harm.pair.first, harm.pair.second);
  if (harm.sentinels) return;
  await harm.decides();
  some(harm.address).moveTo(harm.portOf(harm.pair.second), 'kept');
};

/** As Redis does it itself since 6.2: it waits until the replica has everything. */
const handedOver =
  (connections: Row['connections']) =>
  async (harm: Harm): Promise<void> => {
    const { first, second } = harm.pair;
    await askRedis(first.url, (redis) => redis.call('FAILOVER', 'TO', '127.0.0.1', portOf(second), 'TIMEOUT', 5000));
    some(harm.address).moveTo(harm.portOf(second), connections);
  };

const bySentinel = async ({ sentinels }: Harm): Promise<void> => {
  await some(sentinels).failOver();
  await some(sentinels).switched();
};

const slow = async ({ address, decides }: Harm): Promise<void> => {
  some(address).delay = 60;
  await decides();
  await decides();
  some(address).delay = 0;
};

const wireCut = async ({ address, decides }: Harm): Promise<void> => {
  for (let times = 0; times < 3; times += 1) {
    some(address).cut();
    await decides();
  }
};

const row = (
  fault: string,
  connections: Row['connections'],
  path: Path,
  inflict: Row['inflict'],
  more: Pick<Row, 'planned'> = {},
): Row => ({ server: 'Redis', fault, connections, path, inflict, ...more });

/** Every row is drilled (`npm run test:fault`); docs/scaling.md tells what each costs. */
export const REDIS_ROWS: readonly Row[] = [
  row('killed', 'cut', 'Sentinel', killed),
  row('silent', 'kept', 'Sentinel', stopped),
  row('demoted', 'kept', 'Sentinel', demoted),
  row('planned: SENTINEL FAILOVER', 'kept', 'Sentinel', bySentinel, { planned: true }),
  row('killed', 'cut', 'one address', killed),
  row('silent', 'kept', 'one address', stopped),
  row('silent: what it says is lost', 'kept', 'one address', swallowed),
  row('demoted', 'kept', 'one address', demoted),
  row('planned: FAILOVER', 'kept', 'one address', handedOver('kept'), { planned: true }),
  row('planned: FAILOVER', 'cut', 'one address', handedOver('cut'), { planned: true }),
  row('slow: 60 ms each way', 'kept', 'one address', slow, { planned: true }),
  row('TLS cut three times', 'cut', 'one address, TLS', wireCut, { planned: true }),
  row('silent: what it says is lost', 'kept', 'one address, TLS', swallowed),
];

export const nameOf = ({ server, fault, connections, path }: Row): string =>
  `${server} ${fault}, connections ${connections}, ${path}`;
