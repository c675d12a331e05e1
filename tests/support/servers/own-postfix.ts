import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { binary } from '../jest/binaries.ts';
import { until } from '../jest/until.ts';
import { freePort } from '../mire.ts';
import { type Greylist, greylist } from './greylist.ts';
import { listening, OwnServer, ownDirectory, spawnQuietly } from './own-server.ts';
import { type ServerCertificate, tlsAuthority } from './tls-authority.ts';

/** The domain it receives for, and that of who sends to it. */
export const HOSPITAL = 'hopital.test';
export const MIRE = 'mire.test';

/** How it answers for whom, at RCPT; `later` it takes, and reports afterwards that it could not be delivered. */
const ANSWERS = {
  full: '452 4.2.2 Mailbox full',
  overfull: '552 5.2.2 Mailbox full',
  unclear: '550 5.0.0 Mailbox unavailable',
  disabled: '550 5.2.1 Mailbox disabled',
  blocked: '550 5.7.1 Your address is on our list',
  quota: '550 5.4.5 Daily sending quota exceeded',
  login: '530 5.7.0 Authentication required',
  closing: '421 4.7.0 Too many connections',
  grey: 'greylisting',
} as const;
const MAILBOXES = ['alice', 'bob', 'later', ...Object.keys(ANSWERS)] as const;

const WAYS = ['open', 'strict', 'smtps', 'shut', 'early', 'login'] as const;
type Way = (typeof WAYS)[number];
type Ports = Readonly<Record<Way | 'sasl', number>>;

export interface OwnPostfix {
  readonly server: OwnServer;
  /**
   * STARTTLS is offered; asked for before anything else; TLS from the first byte; the door is shut to everybody; a sender
   * is refused at once and not at RCPT; a login is asked for, which Dovecot checks at `sasl`.
   */
  readonly urls: Readonly<Record<Way, string>>;
  readonly sasl: number;
  readonly certificate: ServerCertificate;
  readonly greylist: Greylist;
  /** What came into a mailbox, whole. */
  mails(address: string): Promise<string[]>;
  /** The mail there that holds this text, once it has come. */
  arrived(address: string, text: string): Promise<string>;
  /** Where its mails lie (Maildir). */
  folderOf(address: string): string;
  remove(): Promise<void>;
}

