import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '../jest/until.ts';

/** An application that listens for logout tokens, and can be told to be down. */
export class ListeningApplication {
  readonly tokens: string[] = [];
  /** Every attempt, answered or not. */
  attempts = 0;
  /** The status it answers with. */
  status = 200;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        this.attempts += 1;
        if (this.status === 200) this.tokens.push(new URLSearchParams(body).get('logout_token') ?? '');
        response.writeHead(this.status).end();
      });
    });
  }

  static async start(): Promise<ListeningApplication> {
    const application = new ListeningApplication();
    await new Promise<void>((resolve) => application.#server.listen(0, '127.0.0.1', resolve));
    return application;
  }

  get uri(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/backchannel-logout`;
  }

  async until(reached: (application: this) => boolean): Promise<void> {
    await until(
      () => `an application to be told; after ${this.attempts} attempts, ${this.tokens.length} tokens`,
      () => reached(this),
    );
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
