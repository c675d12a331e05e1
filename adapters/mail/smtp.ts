import nodemailer, { type NodemailerError } from 'nodemailer';
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
    connectionTimeout: TIMEOUT,
    greetingTimeout: TIMEOUT,
    socketTimeout: TIMEOUT,
    dnsTimeout: TIMEOUT,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(mail) {
      if (!ADDRESS.test(mail.to)) throw new DeliveryRefused('mail: not an address', true);
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

/** Codes only: the server's sentence often quotes the address. */
function refusal(error: unknown): DeliveryRefused {
  const { code, command, responseCode, response } = error as NodemailerError;
  const enhanced = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(typeof response === 'string' ? response : '')?.[1];
  const parts = [code, command, responseCode, enhanced].filter((part) => part !== undefined);
  // A 5xx to our own password says nothing about the message.
  const permanent = typeof responseCode === 'number' && responseCode >= 500 && code !== 'EAUTH';
  return new DeliveryRefused(`mail: ${parts.join(' ') || 'unknown failure'}`, permanent);
}
