import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

type Mood = 'well' | 'refusing' | 'slow' | 'bouncing';

/** A mail server in every mood, and the codes that came through it, by recipient. */
export class PostOffice {
  mood: Mood = 'well';
  readonly #codes = new Map<string, string[]>();
  readonly #server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onConnect: (_session, done) => {
      if (this.mood === 'refusing') done(Object.assign(new Error('try again later'), { responseCode: 421 }));
      else done();
    },
    onData: async (stream, session, done) => {
      const { text = '' } = await simpleParser(stream);
      if (this.mood === 'bouncing') return done(Object.assign(new Error('rejected'), { responseCode: 451 }));
      if (this.mood === 'slow') await new Promise((resolve) => setTimeout(resolve, 3000));
      const code = /\b\d{6}\b/.exec(text)?.[0];
      for (const { address } of session.envelope.rcptTo) {
        if (code) this.#codes.set(address, [...(this.#codes.get(address) ?? []), code]);
      }
      return done();
    },
  });

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server.server, 'listening');
    return `smtp://127.0.0.1:${(this.#server.server.address() as AddressInfo).port}`;
  }

  /** Every code that came, by recipient. */
  get codes(): ReadonlyMap<string, readonly string[]> {
    return this.#codes;
  }

  /** The newest code of somebody that is none of `before`. */
  async code(address: string, before: ReadonlySet<string>, patienceMs: number): Promise<string | undefined> {
    const until = Date.now() + patienceMs;
    for (;;) {
      const fresh = (this.#codes.get(address) ?? []).findLast((code) => !before.has(code));
      if (fresh || Date.now() > until) return fresh;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  stop = (): Promise<void> => new Promise((resolve) => this.#server.close(resolve));
}
