import { rootCertificates } from 'node:tls';
import nodemailer, { type NodemailerError } from 'nodemailer';
import { type MailAddress, readMailAddress, writtenAddress } from '../../config/mail-address.ts';
import type { MailTls } from '../../config/mail-settings.ts';
import { AT_ONCE } from '../../config/pace.ts';
import { type Phase, reasonOfSmtp } from '../../src/delivery/answers.ts';
import { DeliveryRefused, type Mail, type MailSender } from '../../src/delivery/ports.ts';
import { ConfigError } from '../../src/http/errors.ts';

export interface SmtpOptions {
  /** `smtp://` or `smtps://`, with nodemailer's options in its query. */
  readonly url: string;
  /** `Name <address>`. */
  readonly from: string;
  readonly tls?: MailTls;
  /** PEM; beside those that Node.js knows. */
  readonly ca?: string | undefined;
  /** Whom the envelope names as its sender, by who receives it; the sender where it is left out. */
  readonly returnTo?: ((address: string) => string) | undefined;
  readonly dkim?: { readonly selector: string; readonly key: string } | undefined;
}

/** For each silence of the server, in milliseconds. */
const TIMEOUT = 10_000;
/** For one message altogether: a server that trickles its answers never falls silent. */
const WHOLE = 30_000;
/** One plain address (RFC 5321 §4.1.2 without quoted local parts): nothing in it can begin another address or header. */
const ADDRESS = /^[^\p{C}\p{Z}"(),:;<>@[\\\]]+@[^\p{C}\p{Z}"(),:;<>@[\\\]]+$/u;

/** @throws {ConfigError} on a sender that is none */
export function senderOf(from: string): MailAddress {
  const sender = readMailAddress(from);
  if (!sender) throw new ConfigError('MAIL_FROM: must be one address with a domain');
  return sender;
}

/** How the server is spoken to, for one connection or for many. */
export function connectionOptions({ url, from, tls = 'opportunistic', ca, dkim }: SmtpOptions) {
  const { domain } = senderOf(from);
  return {
    url,
    // For HELO: a host of a container has no name that another server could look up (RFC 5321 §4.1.1.1).
    name: domain,
    ...(tls === 'required' ? { requireTLS: true } : {}),
    ...(tls === 'none' ? { ignoreTLS: true } : {}),
    ...(tls === 'opportunistic' ? { opportunisticTLS: true } : {}),
    tls: {
      minVersion: 'TLSv1.2' as const,
      // Whoever would take no TLS at all gains nothing from refusing a certificate (RFC 7435 §3).
      rejectUnauthorized: tls !== 'opportunistic',
      ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
    },
    ...(dkim ? { dkim: { domainName: domain, keySelector: dkim.selector, privateKey: dkim.key } } : {}),
    connectionTimeout: TIMEOUT,
    greetingTimeout: TIMEOUT,
    socketTimeout: TIMEOUT,
    dnsTimeout: TIMEOUT,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** Mail over SMTP, on connections that are kept. */
export function createSmtpSender(options: SmtpOptions): MailSender {
  const sender = senderOf(options.from);
  const transport = nodemailer.createTransport({
    ...connectionOptions(options),
    pool: true,
    // Two queues send here, and no job of theirs waits for a connection: its own time would run out.
    maxConnections: 2 * AT_ONCE,
    // A connection that ends in the middle of a message is an answer like another, with a pause after it.
    maxRequeues: 0,
  });
  return {
    async send(mail) {
      if (!ADDRESS.test(mail.to)) throw new DeliveryRefused('mail: not an address', 'not-an-address');
      try {
        await transport.sendMail({ ...messageOf(mail, sender, options.returnTo), signal: AbortSignal.timeout(WHOLE) });
      } catch (error) {
        throw refusal(error);
      }
    },
    async close() {
      transport.close();
    },
  };
}

export function messageOf(mail: Mail, sender: MailAddress, returnTo?: SmtpOptions['returnTo']) {
  const address = writtenAddress(sender);
  return {
    from: { name: sender.name, address },
    envelope: { from: returnTo?.(mail.to) ?? address, to: mail.to },
    to: { name: '', address: mail.to },
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    // Two copies of one code are one message for whoever sorts by Message-ID (RFC 5322 §3.6.4).
    messageId: `<${mail.id}@${sender.domain}>`,
    headers: {
      'Content-Language': mail.locale,
      // Keeps holiday notices from answering (RFC 3834 §5); the second is Exchange's, without the reports of what did not arrive.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'OOF, AutoReply, RN, NRN',
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
export function refusal(error: unknown): DeliveryRefused {
  const failure = error as SmtpError;
  const { code, command, responseCode, response, originalCode } = failure;
  const status = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(typeof response === 'string' ? response : '')?.[1];
  const parts = [code, originalCode, command, responseCode, status].filter((part) => part !== undefined);
  // The size that the server announced is its answer, given before it is asked (RFC 1870).
  const tooBig = code === 'EMESSAGE' && command === 'MAIL FROM' && responseCode === undefined;
  const answer = tooBig ? { code: 552, status: '5.3.4' } : { code: responseCode, status };
  const reason = reasonOfSmtp({ phase: phaseOf(failure), ...answer });
  return new DeliveryRefused(`mail: ${parts.join(' ') || 'unknown failure'}`, reason);
}
