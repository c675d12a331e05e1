import { Agent, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly cookies: readonly string[];
  /** When to come back, where the answer says it. */
  readonly retryAfter: string | undefined;
  readonly body: string;
}

export interface Ask {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** @param port of another process of the same issuer */
export type Connection = (url: URL, ask?: Ask, port?: string) => Promise<Answer>;

/** HTTP/1.1 with kept connections, and little else: what the client costs is taken from the machine that is measured. */
export function openConnection(): { ask: Connection; close(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 512, maxFreeSockets: 512 });
  const ask: Connection = (url, { method = 'GET', headers = {}, body } = {}, port = url.port) =>
    new Promise((resolve, reject) => {
      const form = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const sent = request(
        {
          agent,
          host: '127.0.0.1',
          port,
          path: url.pathname + url.search,
          method,
          headers: { ...headers, host: url.host, ...form, ...length },
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              location: response.headers.location,
              cookies: response.headers['set-cookie'] ?? [],
              retryAfter: response.headers['retry-after'],
              body: Buffer.concat(parts).toString(),
            }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  return { ask, close: () => agent.destroy() };
}

/** The cookies of one virtual browser, by name and path (RFC 6265 §5.1.4); hosts and dates do not come up here. */
export class Cookies {
  readonly #kept = new Map<string, { value: string; path: string }>();

  keep(lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(';');
      const at = pair.indexOf('=');
      const name = pair.slice(0, at);
      const path = attributes.find((one) => /^\s*path=/i.test(one))?.split('=')[1] ?? '/';
      const value = pair.slice(at + 1);
      const key = `${name};${path}`;
      if (value === '' || /expires=thu, 01 jan 1970/i.test(line)) this.#kept.delete(key);
      else this.#kept.set(key, { value, path });
    }
  }

  forget(names: RegExp): void {
    for (const key of this.#kept.keys()) if (names.test(key.slice(0, key.indexOf(';')))) this.#kept.delete(key);
  }

  header(path: string): string {
    const sent: string[] = [];
    for (const [key, { value, path: under }] of this.#kept) {
      const within = path === under || (path.startsWith(under) && (under.endsWith('/') || path[under.length] === '/'));
      if (within) sent.push(`${key.slice(0, key.indexOf(';'))}=${value}`);
    }
    return sent.join('; ');
  }
}
