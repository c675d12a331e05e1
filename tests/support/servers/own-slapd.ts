import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Client } from 'ldapts';
import { binary } from '../jest/binaries.ts';
import { freePort } from '../mire.ts';
import { OwnServer, ownDirectory, spawnQuietly } from './own-server.ts';
import { type ServerCertificate, tlsAuthority } from './tls-authority.ts';

export const BASE = 'dc=hopital,dc=example';
const PEOPLE = `ou=people,${BASE}`;
export const GROUPS = `ou=groups,${BASE}`;
/** Whose password Mire searches with, and who may change entries. */
export const READER = { dn: `cn=mire,${BASE}`, password: 'Lecture-seule-2026' };
const ADMIN = { dn: `cn=admin,${BASE}`, password: 'Administration-2026' };

export interface Entry {
  readonly uid: string;
  readonly given: string;
  readonly family: string;
  readonly password: string;
  /** More lines of LDIF. */
  readonly more?: readonly string[];
}

export const dnOf = (uid: string): string => `uid=${uid},${PEOPLE}`;

/** They stand together, where slapadd looks for them. */
const isClass = (line: string) => line.startsWith('objectClass:');

const ldif = ({ uid, given, family, password, more = [] }: Entry): string =>
  [
    `dn: ${dnOf(uid)}`,
    'objectClass: inetOrgPerson',
    ...more.filter(isClass),
    `uid: ${uid}`,
    `cn: ${given} ${family}`,
    `givenName: ${given}`,
    `sn: ${family}`,
    `userPassword: ${password}`,
    ...more.filter((line) => !isClass(line)),
  ].join('\n');

export interface OwnSlapd {
  readonly ldaps: string;
  /** Without TLS until StartTLS. */
  readonly ldap: string;
  readonly certificate: ServerCertificate;
  readonly server: OwnServer;
  /** Changes the directory as its own administrator does. */
  administer<T>(work: (client: Client) => Promise<T>): Promise<T>;
  /** Another certificate, of another authority, under the same address. */
  swapCertificate(): Promise<void>;
  remove(): Promise<void>;
}

interface SlapdMore {
  /** The password policy of everybody: lines of LDIF. */
  readonly policy?: readonly string[];
}
const POLICY = `cn=policy,${BASE}`;

const answering = (port: number) =>
  new Promise<void>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.on('error', reject);
  });

/** A real OpenLDAP on ports of its own, with these people and `filler` others. */
export async function ownSlapd(
  people: readonly Entry[],
  groups: Readonly<Record<string, readonly string[]>> = {},
  filler = 0,
  { policy }: SlapdMore = {},
): Promise<OwnSlapd> {
  const slapd = binary('slapd');
  if (!slapd) throw new Error('slapd is not installed here');
  const { path: folder, remove } = await ownDirectory();
  const certificate = tlsAuthority(folder, 'first');
  const other = tlsAuthority(folder, 'second');
  const [plain, secure] = [await freePort(), await freePort()];
  const conf = join(folder, 'slapd.conf');
  const configure = ({ caFile, certFile, keyFile }: ServerCertificate) =>
    writeFile(
      conf,
      `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/nis.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
moduleload ppolicy
pidfile ${folder}/pid
argsfile ${folder}/args
TLSCACertificateFile ${caFile}
TLSCertificateFile ${certFile}
TLSCertificateKeyFile ${keyFile}
access to attrs=userPassword by dn.exact="${ADMIN.dn}" write by anonymous auth by * none
access to * by dn.exact="${ADMIN.dn}" write by dn.exact="${READER.dn}" read by anonymous auth by self read by * none
database mdb
maxsize 67108864
suffix "${BASE}"
rootdn "${ADMIN.dn}"
rootpw ${ADMIN.password}
directory ${folder}/data
dbnosync
index objectClass,uid,member,entryUUID eq
overlay memberof
overlay ppolicy
${policy ? `ppolicy_default "${POLICY}"\nppolicy_use_lockout\n` : ''}`,
    );
  await mkdir(join(folder, 'data'));
  await configure(certificate);
  const others = Array.from({ length: filler }, (_, index) =>
    ldif({
      uid: `agent${index}`,
      given: 'Agent',
      family: `Numéro${index}`.replace('é', 'e'),
      password: `agent-${index}-2026`,
    }),
  );
  const lines = [
    `dn: ${BASE}\nobjectClass: dcObject\nobjectClass: organization\ndc: hopital\no: Hopital`,
    `dn: ${PEOPLE}\nobjectClass: organizationalUnit\nou: people`,
    `dn: ${GROUPS}\nobjectClass: organizationalUnit\nou: groups`,
    `dn: ${READER.dn}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: mire\nuserPassword: ${READER.password}`,
    ...(policy
      ? [[`dn: ${POLICY}`, 'objectClass: device', 'objectClass: pwdPolicy', 'cn: policy', ...policy].join('\n')]
      : []),
    ...people.map(ldif),
    ...others,
  ];
  await writeFile(join(folder, 'people.ldif'), `${lines.join('\n\n')}\n`);
  execFileSync('/usr/sbin/slapadd', ['-q', '-f', conf, '-l', join(folder, 'people.ldif')], { stdio: 'pipe' });
  const addresses = `ldap://127.0.0.1:${plain}/ ldaps://127.0.0.1:${secure}/`;
  const server = new OwnServer(
    () => spawnQuietly(slapd, ['-h', addresses, '-f', conf, '-d', '0']),
    () => answering(secure),
  );
  await server.start();
  let trusted = certificate;
  const administer = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    const client = new Client({ url: `ldaps://127.0.0.1:${secure}`, tlsOptions: { ca: trusted.ca }, timeout: 5000 });
    try {
      await client.bind(ADMIN.dn, ADMIN.password);
      return await work(client);
    } finally {
      await client.unbind();
    }
  };
  // The overlay writes memberOf when a group is added, not when it is loaded.
  for (const [name, members] of Object.entries(groups))
    await administer((client) =>
      client.add(`cn=${name},${GROUPS}`, { objectClass: 'groupOfNames', cn: name, member: members.map(dnOf) }),
    );
  return {
    ldaps: `ldaps://127.0.0.1:${secure}`,
    ldap: `ldap://127.0.0.1:${plain}`,
    certificate,
    server,
    administer,
    async swapCertificate() {
      await server.stop();
      trusted = other;
      await configure(other);
      await server.start();
    },
    async remove() {
      await server.kill();
      await remove();
    },
  };
}
