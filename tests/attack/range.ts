import { Agent, request } from 'node:http';
import { Application } from '../support/clients/application.ts';
import { Browser } from '../support/http/browser.ts';
import type { Shot } from './shots.ts';

/** What an answer never shows: where the code stands, what it is made of, what it asked the database. */
const INSIDES =
  /\bat (?:async )?[\w.<>]+ \(|node_modules|\.ts:\d|\bselect [\w,. ]+ from |insert into |(?:Type|Range|Syntax|Reference)Error|\bKnex\b|ECONNREFUSED|PostgreSQL|PGlite/;
/** A page that hands back, as markup, what was sent as text. */
const REFLECTED = /<script>alert|<img src=x onerror/;

export interface Hit {
  readonly status: number;
  readonly wrong: string | undefined;
}

/** Fires at one service, with a sign-in under way that is renewed now and then. */
export class Range {
  readonly #issuer: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });
  #inside: { path: string; cookie: string; token: string } = { path: '/interaction/x', cookie: '', token: '' };

  constructor(issuer: string) {
    this.#issuer = issuer;
  }

  /** A new sign-in, so that the forms inside have something to answer. */
  async begin(): Promise<void> {
    const browser = new Browser(this.#issuer);
    const { url } = await (await Application.discover(this.#issuer, 'ror')).start();
    await browser.get(url);
    const page = await browser.click('Login / Mdp');
    this.#inside = {
      path: /^\/interaction\/[^/]+/.exec(page.url.pathname)?.[0] ?? '',
      cookie: await browser.jar.getCookieString(page.url.href),
      token: page.page.querySelector('[name=_csrf]')?.getAttribute('value') ?? '',
    };
  }

  fire({ method, path, headers, body, inside }: Shot): Promise<Hit> {
    const { port, host } = new URL(this.#issuer);
    const at = inside ? this.#inside.path + path : path;
    const cookies = [headers.cookie, inside ? this.#inside.cookie : ''].filter(Boolean).join('; ');
    const sent = inside && body !== undefined ? `_csrf=${encodeURIComponent(this.#inside.token)}&${body}` : body;
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: '127.0.0.1',
          port,
          method,
          path: at,
          agent: this.#agent,
          headers: {
            host,
            ...headers,
            ...(cookies ? { cookie: cookies } : {}),
            ...(sent === undefined ? {} : { 'content-length': Buffer.byteLength(sent) }),
          },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () => {
            const status = answer.statusCode ?? 0;
            const text = `${JSON.stringify(answer.headers)}\n${Buffer.concat(chunks).toString('utf8')}`;
            const html = String(answer.headers['content-type']).includes('html');
            const shown = INSIDES.exec(text)?.[0] ?? (html ? REFLECTED.exec(text)?.[0] : undefined);
            const wrong = status >= 500 ? `status ${status}` : shown === undefined ? undefined : `shows ${shown}`;
            resolve({ status, wrong });
          });
        },
      );
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        // An answer that comes before the request has been read cuts it off: that is a refusal.
        if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve({ status: 0, wrong: undefined });
        else reject(error);
      });
      outgoing.end(sent);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
