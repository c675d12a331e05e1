import { readFileSync } from 'node:fs';
import { createStorage } from '../../../adapters/db/storage.ts';
import { createAdapterFactory } from '../../../adapters/oidc/adapter.ts';
import { createPasswords } from '../../../src/accounts/passwords.ts';
import { createVault, type Vault } from '../../../src/protection/secrets.ts';
import { CALLBACK } from '../clients/application.ts';
import { MailBox } from '../delivery/mail-server.ts';
import { freePort } from '../mire.ts';
import { MovingAddress } from '../servers/moving-address.ts';
import { ownSentinels, portOf, redisPair } from '../servers/own-sentinels.ts';
import { ownDirectory } from '../servers/own-server.ts';
import { type MireProcess, productionEnvironment, startReplica, startWorker } from '../servers/production.ts';
import { tlsAuthority } from '../servers/tls-authority.ts';
import { type TestDatabase, testDatabase } from '../storage/database.ts';
import type { Harm, Path } from './redis-rows.ts';

export const ISSUER = 'https://mire.test';
export const SECRET = 'a secret of the applications of the drill';
export const PASSWORD = 'Onze pommes sur la table 7';
export const loginOf = (person: number): string => `personne${person}`;
export const mailOf = (person: number): string => `personne${person}@hopital.test`;

export interface RedisGround {
  readonly harm: Omit<Harm, 'decides'>;
  readonly post: MailBox;
  /** Ports of the web processes. */
  readonly ports: readonly number[];
  stop(): Promise<void>;
}

interface Stand {
  readonly environment: Readonly<Record<string, string>>;
  readonly harm: Omit<Harm, 'decides'>;
  remove(): Promise<void>;
}

async function withSentinels(): Promise<Stand> {
  const own = await ownSentinels();
  return {
    environment: { REDIS_URL: own.url },
    harm: { pair: own, sentinels: own, portOf },
    remove: own.remove,
  };
}

async function behindOneAddress(): Promise<Stand> {
  const pair = await redisPair();
  const address = await MovingAddress.of(portOf(pair.first));
  return {
    environment: { REDIS_URL: `redis://127.0.0.1:${address.port}` },
    harm: { pair, address, portOf },
    async remove() {
      await address.stop();
      await pair.remove();
    },
  };
}

/** Both sides show a certificate of one authority. */
async function behindTls(): Promise<Stand> {
  const directory = await ownDirectory();
  const { ca, caFile, certFile, keyFile } = tlsAuthority(directory.path, 'redis');
  const tls = { 'tls-cert-file': certFile, 'tls-key-file': keyFile, 'tls-ca-cert-file': caFile };
  const ports = [await freePort(), await freePort()] as const;
  const pair = await redisPair(tls, [{ 'tls-port': String(ports[0]) }, { 'tls-port': String(ports[1]) }]);
  const address = await MovingAddress.of(ports[0]);
  const pem = (file: string) => readFileSync(file, 'utf8');
  return {
    environment: {
      REDIS_URL: `rediss://127.0.0.1:${address.port}`,
      REDIS_CA: ca,
      REDIS_CERT: pem(certFile),
      REDIS_KEY: pem(keyFile),
    },
    harm: { pair, address, portOf: (server) => (server === pair.first ? ports[0] : ports[1]) },
    async remove() {
      await address.stop();
      await pair.remove();
      await directory.remove();
    },
  };
}

const STANDS: Readonly<Record<Path, () => Promise<Stand>>> = {
  Sentinel: withSentinels,
  'one address': behindOneAddress,
  'one address, TLS': behindTls,
};

/** Two web processes and a worker, in production mode, on a pair of servers of Redis. */
export async function openRedisGround(path: Path, people: number): Promise<RedisGround> {
  const post = new MailBox();
  const [stand, database, mail] = await Promise.all([STANDS[path](), testDatabase('postgres'), post.listen(0)]);
  const environment = productionEnvironment({
    ISSUER,
    DATABASE_URL: database.url,
    REDIS_PATIENCE: '1',
    MAIL_URL: `smtp://127.0.0.1:${mail}`,
    TERMS_VERSION: 'drill',
    MODES: 'login-mdp,code-ephemere',
    ...stand.environment,
  });
  const vault = createVault((environment.DATA_KEYS ?? '').split(','), environment.INDEX_KEY ?? '');
  await seed(database, vault, people);
  const replicas = await Promise.all([startReplica(environment), startReplica(environment)]);
  const processes: MireProcess[] = [...replicas.map(({ process }) => process), await startWorker(environment)];
  return {
    harm: stand.harm,
    post,
    ports: replicas.map(({ port }) => port),
    async stop() {
      for (const one of processes) one.signal('SIGKILL');
      await Promise.all(processes.map((one) => one.ended()));
      await Promise.all([stand.remove(), post.close()]);
      await database.stop();
    },
  };
}

async function seed({ database }: TestDatabase, vault: Vault, people: number): Promise<void> {
  const hash = await createPasswords({ memory: 19 * 1024, passes: 2 }).hash(PASSWORD);
  await createStorage(database, vault).transaction(async (tx) => {
    for (let person = 0; person < people; person += 1) {
      const id = crypto.randomUUID();
      const names = { familyName: 'Exercice', givenName: loginOf(person), termsVersion: 'drill' };
      await tx.accounts.insert({ id, login: loginOf(person), email: mailOf(person), emailVerified: true, ...names });
      await tx.accounts.setPasswordHash(id, hash);
    }
  });
  const clients = createAdapterFactory({ database, vault, now: () => new Date() })('Client');
  for (const [id, acr] of [
    ['ror', 'eidas1'],
    ['messagerie', 'eidas2'],
  ] as const) {
    const metadata = {
      client_id: id,
      client_name: id,
      client_secret: SECRET,
      redirect_uris: [CALLBACK],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
      scope: 'openid profile email',
      first_party: true,
      minimum_acr: acr,
    };
    await clients.upsert(id, metadata as never, 0);
  }
}
