import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface MailSink {
  readonly url: string;
  /** The code of the next mail to this address. */
  codeFor(address: string): Promise<string>;
  /** Called for each mail with a code at the moment it is handed over; others tell people of their new browsers. */
  onCode: ((to: string) => void) | undefined;
  stop(): Promise<void>;
}

const PATIENCE = 15_000;
/** The text of a message has its code on a line of its own. */
const CODE = /^(\d{6})\r?$/m;

/** A mail server that takes everything and reads as little as it can: it stands on the clients' core. */
export async function openMailSink(): Promise<MailSink> {
  const waiting = new Map<string, (code: string) => void>();
  const sink: MailSink = {
    url: '',
    onCode: undefined,
    codeFor(address) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(address);
          reject(new Error(`no mail came to ${address}`));
        }, PATIENCE);
        waiting.set(address, (code) => {
          clearTimeout(timer);
          resolve(code);
        });
      });
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const to = session.envelope.rcptTo;
        // What ends the message empties its envelope.
        done();
        const code = CODE.exec(Buffer.concat(parts).toString())?.[1];
        if (code === undefined) return;
        for (const { address } of to) {
          sink.onCode?.(address);
          waiting.get(address)?.(code);
          waiting.delete(address);
        }
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  return Object.assign(sink, { url: `smtp://127.0.0.1:${port}` });
}
