import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import Koa from 'koa';
import { DRAIN, type Listener, listenOn } from '../../../src/http/listener.ts';
import { freePort } from '../../support/mire.ts';

const REQUEST = 'POST / HTTP/1.1\r\nHost: mire.test\r\nContent-Length: 0\r\n\r\n';

/** Nothing is read meanwhile, as when many people come back at once. */
function keepBusy(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe('a form that a proxy sends over a kept connection while the process stops', () => {
  let listeners: Listener[];
  let port: number;
  let proxy: Socket;
  let received = '';
  beforeEach(async () => {
    const app = new Koa();
    app.use((ctx) => {
      ctx.body = 'done';
    });
    port = await freePort();
    listeners = await listenOn(app, '127.0.0.1', port);
    proxy = connect(port, '127.0.0.1');
    received = '';
    proxy.setEncoding('utf8').on('data', (data: string) => {
      received += data;
    });
    proxy.on('error', () => undefined); // what was received says enough
    proxy.write(REQUEST);
    await once(proxy, 'data');
    received = '';
  });
  afterEach(async () => {
    proxy.destroy();
    await Promise.all(listeners.map((one) => one.close(0)));
  });
  const stop = () => Promise.all(listeners.map((one) => one.close(5000)));

  test('is answered, and told that it is the last', async () => {
    const stopped = stop();
    proxy.write(REQUEST);
    await stopped;
    expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(received).toMatch(/^connection: close\r$/im);
  });

  test('is answered even when it lies unread in the instant that idle connections are closed', async () => {
    const stopped = stop();
    await wait(DRAIN - 100);
    proxy.write(REQUEST);
    // Over the moment in which they are.
    keepBusy(300);
    await stopped;
    expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });
});
