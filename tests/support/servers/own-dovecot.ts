import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { binary } from '../jest/binaries.ts';
import { freePort } from '../mire.ts';
import { listening, OwnServer, ownDirectory, spawnQuietly } from './own-server.ts';
import { type ServerCertificate, tlsAuthority } from './tls-authority.ts';

export const MAILBOX_USER = 'retours';
/** As people choose them: in an address each of these has another spelling. */
export const MAILBOX_PASSWORD = 'Retours/2026@?é';

export interface OwnDovecot {
  readonly server: OwnServer;
  /** TLS from the first byte, and STARTTLS, as MAIL_BOUNCES_IMAP says it. */
  readonly urls: Readonly<Record<'imaps' | 'imap', string>>;
  readonly certificate: ServerCertificate;
  remove(): Promise<void>;
}

interface Ground {
  readonly folder: string;
  readonly mailbox: string;
  readonly certificate: ServerCertificate;
  readonly ports: Readonly<Record<'imaps' | 'imap' | 'sasl', number>>;
}

const settings = ({ folder, mailbox, certificate: { certFile, keyFile }, ports }: Ground) => `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <${certFile}
ssl_key = <${keyFile}
disable_plaintext_auth = yes
auth_mechanisms = plain login
first_valid_uid = 1
mail_location = maildir:${mailbox}
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u ${folder}/users
}
userdb {
  driver = static
  args = uid=65534 gid=65534 home=${folder}/home
}
service imap-login {
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = ${ports.imaps}
    ssl = yes
  }
}
service auth {
  inet_listener {
    address = 127.0.0.1
    port = ${ports.sasl}
  }
}
`;

/**
 * A real Dovecot on ports of its own, whose one mailbox is a folder that somebody else delivers to (Maildir). It starts as
 * root, as every Dovecot does.
 * @param sasl where Postfix asks it about logins (`smtpd_sasl_path`)
 */
export async function ownDovecot(mailbox: string, sasl: number): Promise<OwnDovecot> {
  const dovecot = binary('dovecot');
  if (!dovecot) throw new Error('Dovecot is not installed here');
  const { path: folder, remove } = await ownDirectory();
  await chmod(folder, 0o755);
  const certificate = tlsAuthority(folder, 'imap');
  const ports = { imaps: await freePort(), imap: await freePort(), sasl };
  await writeFile(join(folder, 'users'), `${MAILBOX_USER}:{PLAIN}${MAILBOX_PASSWORD}\n`);
  await writeFile(join(folder, 'dovecot.conf'), settings({ folder, mailbox, certificate, ports }));
  const server = new OwnServer(
    () => spawnQuietly(dovecot, ['-F', '-c', join(folder, 'dovecot.conf')]),
    async () => {
      await listening(ports.imap);
      await listening(sasl);
    },
  );
  await server.start();
  const login = `${MAILBOX_USER}:${encodeURIComponent(MAILBOX_PASSWORD)}`;
  return {
    server,
    urls: {
      imaps: `imaps://${login}@127.0.0.1:${ports.imaps}/INBOX`,
      imap: `imap://${login}@127.0.0.1:${ports.imap}/INBOX`,
    },
    certificate,
    async remove() {
      await server.stop();
      await remove();
    },
  };
}
