import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Koa from 'koa';
import { Registry } from 'prom-client';
import { bounded } from '../../../src/http/overload.ts';
import { ROUTES } from '../../../src/provider/routes.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';

const ROR = `Basic ${Buffer.from('ror:ror-sandbox-secret').toString('base64')}`;
const BODY = 'grant_type=authorization_code&code=x&redirect_uri=http%3A%2F%2Flocalhost%3A4000%2Fcallback';

/** A connection that keeps all that it read. */
class Line {
  readonly socket: Socket;
  #read = '';
  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('error', () => {});
    this.socket.setEncoding('latin1').on('data', (data) => {
      this.#read += data;
    });
  }
  /** What was read, once it holds this or the connection is closed. */
  async reads(expected: string): Promise<string> {
    while (!this.#read.includes(expected) && !this.socket.closed)
      await Promise.race([once(this.socket, 'data'), once(this.socket, 'close')]);
    return this.#read;
  }
}

/** Half a POST, once the server has its header: it says so. */
async function half(port: number, host: string, path: string, sized = true): Promise<Line> {
  const line = new Line(port);
  const length = sized ? `Content-Length: ${BODY.length}` : 'Transfer-Encoding: chunked';
  const type = 'Content-Type: application/x-www-form-urlencoded';
  line.socket.write(
    `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${ROR}\r\n${type}\r\n${length}\r\nExpect: 100-continue\r\n\r\n`,
  );
  expect(await line.reads('100 Continue')).toContain('100 Continue');
  line.socket.write(sized ? BODY.slice(0, 20) : `14\r\n${BODY.slice(0, 20)}\r\n`);
  return line;
}

describe('more half-sent requests than there are places', () => {
  let mire: RunningMire;
  const lines: Line[] = [];
  // 8 where something begins, 32 where it ends.
  const [PLACES, MORE] = ['8', 40];
  beforeAll(async () => {
    mire = await startMire({ env: { ENTRANCE_PLACES: PLACES, RATE_LIMIT_FACTOR: '1000' } });
  });
  afterAll(async () => {
    for (const { socket } of lines) socket.destroy();
    await mire.close();
  });

  const halves = async (path: string) => {
    const { port, host } = new URL(mire.issuer);
    const opened = await Promise.all(
      Array.from({ length: MORE }, (_, index) => half(Number(port), host, path, index % 2 === 0)),
    );
    lines.push(...opened);
    return opened;
  };
  const ask = (path: string, body: string | undefined = BODY) =>
    fetch(mire.issuer + path, { method: 'POST', headers: { authorization: ROR }, body: new URLSearchParams(body) });

  test.each([
    ROUTES.token,
    ROUTES.introspection,
    ROUTES.revocation,
    ROUTES.userinfo,
    ROUTES.pushed_authorization_request,
    ROUTES.device_authorization,
    ROUTES.backchannel_authentication,
    ROUTES.registration,
  ])('shut nobody out of %s', async (path) => {
    await halves(path);
    const { status } = await ask(path);
    expect([status >= 200 && status < 500, status]).toEqual([true, status]);
  });

  test('are answered like any other when the rest comes', async () => {
    const [sized, chunked] = await halves(ROUTES.token);
    const rest = BODY.slice(20);
    sized?.socket.write(rest);
    chunked?.socket.write(`${rest.length.toString(16)}\r\n${rest}\r\n0\r\n\r\n`);
    for (const line of [sized, chunked])
      expect(await line?.reads('invalid_grant')).toMatch(/HTTP\/1\.1 400 [\s\S]*invalid_grant/);
  });

  test('a body that is too long is refused by whoever reads it, however it comes', async () => {
    const long = 'x'.repeat(300_000);
    expect((await ask(ROUTES.token, `grant_type=${long}`)).status).toBe(400);
    const stream = new Blob([`grant_type=${long}`]).stream();
    const headers = { authorization: ROR, 'content-type': 'application/x-www-form-urlencoded' };
    const sent = { method: 'POST', headers, body: stream, duplex: 'half' } as RequestInit;
    expect((await fetch(mire.issuer + ROUTES.token, sent)).status).toBe(400);
  });
});

test('a body that never comes is 408, and its connection is closed', async () => {
  const app = new Koa();
  const doors = new Map([['/token', { machine: true, entrance: false }]]);
  app.use(bounded({ doors, places: 1, registry: new Registry(), bodyPatience: 20 }));
  const server = createServer(app.callback());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const line = await half((server.address() as AddressInfo).port, 'x', '/token');
    const answer = await line.reads('did not come in time');
    expect(answer).toMatch(/HTTP\/1\.1 408 /);
    expect(answer.toLowerCase()).toContain('connection: close');
    if (!line.socket.closed) await once(line.socket, 'close');
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});
