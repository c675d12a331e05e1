import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

const BODY_MAX = 2048;

export interface Loopback {
  readonly port: number;
  close(): void;
}

function listen(server: Server, port: number): Promise<Loopback> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const { port: taken } = server.address() as { port: number };
      resolve({
        port: taken,
        close() {
          server.close();
          server.closeAllConnections();
        },
      });
    });
  });
}

/** One browser comes back with the answer of a sign-in (RFC 8252 §7.3). */
export async function waitForAnswer(
  page: string,
): Promise<{ redirectUri: string; answer: Promise<URL>; close(): void }> {
  let tell: (answer: URL) => void = () => undefined;
  const answer = new Promise<URL>((resolve) => {
    tell = resolve;
  });
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', `http://127.0.0.1:${loopback.port}`);
    if (url.pathname !== '/callback') return void response.writeHead(404).end();
    const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', connection: 'close' };
    // An icon of its own, or the browser would ask for one at an address that is closed by then.
    const head = `<!doctype html><meta charset="utf-8"><title>MonSisra</title><link rel="icon" href="data:,">`;
    response.writeHead(200, headers).end(`${head}<p>${page}</p>`);
    tell(url);
  });
  const loopback = await listen(server, 0);
  return { redirectUri: `http://127.0.0.1:${loopback.port}/callback`, answer, close: loopback.close };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > BODY_MAX) throw new Error('too large');
  }
  return body;
}

/**
 * The sign-in page calls here with the token of its request. Only the page of the issuer this agent is signed in to may:
 * a browser always says where a request comes from, and what has no origin is no page.
 */
export function listenForRequests(issuer: string, wanted: number, asked: (request: string) => void): Promise<Loopback> {
  const origin = new URL(issuer).origin;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<number> => {
    const from = request.headers.origin;
    // Another name for this address would be a page that made one (DNS rebinding).
    if (request.headers.host !== `127.0.0.1:${wanted}`) return 421;
    if (from !== undefined && from !== origin) return 403;
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-allow-private-network', 'true');
    response.setHeader('access-control-allow-methods', 'POST');
    response.setHeader('vary', 'origin');
    if (request.method === 'OPTIONS') return 204;
    if (request.method !== 'POST' || request.url !== '/request') return 404;
    const body = JSON.parse(await bodyOf(request)) as { issuer?: unknown; request?: unknown };
    if (body.issuer !== origin || typeof body.request !== 'string') return 400;
    asked(body.request);
    return 204;
  };
  const server = createServer((request, response) => {
    answer(request, response).then(
      (status) => response.writeHead(status).end(),
      () => response.writeHead(400).end(),
    );
  });
  return listen(server, wanted);
}
