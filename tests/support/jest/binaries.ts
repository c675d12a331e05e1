import { existsSync } from 'node:fs';

export const SERVICES_VARIABLE = 'MIRE_TEST_SERVICES';

const BINARIES = {
  // The same engine without the windows of a desktop that nobody sees, first: its pages cost a quarter.
  chromium: ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'],
  pgbouncer: ['/usr/sbin/pgbouncer', '/usr/local/bin/pgbouncer'],
  nginx: ['/usr/sbin/nginx', '/usr/bin/nginx'],
  openssl: ['/usr/bin/openssl', '/usr/local/bin/openssl', '/opt/homebrew/bin/openssl'],
  haproxy: ['/usr/sbin/haproxy', '/usr/local/sbin/haproxy'],
  // Debian keeps each version apart; other systems have one.
  'postgres-server': [
    ...[18, 17, 16, 15].map((version) => `/usr/lib/postgresql/${version}/bin/postgres`),
    '/usr/local/bin/postgres',
    '/usr/bin/postgres',
  ],
  slapd: ['/usr/sbin/slapd'],
  // A domain controller binds the ports of LDAP, which root alone may.
  samba: process.getuid?.() === 0 ? ['/usr/sbin/samba'] : [],
  // Of Postfix what starts all the rest, as root: without it no other user would do.
  postfix: process.getuid?.() === 0 ? ['/usr/lib/postfix/sbin/master'] : [],
  spamassassin: ['/usr/bin/spamassassin'],
  // Of Dovecot too what starts the rest, as root.
  dovecot: process.getuid?.() === 0 ? ['/usr/sbin/dovecot'] : [],
  rspamd: process.getuid?.() === 0 ? ['/usr/bin/rspamd'] : [],
  promtool: ['/usr/bin/promtool', '/usr/local/bin/promtool', '/opt/homebrew/bin/promtool'],
  'redis-server': ['/usr/bin/redis-server', '/usr/local/bin/redis-server'],
} as const;

export const binary = (name: keyof typeof BINARIES): string | undefined =>
  (BINARIES[name] as readonly string[]).find((path) => existsSync(path));
