import type { PostgresPair, Replication } from './postgres-pair.ts';

/** What stands between Mire and the server. */
export type Path = 'direct' | 'pooled' | 'tls' | 'several hosts';

export interface Harm {
  readonly pair: PostgresPair;
  /** What stands in front decides after so long that it is over with the old primary, and moves. */
  decides(): Promise<void>;
  /** From here on the new primary serves: what it knows must hold everywhere. */
  moved(): void;
}

/** One way for a server to be lost, and what is in front of it. */
export interface Row {
  readonly server: 'PostgreSQL';
  readonly fault: string;
  readonly connections: 'cut' | 'kept';
  readonly replication: Replication;
  readonly path: Path;
  inflict(harm: Harm): Promise<void>;
  /** The old primary is still there, and does not know that another was promoted. */
  readonly twoPrimaries?: true;
}

/** What the machine itself costs: of a row beside this one, as much is nobody's failover. */
const nothing = ({ decides }: Harm): Promise<void> => decides();

const killed = async ({ pair, decides, moved }: Harm): Promise<void> => {
  await pair.primary.kill();
  await decides();
  await pair.failOver('cut');
  moved();
};

const silent =
  (connections: 'cut' | 'kept') =>
  async ({ pair, decides, moved }: Harm): Promise<void> => {
    await pair.primary.freeze();
    await decides();
    await pair.failOver(connections);
    moved();
  };

/** It takes no more writes, and goes on answering who is connected to it. */
const readOnly =
  (connections: 'cut' | 'kept') =>
  async ({ pair, decides, moved }: Harm): Promise<void> => {
    await pair.fence();
    await decides();
    await pair.failOver(connections);
    moved();
  };

/** It is back as a standby before what stands in front has noticed: whoever is quick meets it. */
const asStandby = async ({ pair, decides, moved }: Harm): Promise<void> => {
  await pair.demote();
  await decides();
  await pair.failOver('kept');
  moved();
};

/** Nobody told it. */
const unaware = async ({ pair, moved }: Harm): Promise<void> => {
  await pair.failOver('kept');
  moved();
};

const slow = async ({ pair, decides }: Harm): Promise<void> => {
  pair.relay.delay = 60;
  await decides();
  await decides();
  pair.relay.delay = 0;
};

const wireCut = async ({ pair, decides }: Harm): Promise<void> => {
  for (let times = 0; times < 3; times += 1) {
    pair.relay.cut();
    await decides();
  }
};

const row = (
  fault: string,
  connections: Row['connections'],
  replication: Replication,
  path: Path,
  inflict: Row['inflict'],
  more: Pick<Row, 'twoPrimaries'> = {},
): Row => ({ server: 'PostgreSQL', fault, connections, replication, path, inflict, ...more });

/** Every row is drilled (`npm run test:fault`); docs/scaling.md tells what each costs. Other servers may add theirs. */
export const ROWS: readonly Row[] = [
  row('none', 'kept', 'sync', 'direct', nothing),
  row('killed', 'cut', 'sync', 'direct', killed),
  row('killed', 'cut', 'async', 'direct', killed),
  row('killed', 'cut', 'sync', 'pooled', killed),
  row('killed', 'cut', 'sync', 'several hosts', killed),
  row('silent', 'kept', 'sync', 'direct', silent('kept')),
  row('silent', 'cut', 'sync', 'direct', silent('cut')),
  row('silent', 'kept', 'async', 'direct', silent('kept')),
  row('silent', 'kept', 'sync', 'pooled', silent('kept')),
  row('silent', 'kept', 'sync', 'several hosts', silent('kept')),
  row('demoted: read-only', 'kept', 'sync', 'direct', readOnly('kept')),
  row('demoted: read-only', 'cut', 'sync', 'direct', readOnly('cut')),
  row('demoted: read-only', 'kept', 'sync', 'pooled', readOnly('kept')),
  row('demoted: read-only', 'kept', 'sync', 'several hosts', readOnly('kept')),
  row('planned: back as a standby', 'cut', 'sync', 'direct', asStandby),
  row('planned: back as a standby', 'cut', 'async', 'direct', asStandby),
  row('planned: back as a standby', 'cut', 'sync', 'pooled', asStandby),
  row('another promoted, unaware', 'kept', 'sync', 'direct', unaware, { twoPrimaries: true }),
  row('slow: 60 ms each way', 'kept', 'sync', 'direct', slow),
  row('TLS cut three times', 'cut', 'sync', 'tls', wireCut),
];

export const nameOf = ({ server, fault, connections, replication, path }: Row): string =>
  `${server} ${fault}, connections ${connections}, ${replication}, ${path}`;
