import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWith } from '../../support/jest/services.ts';
import {
  type Environment,
  MireProcess,
  productionEnvironment,
  type Replica,
  startReplica,
} from '../../support/servers/production.ts';
import { type TestDatabase, testDatabase } from '../../support/storage/database.ts';

const BODY = 'grant_type=authorization_code&code=unknown';
const REQUEST = [
  'POST /token HTTP/1.1',
  'Host: mire.test',
  'X-Forwarded-Host: mire.test',
  'X-Forwarded-Proto: https',
  'Content-Type: application/x-www-form-urlencoded',
  `Content-Length: ${BODY.length}`,
  // The answer to this header says that the request is in the process's hands.
  'Expect: 100-continue',
  '\r\n',
].join('\r\n');

/** A connection, and everything that came over it. */
async function open(port: number): Promise<{ socket: Socket; received: () => string }> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (data: string) => {
    text += data;
  });
  await once(socket, 'connect');
  return { socket, received: () => text };
}

describeWith('postgres', 'a web process that is told to stop', () => {
  let database: TestDatabase;
  let environment: Environment;
  beforeAll(async () => {
    database = await testDatabase('postgres');
    environment = productionEnvironment({ DATABASE_URL: database.url, ISSUER: 'https://mire.test' });
  });
  afterAll(() => database.stop());

  /** A replica with one request half sent, and one connection that a proxy keeps open for later. */
  async function busyReplica(more: Environment = {}) {
    const replica: Replica = await startReplica({ ...environment, ...more });
    const idle = await open(replica.port);
    const busy = await open(replica.port);
    const heard = once(busy.socket, 'data');
    busy.socket.write(REQUEST);
    await heard;
    expect(busy.received()).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    return { ...replica, idle, busy };
  }

  test('finishes the request in hand, takes no new one, and ends with 0', async () => {
    const { process, port, busy, idle } = await busyReplica();
    const idleClosed = once(idle.socket, 'close');
    process.signal('SIGTERM');
    await process.logged('stopping');
    await idleClosed;
    const refused = await once(connect(port, '127.0.0.1'), 'connect').catch(
      (error: NodeJS.ErrnoException) => error.code,
    );
    expect(refused).toBe('ECONNREFUSED');

    const closed = once(busy.socket, 'close');
    busy.socket.write(BODY);
    await closed;
    expect(busy.received()).toContain('HTTP/1.1 400 Bad Request');
    expect(busy.received()).toMatch(/^connection: close\r$/im);
    expect(busy.received()).toContain('"error":"invalid_request"');
    expect(await process.ended()).toBe(0);
    await process.logged('stopped');
  });

  test('does not wait for ever for a client that never finishes its request', async () => {
    const { process, busy } = await busyReplica({ SHUTDOWN_GRACE: '1' });
    busy.socket.on('error', () => undefined); // the process cuts the connection, which is the point
    expect(await process.stop()).toBe(0);
  });

  test('a second signal ends it at once', async () => {
    const { process, busy } = await busyReplica({ SHUTDOWN_GRACE: '60' });
    busy.socket.on('error', () => undefined); // the process dies with the connection open
    process.signal('SIGTERM');
    await process.logged('stopping');
    expect(await process.stop()).toBe(1);
  });

  test('refuses to start with wrong settings, all of them named at once, with EX_CONFIG', async () => {
    const started = new MireProcess(['serve'], {
      ...environment,
      ISSUER: 'http://mire.test',
      DPOP_KEY: 'short',
      MAIL_URL: '',
    });
    expect(await started.ended()).toBe(78);
    for (const name of ['ISSUER', 'DPOP_KEY', 'MAIL_URL']) expect(started.said).toContain(`  ${name}: `);
    expect(started.said).not.toContain('    at ');
  });
});
