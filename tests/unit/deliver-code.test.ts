import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { CODE } from '../../config/lives.ts';
import type { Challenge } from '../../src/challenges/challenge.ts';
import { codeOf, newSeed } from '../../src/challenges/hotp.ts';
import { type DeliveryDeps, deliverCode } from '../../src/delivery/deliver-code.ts';
import { createDeliveryMetrics, measuredQueue } from '../../src/delivery/metrics.ts';
import { DeliveryRefused, type Sms, type SmsSender } from '../../src/delivery/ports.ts';
import type { SmsMessages } from '../../src/delivery/sms-receipts.ts';
import { smsWithFallback } from '../../src/delivery/sms-with-fallback.ts';
import { createInbox } from '../../src/sandbox/inbox.ts';

const NOW = new Date('2026-03-01T08:00:00Z');
const clock = () => NOW;

function scene(over: Partial<Challenge> = {}) {
  const seed = newSeed();
  let challenge: Challenge | undefined = {
    id: randomUUID(),
    accountId: randomUUID(),
    purpose: 'sign-in',
    decoy: false,
    channel: 'mail',
    destination: 'alice.martin@example.org',
    locale: 'fr',
    counter: 2,
    handedOver: 1,
    attempts: 0,
    sentAt: NOW,
    expiresAt: new Date(NOW.getTime() + 1000),
    consumedAt: undefined,
    ...over,
  };
  let lost: Challenge | undefined;
  const registry = new Registry();
  const inbox = createInbox(clock);
  const recorded: Parameters<SmsMessages['sent']>[0][] = [];
  const deps: DeliveryDeps = {
    remember: async () => undefined,
    smsMessages: { sent: async (message) => void recorded.push(message) },
    challenges: {
      async markTrouble(_, counter, trouble) {
        if (challenge?.counter === counter) challenge = { ...challenge, trouble };
      },
      byId: async () => challenge,
      seedOf: async () => (challenge ? seed : undefined),
      async markHandedOver(_, counter) {
        if (challenge) challenge = { ...challenge, handedOver: counter };
      },
    },
    mail: inbox.mail,
    sms: inbox.sms,
    metrics: createDeliveryMetrics(registry),
    sender: { platform: 'Portail', host: 'mire.example.fr', supportUrl: 'https://assistance.example.org/' },
    clock,
  };
  const job = { challengeId: challenge.id, counter: 2, requestedAt: NOW.getTime() - 1500 };
  const count = async (name: string) => (await registry.getSingleMetric(name)?.get())?.values ?? [];
  return {
    deps,
    job,
    inbox,
    seed,
    count,
    recorded,
    handedOver: () => challenge?.handedOver,
    trouble: () => challenge?.trouble,
    lose: () => {
      lost = challenge;
      challenge = undefined;
    },
    find: () => {
      challenge = lost;
    },
  };
}

describe.each(['mail', 'sms'] as const)('by %s', (channel) => {
  const destination = channel === 'mail' ? 'alice.martin@example.org' : '+33612345678';

  test('the code of the job goes to its place, is marked, and is not sent again', async () => {
    const { deps, job, inbox, seed, handedOver } = scene({ channel, destination });
    expect(await deliverCode(deps, job)).toBe('sent');
    expect(inbox.list()).toMatchObject([{ channel, to: destination, code: codeOf(seed, 2) }]);
    expect(inbox.list()[0]?.text).toContain(codeOf(seed, 2));
    expect(handedOver()).toBe(2);
    expect(await deliverCode(deps, job)).toBe('already-sent');
    expect(inbox.list()).toHaveLength(1);
  });

  test('it is counted, with the delay from the click', async () => {
    const { deps, job, count } = scene({ channel, destination });
    await deliverCode(deps, job);
    expect(await count('mire_codes_sent_total')).toMatchObject([{ value: 1, labels: { channel, purpose: 'sign-in' } }]);
    const sum = (await count('mire_code_hand_over_seconds')).find(
      (value) => 'metricName' in value && value.metricName === 'mire_code_hand_over_seconds_sum',
    );
    expect(sum?.value).toBe(1.5);
  });
});

