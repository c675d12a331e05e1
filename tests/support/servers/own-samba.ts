import { randomInt } from 'node:crypto';
import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Attribute, Change, Client } from 'ldapts';
import { binary } from '../jest/binaries.ts';
import { listening, OwnServer, ownDirectory, spawnQuietly } from './own-server.ts';
import { ADMINISTRATOR, type DomainPeople, domainFolder, smbConf } from './samba-domain.ts';
import { type ServerCertificate, tlsAuthority } from './tls-authority.ts';

export interface OwnSamba {
  readonly ldaps: string;
  /** Without TLS, where no password is taken. */
  readonly ldap: string;
  readonly certificate: ServerCertificate;
  readonly server: OwnServer;
  /** Changes the directory as the domain's administrator does. */
  administer<T>(work: (client: Client) => Promise<T>): Promise<T>;
  /** Attributes of an entry get other values; none: the attribute goes. */
  change(dn: string, values: Readonly<Record<string, string | Buffer | undefined>>): Promise<void>;
  remove(): Promise<void>;
}

/** Controllers listen on the ports of LDAP alone: each has an address of the loopback network instead. */
const ownAddress = () => `127.${randomInt(16, 240)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;

/** A real Active Directory domain controller, with a copy of these people. */
export async function ownSamba(people: DomainPeople): Promise<OwnSamba> {
  const samba = binary('samba');
  if (!samba) throw new Error('samba is not installed here');
  const template = domainFolder(people);
  const { path: folder, remove } = await ownDirectory();
  await cp(template, folder, { recursive: true });
  await mkdir(join(folder, 'pid'));
  const address = ownAddress();
  const certificate = tlsAuthority(folder, 'controller', address);
  await chmod(certificate.keyFile, 0o600);
  const conf = join(folder, 'smb.conf');
  const tls = [
    `tls keyfile = ${certificate.keyFile}`,
    `tls certfile = ${certificate.certFile}`,
    `tls cafile = ${certificate.caFile}`,
  ];
  await writeFile(conf, smbConf(folder, address, tls));
  const server = new OwnServer(
    // It ends when its standard input does, so with the process of the tests, however that one ends.
    () => spawnQuietly(samba, ['-i', '-M', 'single', '-s', conf], { stdio: ['pipe', 'ignore', 'ignore'] }),
    () => listening(636, address),
  );
  await server.start();
  const ldaps = `ldaps://${address}`;
  async function administer<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client({ url: ldaps, tlsOptions: { ca: certificate.ca }, timeout: 20_000 });
    try {
      await client.bind(ADMINISTRATOR.dn, ADMINISTRATOR.password);
      return await work(client);
    } finally {
      await client.unbind();
    }
  }
  return {
    ldaps,
    ldap: `ldap://${address}`,
    certificate,
    server,
    administer,
    change: (dn, values) =>
      administer((client) =>
        client.modify(
          dn,
          Object.entries(values).map(
            ([type, value]) =>
              new Change({
                operation: 'replace',
                modification: new Attribute({
                  type,
                  values: value === undefined ? [] : ([value] as string[] | Buffer[]),
                }),
              }),
          ),
        ),
      ),
    async remove() {
      await server.kill();
      await remove();
    },
  };
}
