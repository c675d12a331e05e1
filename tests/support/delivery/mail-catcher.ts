import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { inTime } from '../jest/until.ts';

export interface CaughtMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface MailCatcher {
  readonly url: string;
  /** The next message that nobody has taken yet. */
  next(): Promise<CaughtMail>;
  stop(): Promise<void>;
}

/** A mail server that accepts everything and delivers nothing. */
export async function catchMail(): Promise<MailCatcher> {
  const mails: CaughtMail[] = [];
  const events = new EventEmitter();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    async onData(stream, session, done) {
      const { subject = '', text = '' } = await simpleParser(stream);
      mails.push({ to: session.envelope.rcptTo.map(({ address }) => address).join(), subject, text });
      events.emit('mail');
      done();
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    async next() {
      if (mails.length === 0) await inTime('a mail', once(events, 'mail'));
      const mail = mails.shift();
      if (!mail) throw new Error('somebody else took the message');
      return mail;
    },
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}
