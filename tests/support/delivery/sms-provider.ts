import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Taken {
  readonly id: string;
  readonly to: string;
  readonly text: string;
}

export interface SmsProvider {
  readonly url: string;
  /** What it took, the oldest first. */
  readonly taken: readonly Taken[];
  /** The settings of Mire that go with it. */
  readonly settings: Readonly<Record<string, string>>;
  /** The next messages are refused, in words and with status 200; undefined: taken again. */
  refuse(word: string | undefined): void;
  /** Says what became of some messages, in one request, in this order. */
  report(issuer: string, states: readonly (readonly [id: string, state: string])[]): Promise<Response>;
  stop(): Promise<void>;
}

export const STATES = {
  DELIVRD: 'reached',
  ENROUTE: 'unknown',
  UNDELIV: 'unknown-recipient',
  EXPIRED: 'busy',
} as const;

/** A provider of SMS as they are: it names each message in its answer, and posts receipts that it signs. */
export async function smsProvider(prefix: 'SMS' | 'SMS_FALLBACK' = 'SMS'): Promise<SmsProvider> {
  const taken: Taken[] = [];
  const secret = `${randomUUID()}${randomUUID()}`;
  let refusal: string | undefined;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { to, text } = JSON.parse(Buffer.concat(chunks).toString()) as { to: string; text: string };
    if (refusal !== undefined) {
      response.end(JSON.stringify({ messages: [{ error: { code: refusal, text: `cannot reach ${to}` } }] }));
      return;
    }
    const id = randomUUID();
    taken.push({ id, to, text });
    response.end(JSON.stringify({ messages: [{ id, status: 'queued' }] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const receipt = {
    header: 'x-signature',
    proof: 'hmac-sha256',
    id: 'results.*.messageId',
    state: 'results.*.status',
    states: STATES,
  };
  return {
    url,
    taken,
    settings: {
      [`${prefix}_URL`]: url,
      [`${prefix}_ANSWER`]: JSON.stringify({
        id: 'messages.0.id',
        why: 'messages.0.error.code',
        reasons: { NO_SUCH_NUMBER: 'unknown-recipient', NO_CREDIT: 'not-let-in' },
      }),
      [`${prefix}_RECEIPT`]: JSON.stringify(receipt),
      [`${prefix}_RECEIPT_SECRET`]: secret,
    },
    refuse(word) {
      refusal = word;
    },
    report(issuer, states) {
      const body = JSON.stringify({ results: states.map(([messageId, status]) => ({ messageId, status })) });
      const signature = createHmac('sha256', secret).update(body).digest('hex');
      return fetch(`${issuer}/sms/receipts/${prefix === 'SMS' ? 'first' : 'second'}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-signature': `sha256=${signature}` },
        body,
      });
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
