import { type Database, openDatabase } from '../../../adapters/db/database.ts';
import { createStorage } from '../../../adapters/db/storage.ts';
import { createVault, type Vault } from '../../../src/protection/secrets.ts';
import { freePort } from '../../support/mire.ts';
import { plainNginx } from '../../support/servers/own-nginx.ts';
import { ownRedis } from '../../support/servers/own-redis.ts';
import { type OwnServer, ownDirectory } from '../../support/servers/own-server.ts';
import { command, type Environment, MireProcess, productionEnvironment } from '../../support/servers/production.ts';
import { databaseUrl } from '../../support/storage/postgres.ts';
import { PostOffice } from '../post-office.ts';
import { hashOfPassword, ISSUER, insertAccount, insertApplications, mailOf } from '../seeding.ts';
import { pgbouncer } from './pgbouncer.ts';
import { PostgresPair } from './postgres-pair.ts';
import type { Row } from './rows.ts';

export interface FailoverGround {
  readonly pair: PostgresPair;
  readonly post: PostOffice;
  readonly front: string;
  readonly vault: Vault;
  readonly processes: readonly { readonly process: MireProcess; readonly metrics: string }[];
  /** Account ids, by person. */
  readonly people: readonly string[];
  /** Past everything that stands in front. */
  open(url: string): Database;
  stop(): Promise<void>;
}

/** Of DATABASE_URL, for this row. */
function addressFor({ path }: Row, pair: PostgresPair, pooler: number | undefined): string {
  const own = (port: number) => `postgres://postgres@127.0.0.1:${port}/mire`;
  if (pooler) return own(pooler);
  if (path === 'tls') return `${own(pair.relay.port)}?sslmode=verify-ca&sslrootcert=${pair.caFile}`;
  if (path !== 'several hosts') return own(pair.relay.port);
  const hosts = [pair.primaryUrl, pair.standbyUrl].map((url) => new URL(url).host).join(',');
  return `postgres://postgres@${hosts}/mire?target_session_attrs=read-write`;
}

async function seed(database: Database, vault: Vault, people: number): Promise<string[]> {
  const hash = await hashOfPassword();
  const ids: string[] = [];
  await createStorage(database, vault).transaction(async (tx) => {
    for (let index = 0; index < people; index++)
      ids.push(await insertAccount(tx, hash, `personne${index}`, mailOf(index)));
  });
  await insertApplications(database, vault);
  return ids;
}

async function startProcess(role: 'serve' | 'work', environment: Environment, port: number) {
  const metrics = await freePort();
  const ports = { PORT: String(port), METRICS_PORT: String(metrics) };
  const process = new MireProcess([role], { ...environment, ...ports });
  await process.logged(role === 'serve' ? 'ready' : 'working');
  return { process, metrics: `http://127.0.0.1:${metrics}/metrics` };
}

/** Two web processes behind nginx and a worker, in production mode, on a pair of servers. */
export async function openGround(row: Row, people: number): Promise<FailoverGround> {
  const post = new PostOffice();
  const [pair, mail, folder] = await Promise.all([
    PostgresPair.start(row.replication, row.path === 'tls'),
    post.start(),
    ownDirectory(),
  ]);
  const pooler = row.path === 'pooled' ? await pgbouncer(pair.folder, pair.relay.port) : undefined;
  // The queue listens, which a pooler does not carry.
  const redis = pooler ? await ownRedis() : undefined;
  const direct = databaseUrl(pair.primaryUrl, 'mire');
  const environment = productionEnvironment({
    ISSUER,
    DATABASE_URL: direct,
    DATABASE_PATIENCE: '4',
    ...(redis ? { REDIS_URL: redis.url } : {}),
    MAIL_URL: mail,
    TERMS_VERSION: 'drill',
    MODES: 'login-mdp,code-ephemere',
  });
  await command(['migrate'], environment);
  const vault = createVault((environment.DATA_KEYS ?? '').split(','), environment.INDEX_KEY ?? '');
  const database = openDatabase({ url: direct, pool: 2, singleSession: false });
  const ids = await seed(database, vault, people);
  await database.destroy();
  const served = { ...environment, DATABASE_URL: addressFor(row, pair, pooler?.port) };
  const ports = [await freePort(), await freePort()];
  const processes = [
    ...(await Promise.all(ports.map((port) => startProcess('serve', served, port)))),
    await startProcess('work', served, await freePort()),
  ];
  const { nginx, front } = await plainNginx(folder.path, ports);
  const servers: OwnServer[] = [nginx, ...(pooler ? [pooler.server] : [])];
  return {
    pair,
    post,
    front,
    vault,
    processes,
    people: ids,
    open: (url) => openDatabase({ url: databaseUrl(url, 'mire'), pool: 2, singleSession: false }),
    async stop() {
      for (const { process } of processes) process.signal('SIGKILL');
      await Promise.all(processes.map(({ process }) => process.ended()));
      await Promise.all([...servers.map((server) => server.kill()), post.stop(), redis?.remove()]);
      await pair.remove();
      await folder.remove();
    },
  };
}
