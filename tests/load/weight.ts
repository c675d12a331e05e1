import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { APPLICATION, REDIRECT_URI } from './clients.ts';
import { Cookies } from './connection.ts';

/** What a browser fetches to show the sign-in page for the first time. */
export interface PageWeight {
  /** Bytes as they travel. */
  readonly bytes: number;
  readonly requests: number;
  readonly parts: readonly { readonly path: string; readonly bytes: number; readonly encoding: string }[];
}

interface Fetched {
  readonly status: number;
  readonly location: string | undefined;
  readonly cookies: readonly string[];
  readonly encoding: string;
  readonly body: Buffer;
}

const fetched = (url: URL, cookie: string, encoding: string): Promise<Fetched> =>
  new Promise((resolve, reject) => {
    const headers = {
      host: url.host,
      cookie,
      accept: 'text/html',
      'accept-language': 'fr',
      'accept-encoding': encoding,
    };
    get({ host: '127.0.0.1', port: url.port, path: url.pathname + url.search, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          location: response.headers.location,
          cookies: response.headers['set-cookie'] ?? [],
          encoding: response.headers['content-encoding'] ?? 'identity',
          body: Buffer.concat(parts),
        }),
      );
    }).on('error', reject);
  });

/** Addresses that a page or a sheet makes a browser fetch at once; links that a person may follow are not. */
function fetchedBy(text: string): string[] {
  const links = [...text.matchAll(/<link\b[^>]*rel="(?:stylesheet|icon|preload|modulepreload)"[^>]*>/g)].map(
    ([tag]) => /href="([^"]+)"/.exec(tag)?.[1],
  );
  const sources = [...text.matchAll(/<(?:script|img|source)\b[^>]*\bsrc="([^"]+)"/g)].map(([, source]) => source);
  const urls = [...text.matchAll(/url\(["']?([^"')]+)["']?\)/g)].map(([, url]) => url);
  return [...links, ...sources, ...urls].filter((one): one is string => one !== undefined && !one.startsWith('data:'));
}

export async function weighPage(issuer: string): Promise<PageWeight> {
  const query = new URLSearchParams({
    client_id: APPLICATION.id,
    response_type: 'code',
    redirect_uri: REDIRECT_URI,
    scope: 'openid profile email',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
  });
  const cookies = new Cookies();
  let url = new URL(`/authorize?${query}`, issuer);
  const page = async (): Promise<Fetched> => {
    const answer = await fetched(url, cookies.header(url.pathname), 'br, gzip');
    cookies.keep(answer.cookies);
    if (answer.location === undefined) return answer;
    url = new URL(answer.location, url);
    return page();
  };
  const html = await page();
  const parts = [{ path: '(page)', bytes: html.body.length, encoding: html.encoding }];
  const seen = new Set<string>();
  const toFetch = fetchedBy((await fetched(url, cookies.header(url.pathname), 'identity')).body.toString());
  for (let path = toFetch.shift(); path !== undefined; path = toFetch.shift()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const at = new URL(path, url);
    const { body, encoding, status } = await fetched(at, '', 'br, gzip');
    if (status !== 200) throw new Error(`${path}: ${status}`);
    parts.push({ path, bytes: body.length, encoding });
    if (path.endsWith('.css')) toFetch.push(...fetchedBy((await fetched(at, '', 'identity')).body.toString()));
  }
  return { bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0), requests: parts.length, parts };
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Bytes that the Dockerfile lays over the image of Node.js: packages of production, and our own files. */
export function weighImage(): { packages: number; sources: number } {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean; devOptional?: boolean }>;
  };
  const shipped = Object.entries(lock.packages)
    .filter(([path, { dev, optional, devOptional }]) => path !== '' && !dev && !optional && !devOptional)
    .map(([path]) => path);
  const bytesOf = (paths: readonly string[]) =>
    Number(
      execFileSync('du', ['-sbc', '--apparent-size', ...paths], { cwd: ROOT, encoding: 'utf8' })
        .trim()
        .split('\n')
        .at(-1)
        ?.split('\t')[0],
    );
  // A package inside another one is counted with it.
  const outer = shipped.filter((path) => path.lastIndexOf('node_modules/') === 0);
  return { packages: bytesOf(outer), sources: bytesOf(['config', 'migrations', 'adapters', 'interactions', 'src']) };
}
