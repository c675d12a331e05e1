import { rootCertificates } from 'node:tls';
import { type FetchMessageObject, ImapFlow } from 'imapflow';
import { type BounceBox, LONGEST_BOUNCE } from '../../src/delivery/bounce-box.ts';
import { HandOverFailed } from '../../src/delivery/ports.ts';

export interface ImapOptions {
  /** `imaps://user:password@host/mailbox`; `imap:` begins in clear and goes on only with STARTTLS. */
  readonly url: string;
  /** PEM; beside those that Node.js knows. */
  readonly ca?: string | undefined;
}

/** For each silence of the server, in milliseconds. */
const TIMEOUT = 10_000;
const SYSTEM_SEEN = '\\Seen';
const SYSTEM_FLAGGED = '\\Flagged';
const decoded = (text: string) => decodeURIComponent(text);

function connectionOf({ url, ca }: ImapOptions): ImapFlow {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'imaps:';
  return new ImapFlow({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (secure ? 993 : 143),
    secure,
    // Nothing of a login is said in clear: without STARTTLS it ends there.
    ...(secure ? {} : { doSTARTTLS: true }),
    auth: { user: decoded(username), pass: decoded(password) },
    tls: { minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }) },
    connectionTimeout: TIMEOUT,
    greetingTimeout: TIMEOUT,
    socketTimeout: TIMEOUT,
    disableAutoIdle: true,
    // What it says quotes addresses and passwords.
    logger: false,
  });
}

/** Codes only: the server's sentences may quote the login. */
function failure(error: unknown): HandOverFailed {
  const { code, authenticationFailed, serverResponseCode, responseStatus } = error as {
    code?: string;
    authenticationFailed?: boolean;
    serverResponseCode?: string;
    responseStatus?: string;
  };
  const parts = [authenticationFailed ? 'login refused' : undefined, code, responseStatus, serverResponseCode];
  return new HandOverFailed(`imap: ${parts.filter(Boolean).join(' ') || 'unknown failure'}`, false);
}

/** The flags of every server say what was done: read is \Seen, left for a person is \Flagged (RFC 3501 §2.3.2). */
export function createImapBox(options: ImapOptions): BounceBox {
  const mailbox = decoded(new URL(options.url).pathname.slice(1)) || 'INBOX';

  async function eachOf(client: ImapFlow, most: number, take: Parameters<BounceBox['read']>[1]): Promise<number> {
    const found = await asked(client.search({ seen: false, flagged: false, deleted: false }, { uid: true }));
    for (const uid of [...(found || [])].sort((a, b) => a - b).slice(0, most)) {
      const mail = await asked(
        client.fetchOne(
          `${uid}`,
          { internalDate: true, source: { start: 0, maxLength: LONGEST_BOUNCE } },
          { uid: true },
        ),
      );
      // Somebody deleted it meanwhile.
      if (!mail) continue;
      const outcome = await take(returned(mail));
      const flag = outcome === 'done' ? SYSTEM_SEEN : SYSTEM_FLAGGED;
      await asked(client.messageFlagsAdd(`${uid}`, [flag], { uid: true }));
    }
    const left = await asked(client.search({ flagged: true, deleted: false }, { uid: true }));
    return left ? left.length : 0;
  }

  return {
    async read(most, take) {
      const client = connectionOf(options);
      // What breaks outside of a command would end the process; the command that waits fails of it too.
      client.on('error', () => undefined);
      try {
        await asked(client.connect());
        await asked(client.mailboxOpen(mailbox));
        return await eachOf(client, most, take);
      } finally {
        client.close();
      }
    },
  };
}

const asked = <T>(answer: Promise<T>): Promise<T> =>
  answer.catch((error: unknown) => {
    throw failure(error);
  });

const returned = ({ source, internalDate }: FetchMessageObject) => ({
  text: source?.toString('latin1') ?? '',
  at: internalDate ? new Date(internalDate) : new Date(),
});
