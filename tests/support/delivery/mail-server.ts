import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { until } from '../jest/until.ts';

/** Mail that arrives at `port`, from the moment it listens. */
export class MailBox {
  readonly received: ParsedMail[] = [];
  readonly #server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData: (stream, _session, done) => {
      simpleParser(stream).then((mail) => {
        this.received.push(mail);
        done();
      }, done);
    },
  });

  async listen(port: number): Promise<number> {
    const server = this.#server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  next(count = 1): Promise<ParsedMail> {
    return until(
      () => `${count} mails, of which ${this.received.length} came`,
      () => this.received[count - 1],
    );
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(resolve));
  }
}
