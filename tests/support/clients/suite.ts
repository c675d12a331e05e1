import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Block, Command } from '../../../src/sandbox/conformance-browser.ts';
import { ownCertificate } from '../../../src/sandbox/tls-front.ts';
import { Browser, type Visited } from '../http/browser.ts';
import { tlsFetch } from './client-certificates.ts';

/** What the OpenID Foundation's suite is to the service: addresses to come back to, keys, a place to be told of things. */
export interface Suite {
  readonly origin: string;
  readonly certificate: string;
  /** What it answers at a path: JSON. */
  readonly files: Map<string, unknown>;
  /** Paths and bodies of what was posted to it. */
  readonly posted: { readonly path: string; readonly body: string }[];
  close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}

export async function startSuite(): Promise<Suite> {
  const { key, cert } = await ownCertificate();
  const files = new Map<string, unknown>();
  const posted: { path: string; body: string }[] = [];
  const server: Server = createServer({ key, cert }, async (request, response) => {
    const path = request.url ?? '/';
    if (request.method === 'POST') {
      posted.push({ path, body: await bodyOf(request) });
      return response.writeHead(200).end();
    }
    const file = files.get(path);
    if (file === undefined) return response.writeHead(404).end();
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(file));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    origin: `https://localhost:${port}`,
    certificate: cert,
    files,
    posted,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const glob = (pattern: string) =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  );
const css = (by: unknown, value: unknown) => {
  if (by === 'css') return String(value);
  if (by === 'class') return `.${value}`;
  return by === 'id' ? `[id="${value}"]` : `[name="${value}"]`;
};

/** Runs the steps of our configuration as the suite's browser does: forms without JavaScript, found by the same names. */
export class SuiteBrowser {
  readonly browser: Browser;
  /** What was pictured, as text. */
  readonly pictures: string[] = [];
  #typed: Record<string, string> = {};

  constructor(origin: string) {
    this.browser = new Browser(origin, { 'accept-language': 'en-US,en;q=0.5' }, tlsFetch());
  }

  /** @throws when a task that is not optional is not met. @returns where it ends. */
  async run(blocks: readonly Block[], address: URL): Promise<Visited> {
    const block = blocks.find(({ match }) => glob(match).test(address.href));
    if (!block) throw new Error(`no block for ${address.href}`);
    await this.browser.get(address);
    for (const { task, match, optional, commands = [] } of block.tasks) {
      const here = this.#here();
      if (!glob(match).test(here.url.href)) {
        if (optional) continue;
        throw new Error(`${task}: ${here.url.href} is not ${match}\n${here.page.text.slice(0, 400)}`);
      }
      // At the suite's own page there is nothing to do.
      if (here.url.origin === this.browser.origin) for (const command of commands) await this.#do(command);
    }
    return this.#here();
  }

  #here(): Visited {
    if (!this.browser.current) throw new Error('the browser is nowhere');
    return this.browser.current;
  }

  async #do([action, by, value, ...rest]: Command): Promise<void> {
    const { page, url } = this.#here();
    const element = page.querySelector(css(by, value));
    if (!element) {
      if (rest.some((word) => String(word).endsWith('optional'))) return;
      throw new Error(`${action} ${by} ${value}: not at ${url.pathname}\n${page.text.slice(0, 400)}`);
    }
    if (action === 'text') this.#typed[String(value)] = String(rest[0]);
    else if (action === 'wait') this.pictures.push(page.text);
    else {
      const id = element.getAttribute('form');
      const form = id ? page.querySelector(`[id="${id}"]`) : element.closest('form');
      const hidden = form
        ?.querySelectorAll('input[type=hidden]')
        .map((one) => [one.getAttribute('name'), one.getAttribute('value')]);
      const name = element.getAttribute('name');
      const fields = {
        ...Object.fromEntries(hidden ?? []),
        ...this.#typed,
        ...(name ? { [name]: element.getAttribute('value') ?? '' } : {}),
      };
      this.#typed = {};
      await this.browser.post(form?.getAttribute('action') ?? url.href, fields);
    }
  }
}
