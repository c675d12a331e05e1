import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Database, openDatabase } from '../../adapters/db/database.ts';
import { createStorage } from '../../adapters/db/storage.ts';
import { createVault, type Vault } from '../../src/protection/secrets.ts';
import { freePort } from '../support/mire.ts';
import { plainNginx } from '../support/servers/own-nginx.ts';
import { type OwnRedis, ownRedis } from '../support/servers/own-redis.ts';
import { type OwnServer, ownDirectory } from '../support/servers/own-server.ts';
import {
  command,
  type Environment,
  MireProcess,
  productionEnvironment,
  startWorker,
} from '../support/servers/production.ts';
import { linkToPsc, type Partners, PSC_IDS, startPartners } from './partners.ts';
import { PostOffice } from './post-office.ts';
import { ReplicatedPostgres } from './replicated-postgres.ts';
import { hashOfPassword, ISSUER, insertAccount, insertApplications, mailOf } from './seeding.ts';
import { pscPersonOf, wayOf } from './ways.ts';

/** The web process whose clock can be moved. */
export const STEPPABLE = 2;
const STEP_CLOCK = new URL('./step-clock.mjs', import.meta.url).href;

/**
 * Three web processes behind nginx, a worker, PostgreSQL with a standby, Redis, a mail server, Pro Santé Connect and the
 * directory of a hospital: in production mode.
 */
export class Deployment {
  readonly postgres: ReplicatedPostgres;
  readonly redis: OwnRedis;
  readonly post: PostOffice;
  readonly partners: Partners;
  readonly environment: Environment;
  readonly front: string;
  readonly database: Database;
  readonly vault: Vault;
  readonly ports: readonly number[];
  replicas: MireProcess[];
  worker: MireProcess;
  readonly #nginx: OwnServer;
  readonly #remove: () => Promise<void>;

  private constructor(
    parts: Omit<Deployment, 'restart' | 'stop' | 'storage'> & { nginx: OwnServer; remove(): Promise<void> },
  ) {
    this.postgres = parts.postgres;
    this.redis = parts.redis;
    this.post = parts.post;
    this.partners = parts.partners;
    this.environment = parts.environment;
    this.front = parts.front;
    this.database = parts.database;
    this.vault = parts.vault;
    this.ports = parts.ports;
    this.replicas = parts.replicas;
    this.worker = parts.worker;
    this.#nginx = parts.nginx;
    this.#remove = parts.remove;
  }

  static async start(people: number): Promise<Deployment> {
    const post = new PostOffice();
    const [postgres, redis, mail, folder, partners] = await Promise.all([
      ReplicatedPostgres.start(),
      ownRedis(),
      post.start(),
      ownDirectory(),
      startPartners(ISSUER, people),
    ]);
    const environment = productionEnvironment({
      ISSUER,
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      MAIL_URL: mail,
      TERMS_VERSION: 'drill',
      LOG_LEVEL: 'info',
      MODES: 'login-mdp,code-ephemere,compte-local,psc',
      ...partners.environment,
    });
    await command(['migrate'], environment);
    const database = openDatabase({ url: postgres.url, pool: 4, singleSession: false });
    const vault = createVault((environment.DATA_KEYS ?? '').split(','), environment.INDEX_KEY ?? '');
    await populate(database, vault, people, partners);
    const ports = [await freePort(), await freePort(), await freePort()];
    const replicas = await Promise.all(ports.map((port, index) => startServe(environment, port, index === STEPPABLE)));
    const { nginx, front } = await plainNginx(folder.path, ports);
    return new Deployment({
      postgres,
      redis,
      post,
      partners,
      environment,
      front,
      database,
      vault,
      ports,
      replicas,
      worker: await startWorker(environment),
      nginx,
      remove: folder.remove,
    });
  }

  get storage() {
    return createStorage(this.database, this.vault);
  }

  /** One web process ends as a platform would end it, and another takes its place. */
  async restart(index: number): Promise<void> {
    await this.replicas[index]?.stop();
    this.replicas[index] = await startServe(this.environment, this.ports[index] ?? 0, index === STEPPABLE);
  }

  async stop(): Promise<void> {
    await this.database.destroy();
    for (const one of [...this.replicas, this.worker]) one.signal('SIGKILL');
    await Promise.all([...this.replicas, this.worker].map((one) => one.ended()));
    await this.#nginx.kill();
    await Promise.all([
      this.post.stop(),
      this.partners.stop(),
      this.redis.remove(),
      this.postgres.remove(),
      this.#remove(),
    ]);
  }
}

async function startServe(environment: Environment, port: number, steppable: boolean): Promise<MireProcess> {
  const metrics = await freePort();
  const started = new MireProcess(['serve'], {
    ...environment,
    PORT: String(port),
    METRICS_PORT: String(metrics),
    ...(steppable ? { NODE_OPTIONS: `--import=${STEP_CLOCK}` } : {}),
  });
  await started.logged('ready');
  return started;
}

/** Pro Santé Connect knows a few people, whose accounts several journeys share. */
export const loginOf = (index: number): string =>
  wayOf(index) === 'psc' ? `professionnel${pscPersonOf(index)}` : `personne${index}`;

async function populate(database: Database, vault: Vault, people: number, partners: Partners): Promise<void> {
  const storage = createStorage(database, vault);
  const hash = await hashOfPassword();
  const ids = new Map<number, string>();
  await storage.transaction(async (tx) => {
    for (let index = 0; index < people; index++)
      ids.set(index, await insertAccount(tx, hash, `personne${index}`, mailOf(index)));
    for (const index of PSC_IDS.keys())
      await linkToPsc(
        tx,
        await insertAccount(tx, hash, `professionnel${index}`, `professionnel${index}@hopital.test`),
        index,
      );
  });
  await partners.settle(storage, (index) => ids.get(index));
  await insertApplications(database, vault);
}

/** Fills what is left of a small disk. @returns how to free it. */
export async function fillDisk(path: string): Promise<() => Promise<void>> {
  const file = join(path, 'filling');
  const child = spawn('dd', ['if=/dev/zero', `of=${file}`, 'bs=1M'], { stdio: 'ignore' });
  await once(child, 'close');
  return async () => {
    await once(spawn('rm', ['-f', file], { stdio: 'ignore' }), 'close');
  };
}
