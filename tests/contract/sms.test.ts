import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHttpSmsSender } from '../../adapters/sms/http.ts';
import { SMS_WITHIN } from '../../config/pace.ts';
import { ConfigError } from '../../src/http/errors.ts';

const TO = '+33612345678';
const TEXT = '012345\nCode "de" connexion \\ Santé\n\n@mire.example.fr #012345';
const sms = (to = TO) => ({ id: 'c0ffee-1', to, text: TEXT, expiresAt: new Date() });

const received: { method: string | undefined; url: string | undefined; headers: IncomingHttpHeaders; body: string }[] =
  [];
let respond: (response: ServerResponse) => void;
let server: Server;
let origin: string;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method, url, headers } = request;
    received.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    respond(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  received.length = 0;
  respond = (response) => response.writeHead(200).end('{"ok":true}');
});

const provider = (over: Partial<Parameters<typeof createHttpSmsSender>[0]> = {}) =>
  createHttpSmsSender({
    name: 'first',
    url: `${origin}/v1/sms?account=7`,
    headers: { authorization: 'Bearer abc' },
    body: '{"messages":[{"to":"{{to}}","text":"{{text}}","ref":"{{id}}"}],"sender":"SANTE"}',
    ...over,
  });

test('the request is the one that was configured, filled in', async () => {
  expect(await provider().send(sms())).toEqual({ provider: 'first', messageId: undefined });
  expect(received).toHaveLength(1);
  expect(received[0]).toMatchObject({
    method: 'POST',
    url: '/v1/sms?account=7',
    headers: { authorization: 'Bearer abc', 'content-type': 'application/json' },
  });
  expect(JSON.parse(received[0]?.body ?? '')).toEqual({
    messages: [{ to: TO, text: TEXT, ref: 'c0ffee-1' }],
    sender: 'SANTE',
  });
});

test('a content type that was configured is kept', async () => {
  await provider({ headers: { 'Content-Type': 'application/vnd.sms+json' } }).send(sms());
  expect(received[0]?.headers['content-type']).toBe('application/vnd.sms+json');
});

describe('a refusal', () => {
  test.each([
    [400, true],
    [401, false],
    [404, false],
    [422, true],
    [408, false],
    [429, false],
    [500, false],
    [503, false],
  ])('with status %i is for good: %p, and quotes nothing', async (status, permanent) => {
    respond = (response) => response.writeHead(status).end(`no such number ${TO}`);
    await expect(provider().send(sms())).rejects.toMatchObject({ permanent, message: `first: HTTP ${status}` });
  });

  test('a redirect is not followed: the code goes nowhere else', async () => {
    respond = (response) => response.writeHead(307, { location: `${origin}/elsewhere` }).end();
    await expect(provider().send(sms())).rejects.toMatchObject({ permanent: false, message: 'first: HTTP 307' });
    expect(received.map(({ url }) => url)).toEqual(['/v1/sms?account=7']);
  });

  test('a provider that is not there is a temporary one', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    const sent = provider({ url: `http://127.0.0.1:${port}/` }).send(sms());
    await expect(sent).rejects.toMatchObject({ permanent: false, message: 'first: ECONNREFUSED' });
  });

  test('a provider that hangs up is a temporary one', async () => {
    respond = (response) => response.destroy();
    await expect(provider().send(sms())).rejects.toMatchObject({ permanent: false, message: 'first: UND_ERR_SOCKET' });
  });

  test('a provider that never answers is left after five seconds', async () => {
    respond = () => undefined;
    expect(SMS_WITHIN).toBe(5000);
    const sent = provider({ within: SMS_WITHIN / 50 }).send(sms());
    await expect(sent).rejects.toMatchObject({ permanent: false, message: 'first: TimeoutError' });
  });

  test.each(['0612345678', '+33 6 12 34 56 78', '+33612345678\r\n', 'alice', ''])(
    '%p is no number: refused for good before anything is sent',
    async (to) => {
      await expect(provider().send(sms(to))).rejects.toMatchObject({ permanent: true, message: 'first: not a number' });
      expect(received).toEqual([]);
    },
  );
});

describe('an answer that says more than its status', () => {
  const answer = {
    id: 'messages.0.id',
    why: 'error.code',
    reasons: { 21614: 'unknown-recipient', credit: 'not-let-in' },
  } as const;
  const says = (body: string, status = 200) => {
    respond = (response) => response.writeHead(status).end(body);
    return provider({ answer }).send(sms());
  };

  test.each([
    ['{"messages":[{"id":"m-1"}]}', 'm-1'],
    ['{"messages":[{"id":17}]}', '17'],
    ['{"messages":[]}', undefined],
    ['<html>', undefined],
    ['', undefined],
    [`{"messages":[{"id":"${'x'.repeat(201)}"}]}`, undefined],
    [`{"messages":[{"id":"m-1"}],"more":"${'x'.repeat(70_000)}"}`, undefined],
    ['{"error":{"code":"invented"},"messages":[{"id":"m-1"}]}', 'm-1'],
  ])('%p names the message %p', async (body, messageId) => {
    expect(await says(body)).toEqual({ provider: 'first', messageId });
  });

  test('one that breaks off after its status is an acceptance all the same', async () => {
    respond = (response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"messages"', () => response.destroy());
    };
    expect(await provider({ answer }).send(sms())).toEqual({ provider: 'first', messageId: undefined });
  });

  test.each([
    [200, '{"error":{"code":21614}}', 'unknown-recipient', 'first: HTTP 200 21614'],
    [400, '{"error":{"code":"21614"}}', 'unknown-recipient', 'first: HTTP 400 21614'],
    [400, '{"error":{"code":"credit"}}', 'not-let-in', 'first: HTTP 400 credit'],
    [400, `{"error":{"code":"no ${TO}"}}`, 'content-refused', 'first: HTTP 400'],
    [400, '{"error":{"code":"toString"}}', 'content-refused', 'first: HTTP 400'],
    [503, 'busy', 'busy', 'first: HTTP 503'],
  ])('%i %s is %s, and quotes the operator’s own words alone', async (status, body, reason, message) => {
    await expect(says(body, status)).rejects.toMatchObject({ reason, message });
  });
});

describe('a provider that cannot work is refused at the start, without its secrets', () => {
  test.each([
    ['credentials in the address', { url: 'https://user:hunter2@sms.example.org/' }],
    ['a header with a line break', { headers: { authorization: 'hunter2\r\nx: y' } }],
    ['a body that is not JSON', { body: '{{to}} {{text}} hunter2' }],
  ])('%s', (_, over) => {
    expect(() => provider(over)).toThrow(ConfigError);
    expect(() => provider(over)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hunter2') }));
  });
});
