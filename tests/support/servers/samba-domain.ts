import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const DOMAIN = { dns: 'chu.test', netbios: 'CHU', base: 'DC=chu,DC=test' } as const;
const ADMIN_PASSWORD = 'Administration-2026';
export const ADMINISTRATOR = { dn: `CN=Administrator,CN=Users,${DOMAIN.base}`, password: ADMIN_PASSWORD } as const;
const CONTROLLER = 'DC1';
const FILLER = fileURLToPath(new URL('samba-people.py', import.meta.url));
/** Debian's own, where Samba's modules are; another one may come first in the path. */
const PYTHON = '/usr/bin/python3';

/** Whom a new domain holds. */
export interface DomainPeople {
  /** LDIF that changes the domain's own policy. */
  readonly policy: string;
  readonly entries: readonly Readonly<Record<string, unknown>>[];
  /** The account whose rights `hidden` takes away: the reading of an attribute, on one entry. */
  readonly service: string;
  readonly hidden: readonly (readonly [dn: string, right: string])[];
}

/** What a controller needs to know; it answers LDAP and nothing else. */
export const smbConf = (folder: string, address: string, more: readonly string[] = []): string =>
  [
    '[global]',
    `netbios name = ${CONTROLLER}`,
    `realm = ${DOMAIN.dns.toUpperCase()}`,
    `workgroup = ${DOMAIN.netbios}`,
    'server role = active directory domain controller',
    'server services = ldap',
    `interfaces = ${address}/8`,
    'bind interfaces only = yes',
    ...['private', 'state', 'cache', 'pid'].map(
      (name) => `${name} ${name === 'private' ? 'dir' : 'directory'} = ${folder}/${name}`,
    ),
    `lock directory = ${folder}`,
    `ncalrpc dir = ${folder}/ncalrpc`,
    `binddns dir = ${folder}/bind-dns`,
    `log file = ${folder}/log.%m`,
    'logging = file',
    // Nobody needs it after a power cut.
    'ldb:nosync = yes',
    ...more,
    '',
  ].join('\n');

/**
 * A domain that controllers are copied from. Making one takes twenty seconds; it is kept for later runs (jest.config.js
 * says where), named by what it was made from.
 */
export function domainFolder(people: DomainPeople): string {
  const made = JSON.stringify(people);
  const digest = createHash('sha256').update(made).update(readFileSync(FILLER)).update(DOMAIN.base).digest('hex');
  const kept = join(process.env.MIRE_TEST_KEPT ?? tmpdir(), 'samba');
  const folder = join(kept, digest.slice(0, 16));
  if (existsSync(folder)) return folder;
  mkdirSync(kept, { recursive: true });
  const own = mkdtempSync(join(tmpdir(), 'mire-domain-'));
  try {
    make(own, made);
    // Two workers may make it at once: the first one stays.
    if (!existsSync(folder)) cpSync(own, `${folder}.${process.pid}`, { recursive: true });
    if (!existsSync(folder)) renameSync(`${folder}.${process.pid}`, folder);
  } finally {
    rmSync(own, { recursive: true, force: true });
    rmSync(`${folder}.${process.pid}`, { recursive: true, force: true });
  }
  return folder;
}

function make(folder: string, people: string): void {
  const quiet = { stdio: 'pipe', env: { ...process.env, PYTHONWARNINGS: 'ignore' } } as const;
  execFileSync(
    PYTHON,
    [
      '/usr/bin/samba-tool',
      'domain',
      'provision',
      `--realm=${DOMAIN.dns.toUpperCase()}`,
      `--domain=${DOMAIN.netbios}`,
      `--host-name=${CONTROLLER}`,
      '--server-role=dc',
      '--dns-backend=NONE',
      `--adminpass=${ADMIN_PASSWORD}`,
      `--targetdir=${folder}`,
      '--option=interfaces=127.0.0.1/8',
      '--option=bind interfaces only=yes',
      // A container has no extended attributes.
      '--option=vfs objects=dfs_samba4 acl_xattr xattr_tdb',
      `--option=posix:eadb=${folder}/eadb.tdb`,
    ],
    quiet,
  );
  const conf = join(folder, 'smb.conf');
  writeFileSync(conf, smbConf(folder, '127.0.0.1'));
  const file = join(folder, 'people.json');
  writeFileSync(file, people);
  execFileSync(PYTHON, [FILLER, conf, join(folder, 'private/sam.ldb'), file], quiet);
}