const idOf = (flag: '-u' | '-g', name: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
const NOBODY = 65534;

async function makeQueue(folder: string): Promise<void> {
  const postfix = idOf('-u', 'postfix');
  const postdrop = Number(execFileSync('getent', ['group', 'postdrop'], { encoding: 'utf8' }).split(':')[2]);
  const make = async (name: string, uid: number, gid: number, mode: number) => {
    await mkdir(join(folder, name));
    await chown(join(folder, name), uid, gid);
    await chmod(join(folder, name), mode);
  };
  await make('queue', 0, 0, 0o755);
  for (const name of [
    'active',
    'bounce',
    'corrupt',
    'defer',
    'deferred',
    'flush',
    'hold',
    'incoming',
    'private',
    'saved',
    'trace',
  ])
    await make(`queue/${name}`, postfix, 0, 0o700);
  await make('queue/public', postfix, postdrop, 0o710);
  await make('queue/maildrop', postfix, postdrop, 0o730);
  await make('queue/pid', 0, 0, 0o755);
  await make('data', postfix, 0, 0o700);
  await make('mail', NOBODY, NOBODY, 0o700);
}

const settings = (folder: string, { certFile, keyFile }: ServerCertificate, policy: number) => `
compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.${HOSPITAL}
mydestination =
maillog_file = ${folder}/log
maillog_file_prefixes = ${folder}
smtpd_tls_cert_file = ${certFile}
smtpd_tls_key_file = ${keyFile}
smtpd_tls_security_level = may
smtpd_peername_lookup = no
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
in_flow_delay = 0
message_size_limit = 40000
recipient_delimiter = +
virtual_mailbox_domains = ${HOSPITAL} ${MIRE}
virtual_mailbox_maps = texthash:${folder}/mailboxes
virtual_mailbox_base = ${folder}/mail
virtual_uid_maps = static:${NOBODY}
virtual_gid_maps = static:${NOBODY}
transport_maps = inline:{ { later@${HOSPITAL} = afterwards: } }
header_checks = regexp:${folder}/headers
smtpd_restriction_classes = greylisting
greylisting = check_policy_service inet:127.0.0.1:${policy}
smtpd_sender_restrictions = check_sender_access inline:{
  { refused@${MIRE} = 550 5.7.1 not a sender of ours }
  { unheard@${MIRE} = 550 5.1.8 no such domain } }
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access texthash:${folder}/answers
`;

const services = (folder: string, ports: Ports) => `
127.0.0.1:${ports.open} inet n - n - - smtpd
127.0.0.1:${ports.strict} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
127.0.0.1:${ports.smtps} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
127.0.0.1:${ports.shut} inet n - n - - smtpd
  -o smtpd_delay_reject=no
  -o smtpd_client_restrictions=reject
127.0.0.1:${ports.early} inet n - n - - smtpd
  -o smtpd_delay_reject=no
127.0.0.1:${ports.login} inet n - n - - smtpd
  -o smtpd_tls_auth_only=yes
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_sasl_type=dovecot
  -o smtpd_sasl_path=inet:127.0.0.1:${ports.sasl}
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
tlsmgr unix - - n 1000? 1 tlsmgr
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
afterwards unix - n n - - pipe
  user=nobody:nogroup argv=${folder}/nobody
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
`;

/** A real Postfix on ports of its own, that nothing leaves: it starts as root, as every Postfix does. */
export async function ownPostfix(): Promise<OwnPostfix> {
  const master = binary('postfix');
  if (!master) throw new Error('Postfix is not installed here');
  const { path: folder, remove } = await ownDirectory();
  await chmod(folder, 0o755);
  await makeQueue(folder);
  const certificate = tlsAuthority(folder, 'mail');
  const policy = await greylist();
  const ports = {
    open: await freePort(),
    strict: await freePort(),
    smtps: await freePort(),
    shut: await freePort(),
    early: await freePort(),
    login: await freePort(),
    sasl: await freePort(),
  };
  const boxes = [...MAILBOXES.map((name) => `${name}@${HOSPITAL}`), `ne-pas-repondre@${MIRE}`, `retours@${MIRE}`];
  await writeFile(join(folder, 'mailboxes'), boxes.map((address) => `${address} ${address}/\n`).join(''));
  const answers = Object.entries(ANSWERS).map(([name, answer]) => `${name}@${HOSPITAL} ${answer}\n`);
  await writeFile(join(folder, 'answers'), answers.join(''));
  await writeFile(join(folder, 'headers'), '/^Subject:.*POURRIEL/ REJECT 5.7.1 looks like spam\n');
  // What delivers says that there is nobody of that name (EX_NOUSER).
  await writeFile(join(folder, 'nobody'), '#!/bin/sh\nexit 67\n', { mode: 0o755 });
  await writeFile(join(folder, 'main.cf'), settings(folder, certificate, policy.port));
  await writeFile(join(folder, 'master.cf'), services(folder, ports));
  const server = new OwnServer(
    () => spawnQuietly(master, ['-c', folder, '-d']),
    () => listening(ports.open),
  );
  await server.start();
  const url = (name: Way) => `${name === 'smtps' ? 'smtps' : 'smtp'}://127.0.0.1:${ports[name]}`;
  const folderOf = (address: string) => join(folder, 'mail', address);
  const mails = async (address: string) => {
    const box = join(folderOf(address), 'new');
    const names = await readdir(box).catch(() => []);
    return Promise.all(names.sort().map((name) => readFile(join(box, name), 'utf8')));
  };
  return {
    server,
    urls: Object.fromEntries(WAYS.map((name) => [name, url(name)])) as Record<Way, string>,
    sasl: ports.sasl,
    folderOf,
    certificate,
    greylist: policy,
    mails,
    arrived: (address, text) =>
      until(`a mail with ${text} at ${address}`, async () =>
        (await mails(address)).find((mail) => mail.includes(text)),
      ),
    async remove() {
      await server.stop();
      await policy.stop();
      await remove();
    },
  };
}
