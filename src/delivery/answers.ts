import type { DeliveryReason } from '../../config/delivery-reasons.ts';

/** What an answer of a mail server, or of a provider of SMS, is about. */
export type About = 'recipient' | 'message' | 'us' | 'server';

/** What the person who waits for a code reads on the page. */
export type Told = 'wrong-address' | 'mailbox-full' | 'refused' | 'late';

export interface Meaning {
  readonly about: About;
  /** Whether it is tried again, for as long as the message means something: see the pauses in jobs.ts. */
  readonly again: boolean;
  readonly told: Told;
  /** Whether the operator is called as soon as it lasts: nobody else can mend it. */
  readonly rings: boolean;
  /** Whether the address is kept as one that nothing reaches. */
  readonly remembered: boolean;
}

const ours = { about: 'us', again: true, told: 'late', rings: true, remembered: false } as const;
const theirs = { about: 'server', again: true, told: 'late', rings: false, remembered: false } as const;
const dead = { about: 'recipient', again: false, told: 'wrong-address', rings: false, remembered: true } as const;

/** Everything that can come instead of an acceptance. The names are labels of metrics and words of the log. */
export const MEANINGS = {
  /** Nobody of that name there, or nobody any more. */
  'unknown-recipient': dead,
  /** It cannot be written on an envelope. */
  'not-an-address': dead,
  /** "Mailbox unavailable", without saying why: it may be the policy of that server as well as the mailbox. */
  'unclear-recipient': { ...dead, again: true, remembered: false },
  'mailbox-full': { about: 'recipient', again: true, told: 'mailbox-full', rings: false, remembered: false },
  /** Read and not taken: as spam, too long, malformed; of SMS, a number or a text that the provider does not take. */
  'content-refused': { about: 'message', again: false, told: 'refused', rings: true, remembered: false },
  'login-refused': ours,
  /** TLS could not begin: a certificate, a name, STARTTLS that is not offered. */
  'not-encrypted': ours,
  'sender-refused': ours,
  /** Shut at the door or no right to relay: an address that is blocked, a quota, a login or TLS that is asked for. */
  'not-let-in': ours,
  /** Nothing answers, or it stops answering in the middle. */
  unreachable: theirs,
  /** "Later": overloaded, greylisting, maintenance. */
  busy: theirs,
} as const satisfies Readonly<Record<DeliveryReason, Meaning>>;

export type Reason = DeliveryReason;

export const isReason = (text: string): text is Reason => Object.hasOwn(MEANINGS, text);

export const meaningOf = (reason: Reason): Meaning => MEANINGS[reason];

/** How far a talk with a mail server went; `message` is the answer to the whole message, `data` that to the command before it. */
export type Phase = 'connect' | 'tls' | 'greeting' | 'login' | 'sender' | 'recipient' | 'data' | 'message';

export interface SmtpAnswer {
  readonly phase: Phase;
  /** None: nothing was answered. */
  readonly code?: number | undefined;
  /** Of the enhanced status (RFC 3463), where there is one: `5.1.1`. */
  readonly status?: string | undefined;
}

interface SmtpRule {
  readonly phases?: readonly Phase[];
  readonly code?: RegExp;
  /** Matched with nothing where the server gave none. */
  readonly status?: RegExp;
  readonly reason: Reason;
}

/** Read from above; the first that fits counts. */
export const SMTP_RULES: readonly SmtpRule[] = [
  { phases: ['tls'], reason: 'not-encrypted' },
  { code: /^$/, reason: 'unreachable' },
  { phases: ['login'], reason: 'login-refused' },
  // RFC 4954 §6, RFC 3207 §4: what is asked for is a login, or TLS; RFC 5321 §3.8: the server is going down.
  { code: /^53[0458]$/, reason: 'not-let-in' },
  { code: /^421$/, reason: 'busy' },
  { phases: ['recipient', 'data', 'message'], status: /^[45]\.2\.2$/, reason: 'mailbox-full' },
  { status: /^[45]\.1\.[78]$/, reason: 'sender-refused' },
  { phases: ['recipient', 'message'], status: /^5\.(1\.\d+|2\.1)$/, reason: 'unknown-recipient' },
  { phases: ['sender', 'message'], status: /^5\.(3\.4|6\.\d+)$/, reason: 'content-refused' },
  { code: /^4/, reason: 'busy' },
  { phases: ['sender'], reason: 'sender-refused' },
  { phases: ['recipient'], code: /^55[013]$/, status: /^(5\.0\.0)?$/, reason: 'unclear-recipient' },
  { phases: ['message'], status: /^(5\.[027]\.\d+)?$/, reason: 'content-refused' },
  { reason: 'not-let-in' },
];

export const ruleOfSmtp = ({ phase, code, status }: SmtpAnswer): SmtpRule | undefined =>
  SMTP_RULES.find(
    (one) =>
      (one.phases?.includes(phase) ?? true) &&
      (one.code?.test(code === undefined ? '' : String(code)) ?? true) &&
      (one.status?.test(status ?? '') ?? true),
  );

export const reasonOfSmtp = (answer: SmtpAnswer): Reason => ruleOfSmtp(answer)?.reason ?? 'not-let-in';

interface HttpRule {
  readonly status: RegExp;
  readonly reason: Reason;
}

/** The column of SMS: what the status of a provider says (RFC 9110 §15). Nothing: no answer. */
export const HTTP_RULES: readonly HttpRule[] = [
  { status: /^$/, reason: 'unreachable' },
  { status: /^(5|408$|425$|429$)/, reason: 'busy' },
  { status: /^40[13]$/, reason: 'login-refused' },
  // A request that was read and not taken: a number or a text, which another try would not change.
  { status: /^4(00|13|22)$/, reason: 'content-refused' },
  // No credit, another address, another method: the contract with the provider, or its address.
  { status: /^/, reason: 'not-let-in' },
];

export function reasonOfHttp(status: number | undefined): Reason {
  const text = status === undefined ? '' : String(status);
  return HTTP_RULES.find((rule) => rule.status.test(text))?.reason ?? 'not-let-in';
}
