import nodemailer, { type NodemailerError } from 'nodemailer';
import { AT_ONCE } from '../../config/pace.ts';
import { type Phase, reasonOfSmtp } from '../../src/delivery/answers.ts';
import { DeliveryRefused, type Mail, type MailSender } from '../../src/delivery/ports.ts';

export interface SmtpOptions {
  /** `smtp://` or `smtps://`, with nodemailer's options in its query, such as `?requireTLS=true`. */
  readonly url: string;
  /** `Name <address>`. */
  readonly from: string;
}

/** For each silence of the server, in milliseconds. */
const TIMEOUT = 10_000;
/** For one message altogether: a server that trickles its answers never falls silent. */
const WHOLE = 30_000;
/** One plain address (RFC 5321 §4.1.2 without quoted local parts): nothing in it can begin another address or header. */
const ADDRESS = /^[^\p{C}\p{Z}"(),:;<>@[\\\]]+@[^\p{C}\p{Z}"(),:;<>@[\\\]]+$/u;

/** Mail over SMTP, on connections that are kept. */
export function createSmtpSender({ url, from }: SmtpOptions): MailSender {
  const transport = nodemailer.createTransport({
    url,
    pool: true,
    // Two queues send here, and no job of theirs waits for a connection: its own time would run out.
    maxConnections: 2 * AT_ONCE,
    // A connection that ends in the middle of a message is an answer like another, with a pause after it.
    maxRequeues: 0,
    connectionTimeout: TIMEOUT,
    greetingTimeout: TIMEOUT,
    socketTimeout: TIMEOUT,
    dnsTimeout: TIMEOUT,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(mail) {
      if (!ADDRESS.test(mail.to)) throw new DeliveryRefused('mail: not an address', 'not-an-address');
      try {
        await transport.sendMail({ ...message(mail, from), signal: AbortSignal.timeout(WHOLE) });
      } catch (error) {
        throw refusal(error);
      }
    },
    async close() {
      transport.close();
    },
  };
}

function message(mail: Mail, from: string) {
  const host = /@([^@>\s]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
  return {
    from,
    to: { name: '', address: mail.to },
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    // Two copies of one code are one message for whoever sorts by Message-ID (RFC 5322 §3.6.4).
    messageId: `<${mail.id}@${host}>`,
    headers: {
      'Content-Language': mail.locale,
      // Keeps holiday notices from answering (RFC 3834 §5).
      'Auto-Submitted': 'auto-generated',
    },
  };
}

/** Of `ESOCKET` errors those that TLS made: Node.js gives their codes such names. */
const OF_TLS = /CERT|TLS|SSL|SIGNATURE|SIGNED|UNABLE_TO|EPROTO/;

const PHASES: readonly (readonly [command: RegExp, phase: Phase])[] = [
  [/^STARTTLS/, 'tls'],
  [/^AUTH/, 'login'],
  [/^MAIL FROM/, 'sender'],
  [/^RCPT TO/, 'recipient'],
];

function phaseOf({ code, command = '', originalCode, responseCode }: SmtpError): Phase {
  if (code === 'ETLS' || code === 'EREQUIRETLS' || OF_TLS.test(originalCode ?? '')) return 'tls';
  if (code === 'EAUTH' || code === 'ENOAUTH') return 'login';
  if (command === 'DATA') return code === 'EMESSAGE' ? 'message' : 'data';
  return PHASES.find(([pattern]) => pattern.test(command))?.[1] ?? (responseCode ? 'greeting' : 'connect');
}

interface SmtpError extends NodemailerError {
  /** What the system or TLS called it. */
  readonly originalCode?: string;
}

/** Codes only: the server's sentence often quotes the address. */
function refusal(error: unknown): DeliveryRefused {
  const failure = error as SmtpError;
  const { code, command, responseCode, response, originalCode } = failure;
  const status = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(typeof response === 'string' ? response : '')?.[1];
  const parts = [code, originalCode, command, responseCode, status].filter((part) => part !== undefined);
  const reason = reasonOfSmtp({ phase: phaseOf(failure), code: responseCode, status });
  return new DeliveryRefused(`mail: ${parts.join(' ') || 'unknown failure'}`, reason);
}
