/** One message, ready to hand over. Plain text for SMS; text and HTML for mail. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly locale: string;
  /** For the sandbox inbox alone. */
  readonly code?: string;
}

export interface Sms {
  readonly to: string;
  readonly text: string;
  readonly code?: string;
}

/** Resolves when the other side has accepted the message. @throws {Error} otherwise; `permanent` says never to try again. */
export interface MailSender {
  send(mail: Mail): Promise<void>;
  close(): Promise<void>;
}

export interface SmsSender {
  /** A name for logs and metrics. */
  readonly name: string;
  send(sms: Sms): Promise<void>;
}

export class DeliveryRefused extends Error {
  override readonly name = 'DeliveryRefused';
  readonly permanent: boolean;
  constructor(message: string, permanent: boolean, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.permanent = permanent;
  }
}