test.each([
  ['consumed', { consumedAt: NOW }],
  ['superseded', { counter: 3 }],
  ['already-sent', { handedOver: 2 }],
] as const)('nothing is sent when the challenge is %s', async (reason, over) => {
  const { deps, job, inbox, count } = scene(over);
  expect(await deliverCode(deps, job)).toBe(reason);
  expect(inbox.list()).toEqual([]);
  expect(await count('mire_codes_dropped_total')).toMatchObject([
    { value: 1, labels: { channel: 'mail', purpose: 'sign-in', reason } },
  ]);
});

test.each([{ expiresAt: NOW }, { expiresAt: undefined }])(
  'a code that was promised and is not sent in its life is lost, and that is said: %j',
  async (over) => {
    const { deps, job, inbox, count } = scene(over);
    await expect(deliverCode(deps, job)).rejects.toMatchObject({ message: 'expired', permanent: true });
    expect(inbox.list()).toEqual([]);
    expect(await count('mire_codes_dropped_total')).toMatchObject([{ value: 1, labels: { reason: 'expired' } }]);
  },
);

test('the name that a provider gives a message is kept, and none where it gives none', async () => {
  const named = scene({ channel: 'sms', destination: '+33612345678' });
  const sms = { name: 'one', send: async () => ({ provider: 'one', messageId: 'm-1' }) };
  await deliverCode({ ...named.deps, sms }, named.job);
  const { challengeId, counter } = named.job;
  expect(named.recorded).toEqual([{ provider: 'one', messageId: 'm-1', challengeId, counter, at: NOW }]);
  const nameless = scene({ channel: 'sms', destination: '+33612345678' });
  await deliverCode(nameless.deps, nameless.job);
  expect(nameless.recorded).toEqual([]);
});

test('a server that is behind does not end the job: the code is looked for as long as it lives, then said to be lost', async () => {
  const { deps, job, lose, count, inbox, find } = scene();
  lose();
  await expect(deliverCode(deps, job)).rejects.toMatchObject({ message: 'not there yet', permanent: false });
  expect(await count('mire_codes_dropped_total')).toEqual([]);
  const later = { ...job, requestedAt: NOW.getTime() - CODE.life * 1000 };
  await expect(deliverCode(deps, later)).rejects.toMatchObject({ message: 'gone', permanent: true });
  expect(await count('mire_codes_dropped_total')).toMatchObject([{ value: 1, labels: { reason: 'gone' } }]);
  find();
  expect(await deliverCode(deps, job)).toBe('sent');
  expect(inbox.list()).toHaveLength(1);
});

test('a server that still has the code before it does not end the job either', async () => {
  const { deps, job, inbox } = scene({ counter: 1, handedOver: 1 });
  await expect(deliverCode(deps, job)).rejects.toMatchObject({ message: 'not there yet', permanent: false });
  expect(inbox.list()).toEqual([]);
});

test('a provider that refuses leaves the code unmarked, so that the queue can try again', async () => {
  const { deps, job, handedOver, trouble, count } = scene();
  const refusal = new DeliveryRefused('mail: EENVELOPE 450', 'busy');
  const mail = { send: async () => Promise.reject(refusal), close: async () => undefined };
  await expect(deliverCode({ ...deps, mail }, job)).rejects.toBe(refusal);
  expect(handedOver()).toBe(1);
  expect(trouble()).toBe('busy');
  expect(await count('mire_codes_failed_total')).toMatchObject([
    { value: 1, labels: { purpose: 'sign-in', kind: 'temporary', reason: 'busy' } },
  ]);
});

