import { chownSync, statSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type OwnPostgres, ownPostgres } from '../../support/servers/own-postgres.ts';
import type { OwnServer } from '../../support/servers/own-server.ts';
import { tlsAuthority } from '../../support/servers/tls-authority.ts';
import { createDatabase, withClient } from '../../support/storage/postgres.ts';
import { Relay } from './relay.ts';

export type Replication = 'sync' | 'async';

const portOf = (url: string): number => Number(new URL(url).port);
const tell = (url: string, ...texts: readonly string[]): Promise<void> =>
  withClient(url, async (client) => {
    for (const text of texts) await client.query(text);
  });

/** A primary, a standby that streams from it, and what stands in front of both. */
export class PostgresPair {
  readonly relay: Relay;
  readonly primary: OwnServer;
  readonly standby: OwnServer;
  readonly primaryUrl: string;
  readonly standbyUrl: string;
  /** PEM of the authority of both, where they speak TLS. */
  readonly caFile: string | undefined;
  readonly #own: OwnPostgres;

  private constructor(parts: {
    relay: Relay;
    own: OwnPostgres;
    standby: OwnServer;
    standbyUrl: string;
    caFile: string | undefined;
  }) {
    this.relay = parts.relay;
    this.#own = parts.own;
    this.primary = parts.own.server;
    this.primaryUrl = parts.own.url;
    this.standby = parts.standby;
    this.standbyUrl = parts.standbyUrl;
    this.caFile = parts.caFile;
  }

  static async start(replication: Replication, tls: boolean): Promise<PostgresPair> {
    let caFile: string | undefined;
    const made = new Map<string, Readonly<Record<string, string>>>();
    const own = await ownPostgres((folder) => {
      const settings = made.get(folder) ?? {
        max_connections: '150',
        wal_level: 'replica',
        ...(tls ? certified(folder) : {}),
      };
      made.set(folder, settings);
      caFile = tls ? join(folder, 'database.ca.pem') : undefined;
      return settings;
    });
    const copy = join(own.folder, 'standby');
    const source = `host=127.0.0.1 port=${portOf(own.url)} user=postgres application_name=standby`;
    await own.tool('pg_basebackup', '-d', source, '-D', copy, '-R', '-X', 'stream', '-c', 'fast');
    const { server: standby, url: standbyUrl } = await own.another(copy);
    await standby.start();
    // From here on no commit is acknowledged that the standby has not.
    if (replication === 'sync')
      await tell(own.url, "alter system set synchronous_standby_names = '*'", 'select pg_reload_conf()');
    await createDatabase(own.url, 'mire');
    const relay = await Relay.start(portOf(own.url));
    return new PostgresPair({ relay, own, standby, standbyUrl, caFile });
  }

  /** What an operator's tool does once it has decided, and what follows it in front. */
  async failOver(connections: 'cut' | 'kept'): Promise<void> {
    await tell(this.standbyUrl, 'select pg_promote()');
    this.relay.moveTo(portOf(this.standbyUrl), connections);
  }

  /** Alive, and told to take no more writes. */
  fence = (): Promise<void> =>
    tell(this.primaryUrl, 'alter system set default_transaction_read_only = on', 'select pg_reload_conf()');

  /** It ends well, and comes back as a standby of the one that will be promoted. */
  async demote(): Promise<void> {
    const data = join(this.#own.folder, 'data');
    await this.#own.tool('pg_ctl', '-D', data, '-m', 'fast', '-w', 'stop');
    await this.#own.tool('touch', join(data, 'standby.signal'));
    const other = `host=127.0.0.1 port=${portOf(this.standbyUrl)} user=postgres`;
    await appendFile(join(data, 'postgresql.auto.conf'), `\nprimary_conninfo = '${other}'\n`);
    await this.primary.start();
  }

  async remove(): Promise<void> {
    await this.relay.stop();
    await this.standby.kill();
    await this.#own.remove();
  }

  /** Where the user of the servers may write. */
  get folder(): string {
    return this.#own.folder;
  }
}

/** Certificate and key, readable by the server alone: the folder is its own. */
function certified(folder: string): Readonly<Record<string, string>> {
  const { certFile, keyFile } = tlsAuthority(folder, 'database');
  const { uid, gid } = statSync(folder);
  for (const file of [certFile, keyFile]) chownSync(file, uid, gid);
  return { ssl: 'on', ssl_cert_file: certFile, ssl_key_file: keyFile };
}
