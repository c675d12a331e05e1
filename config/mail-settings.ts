import { createPrivateKey, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { readMailAddress } from './mail-address.ts';
import { address } from './setting-types.ts';

/** Settings of the mail server, and of what other servers think of it: docs/mail.md. */
export const mailSettings = {
  MAIL_URL: address('smtp:', 'smtps:').optional().describe('the mail server; none: the sandbox inbox'),
  MAIL_FROM: z
    .string()
    .default('Mire <ne-pas-repondre@mire.example.org>')
    .describe(
      'the sender of every mail; its domain is also that of HELO and of Message-IDs, and what SPF, DKIM and DMARC are asked of',
    ),
  MAIL_TLS: z
    .enum(['required', 'opportunistic', 'none'])
    .optional()
    .describe(
      'TLS to the mail server: required, and its certificate checked (in production, and wherever MAIL_URL has a password); opportunistic: where it is offered, whatever the certificate; none',
    ),
  MAIL_CA: z
    .string()
    .optional()
    .describe(
      "PEM of the authority of the mail server's certificate, or that certificate, where the system does not know it; MAIL_CA_FILE names a file",
    ),
  MAIL_BOUNCES: z
    .string()
    .optional()
    .describe(
      'where reports of what did not arrive come back to, in the domain of MAIL_FROM: each mail leaves from <local part>+<token>@<domain>, and `mire bounces` or MAIL_BOUNCES_IMAP reads what comes there; none: they go to MAIL_FROM, and nothing is learnt from them',
    ),
  MAIL_BOUNCES_IMAP: address('imap:', 'imaps:')
    .optional()
    .describe(
      'the mailbox that MAIL_BOUNCES is delivered to, read by the worker: imaps://user:password@host/INBOX, or imap: (STARTTLS, which is asked for); its certificate is checked as MAIL_CA says; none: `mire bounces` alone (secret)',
    ),
  MAIL_DKIM_SELECTOR: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/i, 'must be a name, such as mire2026')
    .optional()
    .describe('mails are signed here (DKIM) under <selector>._domainkey.<domain of MAIL_FROM>'),
  MAIL_DKIM_KEY: z
    .string()
    .optional()
    .describe('the private key of that record, PEM, RSA; none: signing is left to the mail server (secret)'),
};

export type MailSettings = z.infer<z.ZodObject<typeof mailSettings>>;
export type MailTls = NonNullable<MailSettings['MAIL_TLS']>;
interface Problem {
  readonly name: keyof MailSettings;
  readonly message: string;
}

const hasLogin = (url: string | undefined): boolean => {
  const { username, password } = url && URL.canParse(url) ? new URL(url) : { username: '', password: '' };
  return username !== '' || password !== '';
};

/** What is in force where MAIL_TLS is not set. */
export const mailTls = ({ MAIL_TLS, MAIL_URL }: Partial<MailSettings>, production: boolean): MailTls =>
  MAIL_TLS ?? (production || hasLogin(MAIL_URL) ? 'required' : 'opportunistic');

/** Of the query of MAIL_URL, what would say otherwise than MAIL_TLS. */
const OVERRULING = ['ignoreTLS', 'opportunisticTLS', 'secure', 'tls.rejectUnauthorized'];

/** A login is said there, so that nothing goes in clear; what follows the host names the mailbox. */
const isMailbox = (url: string): boolean => {
  if (!URL.canParse(url)) return true;
  const { username, password, hostname, search } = new URL(url);
  return username !== '' && password !== '' && hostname !== '' && search === '';
};

const readable = (read: () => unknown): boolean => {
  try {
    read();
    return true;
  } catch {
    return false;
  }
};

function rsaKey(pem: string): void {
  const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(pem);
  if (asymmetricKeyType !== 'rsa' || (asymmetricKeyDetails?.modulusLength ?? 0) < 2048) throw new Error('another key');
}

export function mailProblems(settings: Partial<MailSettings>): Problem[] {
  const { MAIL_URL, MAIL_FROM, MAIL_BOUNCES, MAIL_BOUNCES_IMAP } = settings;
  const { MAIL_TLS, MAIL_CA, MAIL_DKIM_KEY, MAIL_DKIM_SELECTOR } = settings;
  const problems: Problem[] = [];
  const refuse = (name: keyof MailSettings, message: string) => problems.push({ name, message });
  if (MAIL_FROM !== undefined && !readMailAddress(MAIL_FROM))
    refuse('MAIL_FROM', 'must be one address with a domain, such as Mire <ne-pas-repondre@sante-exemple.fr>');
  const from = readMailAddress(MAIL_FROM ?? '');
  const back = MAIL_BOUNCES === undefined ? undefined : readMailAddress(MAIL_BOUNCES);
  // 64 characters is all that a local part may have (RFC 5321 §4.5.3.1.1), and the token takes 33 of them.
  if (MAIL_BOUNCES !== undefined && (!back || back.local.length > 31))
    refuse('MAIL_BOUNCES', 'must be one address with a short local part, such as retours@sante-exemple.fr');
  // SPF speaks of this domain, and DMARC wants it to be that of the letter.
  else if (back && from && back.domain !== from.domain && !back.domain.endsWith(`.${from.domain}`))
    refuse('MAIL_BOUNCES', 'must be in the domain of MAIL_FROM');
  if (MAIL_BOUNCES_IMAP !== undefined && MAIL_BOUNCES === undefined)
    refuse('MAIL_BOUNCES', 'is needed by MAIL_BOUNCES_IMAP: a report is told to be ours by the address it came to');
  if (MAIL_BOUNCES_IMAP !== undefined && !isMailbox(MAIL_BOUNCES_IMAP))
    refuse('MAIL_BOUNCES_IMAP', 'must be imaps://user:password@host/mailbox, without a query');
  if (hasLogin(MAIL_URL) && MAIL_TLS !== undefined && MAIL_TLS !== 'required')
    refuse('MAIL_TLS', 'must be required: MAIL_URL has a login, which would go in clear, and every code after it');
  if (MAIL_URL?.startsWith('smtps:') && MAIL_TLS === 'none') refuse('MAIL_TLS', 'contradicts smtps: in MAIL_URL');
  const query = MAIL_URL && URL.canParse(MAIL_URL) ? new URL(MAIL_URL).searchParams : new URLSearchParams();
  for (const name of OVERRULING)
    if (query.has(name)) refuse('MAIL_URL', `may not hold ${name}: MAIL_TLS and MAIL_CA say how TLS is used`);
  if (MAIL_CA !== undefined && !readable(() => new X509Certificate(MAIL_CA)))
    refuse('MAIL_CA', 'is no certificate in PEM');
  // nodemailer signs with nothing else, and says nothing where it cannot.
  if (MAIL_DKIM_KEY !== undefined && !readable(() => rsaKey(MAIL_DKIM_KEY)))
    refuse('MAIL_DKIM_KEY', 'must be an RSA private key in PEM, of 2048 bits at least');
  if ((MAIL_DKIM_KEY === undefined) !== (MAIL_DKIM_SELECTOR === undefined))
    refuse(MAIL_DKIM_KEY === undefined ? 'MAIL_DKIM_KEY' : 'MAIL_DKIM_SELECTOR', 'is needed where the other is set');
  return problems;
}
