import { meaningOf, type Reason } from './answers.ts';

interface Message {
  /** The same for the same code, however often it is sent: the other side may drop what it already has. */
  readonly id: string;
  readonly to: string;
  readonly text: string;
  /** Nobody starts to hand it over after this. */
  readonly expiresAt: Date;
  /** When what it tells happened, where that is not now; for the sandbox inbox alone. */
  readonly writtenAt?: Date;
  /** For the sandbox inbox alone. */
  readonly code?: string;
}

/** One message, ready to hand over. Plain text for SMS; text and HTML for mail. */
export interface Mail extends Message {
  readonly subject: string;
  readonly html: string;
  readonly locale: Locale;
}

export type Sms = Message;

/** The languages a message exists in. */
export type Locale = 'fr' | 'en';

/** Resolves when the other side has accepted the message. @throws {DeliveryRefused} otherwise. */
export interface MailSender {
  send(mail: Mail): Promise<void>;
  close(): Promise<void>;
}

export interface AcceptedSms {
  /** Who took it. */
  readonly provider: string;
  /** How that provider names it in its receipts, where it says so. */
  readonly messageId?: string | undefined;
}

export interface SmsSender {
  /** A name for logs and metrics. */
  readonly name: string;
  /** @throws {DeliveryRefused} */
  send(sms: Sms): Promise<AcceptedSms>;
}

/**
 * The other side did not take what was handed over. The text is logged and kept with the job, so it holds status codes
 * only: servers like to quote the address they refuse. `permanent` says never to try again.
 */
export class HandOverFailed extends Error {
  readonly permanent: boolean;
  constructor(message: string, permanent: boolean, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.permanent = permanent;
  }
}

/**
 * What a job is about does not stand in the database. A server behind the one that acknowledged it may have it later;
 * what is too late for anybody is lost, and said to be.
 */
export class NotThere extends HandOverFailed {
  override readonly name = 'NotThere';
  constructor(how: 'not there yet' | 'gone' | 'expired') {
    super(how, how !== 'not there yet');
  }
}

/** Tries, some minutes: a server that is behind for longer has lost it. */
export const LOOKED_FOR = 7;

/** Of a job that finds nothing, by how often it has looked. */
export const notThere = (attempt: number): NotThere => new NotThere(attempt < LOOKED_FOR ? 'not there yet' : 'gone');

/** The same of a message: what its reason asks for stands in one table, in answers.ts. */
export class DeliveryRefused extends HandOverFailed {
  override readonly name = 'DeliveryRefused';
  readonly reason: Reason;
  constructor(message: string, reason: Reason) {
    super(message, !meaningOf(reason).again);
    this.reason = reason;
  }
}