test('a mark that failed sends the same code again', async () => {
  const { deps, job, inbox } = scene();
  const failing = { ...deps.challenges, markHandedOver: async () => Promise.reject(new Error('connection lost')) };
  await expect(deliverCode({ ...deps, challenges: failing }, job)).rejects.toThrow('connection lost');
  await deliverCode(deps, job);
  const codes = inbox.list().map(({ code }) => code);
  expect(codes).toHaveLength(2);
  expect(codes[0]).toBe(codes[1]);
});

describe('with a second SMS provider', () => {
  const sms: Sms = { id: 'a-1', to: '+33612345678', text: 'x', expiresAt: new Date(NOW.getTime() + 1000) };
  const accepts = (name: string, taken: string[]): SmsSender => ({
    name,
    async send() {
      taken.push(name);
      return { provider: name, messageId: `${name}-1` };
    },
  });
  const refuses = (name: string, permanent: boolean): SmsSender => ({
    name,
    send: () => Promise.reject(new DeliveryRefused(`${name}: HTTP 500`, permanent ? 'content-refused' : 'busy')),
  });
  const pair = (first: SmsSender, second: SmsSender, at = clock) => {
    const fellBack: string[] = [];
    return { fellBack, sender: smsWithFallback(first, second, at, { fellBack: (name) => fellBack.push(name) }) };
  };

  test('the second is not asked when the first accepts', async () => {
    const taken: string[] = [];
    const { sender, fellBack } = pair(accepts('one', taken), accepts('two', taken));
    expect(await sender.send(sms)).toEqual({ provider: 'one', messageId: 'one-1' });
    expect([taken, fellBack]).toEqual([['one'], []]);
  });

  test.each([true, false])('the second is asked when the first fails (for good: %p)', async (permanent) => {
    const { sender, fellBack } = pair(refuses('one', permanent), accepts('two', []));
    expect(await sender.send(sms)).toEqual({ provider: 'two', messageId: 'two-1' });
    expect(fellBack).toEqual(['one']);
  });

  test.each([
    [true, true, true],
    [true, false, false],
    [false, true, false],
  ])('refused for good %p and %p is for good: %p', async (one, two, permanent) => {
    const { sender } = pair(refuses('one', one), refuses('two', two));
    await expect(sender.send(sms)).rejects.toMatchObject({ permanent, message: 'one: HTTP 500; two: HTTP 500' });
  });

  test('the second is not asked once the code has expired', async () => {
    const taken: string[] = [];
    const { sender } = pair(refuses('one', false), accepts('two', taken), () => sms.expiresAt);
    await expect(sender.send(sms)).rejects.toThrow('one: HTTP 500');
    expect(taken).toEqual([]);
  });
});

test('the queue is counted both ways, and its failure passes through', async () => {
  const { deps, job, count } = scene();
  const kind = { channel: 'mail', purpose: 'recovery' } as const;
  await measuredQueue({ send: async () => undefined }, deps.metrics).send({ ...job, kind });
  const broken = measuredQueue({ send: async () => Promise.reject(new Error('down')) }, deps.metrics);
  await expect(broken.send(job)).rejects.toThrow('down');
  expect(await count('mire_codes_queued_total')).toMatchObject([
    { value: 1, labels: { ...kind, outcome: 'accepted' } },
    // What an older release queued, during an upgrade.
    { value: 1, labels: { channel: 'unknown', purpose: 'unknown', outcome: 'refused' } },
  ]);
});

test('the inbox keeps the 500 newest messages, newest first', () => {
  const inbox = createInbox(clock);
  for (let i = 1; i <= 501; i++)
    inbox.add({ channel: 'mail', to: 'a@example.org', subject: '', text: '', code: `${i}` });
  const list = inbox.list();
  expect(list).toHaveLength(500);
  expect([list[0]?.code, list.at(-1)?.code]).toEqual(['501', '2']);
  expect(new Set(list.map(({ id }) => id)).size).toBe(500);
  expect(list[0]?.at).toBe(NOW.toISOString());
});
