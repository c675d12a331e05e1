import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from '@jest/globals';
import { createLimits } from '../../adapters/limits/limits.ts';
import { CODE } from '../../config/lives.ts';
import { createCircumstances } from '../../src/accounts/circumstances.ts';
import { loginKey } from '../../src/accounts/login-key.ts';
import { createCodes, type SendToRequest } from '../../src/challenges/codes.ts';
import { codeOf } from '../../src/challenges/hotp.ts';
import { deliverCode } from '../../src/delivery/deliver-code.ts';
import type { CodeJob } from '../../src/delivery/jobs.ts';
import { createDeliveryMetrics } from '../../src/delivery/metrics.ts';
import { createRegistry } from '../../src/http/metrics.ts';
import { createAdmission } from '../../src/protection/admission.ts';
import { createKnownDevices } from '../../src/protection/known-devices.ts';
import { LIMITS } from '../../src/protection/limits.ts';
import { createInbox } from '../../src/sandbox/inbox.ts';
import { sampleAccount, testVault } from '../support/accounts/sample-accounts.ts';
import { onEachDatabase } from '../support/storage/each-database.ts';

const request = { id: 'r', supportCode: 'K7Q2-9XMP', address: '192.0.2.7' };
const sender = { platform: 'Portail', host: 'mire.example.fr', supportUrl: 'https://assistance.example.org/' };

onEachDatabase('a code to an address that is nobody’s yet', (ground) => {
  let now = new Date('2026-11-23T08:00:00.000Z');
  const clock = () => now;
  const forward = (seconds: number) => {
    now = new Date(now.getTime() + seconds * 1000);
  };
  const jobs: CodeJob[] = [];
  const inbox = createInbox(clock);

  function scene() {
    const { storage, database } = ground();
    const limits = createLimits({ database, vault: testVault, factor: 1 });
    let queueIsDown = false;
    const queue = {
      async send(job: CodeJob) {
        if (queueIsDown) throw new Error('the queue is down');
        jobs.push(job);
      },
    };
    const devices = createKnownDevices(testVault, clock, 'http://localhost');
    const admission = createAdmission({ limits, devices, reached: async () => undefined });
    const circumstances = createCircumstances({ issuer: 'http://localhost', zone: 'Europe/Paris', clock });
    const smsCountries = new Set(['FR']);
    const codes = createCodes({ storage, queue, limits, admission, clock, circumstances, smsCountries });
    let challengeId = '';
    const to: SendToRequest = {
      channel: 'mail',
      destination: `${randomUUID()}@example.org`,
      purpose: 'verify-mail',
      flow: randomUUID(),
      locale: 'fr',
      request: { ...request, address: `2001:db8:${Math.floor(Math.random() * 0xffff).toString(16)}::1` },
    };
    const send = (over: Partial<SendToRequest> = {}) =>
      codes.sendTo({ ...to, current: challengeId || undefined, ...over }, async (_tx, id) => {
        challengeId = id;
      });
    const deliver = () =>
      deliverCode(
        {
          challenges: storage.challenges,
          smsMessages: storage.smsMessages,
          mail: inbox.mail,
          sms: inbox.sms,
          metrics: createDeliveryMetrics(createRegistry()),
          sender,
          clock,
          remember: async () => undefined,
        },
        jobs.at(-1) as CodeJob,
      );
    const check = (code: string) => codes.check(challengeId, code, undefined, to.request);
    const fail = (down: boolean) => {
      queueIsDown = down;
    };
    return { codes, to, send, deliver, check, fail, limits, id: () => challengeId, storage, database };
  }

  beforeEach(() => {
    jobs.length = 0;
  });

  test('is sent, in the words of a verification, and proves the address once', async () => {
    const { send, deliver, check, to, storage } = scene();
    await send();
    expect(await deliver()).toBe('sent');
    const [mail] = inbox.list();
    expect(mail).toMatchObject({ to: to.destination, subject: expect.stringContaining('vérification') });
    expect(mail?.text).not.toContain('mot de passe');
    const checked = await check(mail?.code ?? '');
    expect(checked.challenge).toMatchObject({ accountId: undefined, purpose: 'verify-mail' });
    await checked.spend(storage);
    await expect(checked.spend(storage)).rejects.toMatchObject({ code: 'code-expired' });
    await checked.succeeded();
  });

  test('follows the same rules: five tries, five minutes, 30 seconds between two sends, three sends', async () => {
    const { send, deliver, check } = scene();
    await send();
    await expect(send()).rejects.toMatchObject({ code: 'code-too-soon' });
    await deliver();
    const right = inbox.list()[0]?.code ?? '';
    const wrong = right === '000000' ? '111111' : '000000';
    for (let tries = 0; tries < CODE.tries; tries++)
      await expect(check(wrong)).rejects.toMatchObject({ code: 'code-wrong' });
    await expect(check(right)).rejects.toMatchObject({ code: 'code-too-many-tries' });
    forward(CODE.resendAfter);
    await send();
    await deliver();
    forward(CODE.life);
    await expect(check(inbox.list()[0]?.code ?? '')).rejects.toMatchObject({ code: 'code-expired' });
    await send();
    forward(CODE.resendAfter);
    await expect(send()).rejects.toMatchObject({ code: 'code-too-many-sends' });
  });

  test('is counted by the address, however it is spelled and in whatever flow', async () => {
    const { send, to } = scene();
    const { points } = LIMITS['sends-sign-up'];
    for (let sends = 0; sends < points; sends++) await send({ flow: randomUUID(), current: undefined });
    await expect(
      send({ flow: randomUUID(), current: undefined, destination: to.destination.toUpperCase() }),
    ).rejects.toMatchObject({ code: 'too-many-tries' });
  });

  test('is given back where it was not sent: no queue, a number that gets no SMS, another request that was faster', async () => {
    const { send, to, fail, limits } = scene();
    const used = async () => (await limits.take('sends-sign-up', loginKey(to.destination))).used;
    fail(true);
    await expect(send()).rejects.toMatchObject({ code: 'delivery-unavailable' });
    fail(false);
    expect(await used()).toBe(1);
    const number = '+37125000000';
    await expect(send({ channel: 'sms', destination: number })).rejects.toMatchObject({ code: 'sms-unavailable' });
    expect(await limits.take('sends-sign-up', loginKey(number))).toMatchObject({ used: 1 });
    const flow = randomUUID();
    await send({ flow, current: undefined });
    forward(CODE.resendAfter);
    const answers = await Promise.allSettled(Array.from({ length: 6 }, () => send({ flow })));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    // What was asked for above, the first send and the second.
    expect(await used()).toBe(4);
  });

  test('of somebody who has an account is counted by the account and by the address', async () => {
    const { send, storage, to } = scene();
    const { points } = LIMITS['sends-own-destination'];
    const accounts = [sampleAccount(), sampleAccount()];
    for (const account of accounts) await storage.accounts.insert(account);
    for (let sends = 0; sends < points; sends++)
      await send({ flow: randomUUID(), current: undefined, accountId: accounts[0]?.id });
    const other = { flow: randomUUID(), current: undefined, accountId: accounts[1]?.id };
    await expect(send(other)).rejects.toMatchObject({ code: 'too-many-tries' });
    await expect(
      send({ ...other, destination: 'b@example.org', accountId: accounts[0]?.id, flow: to.flow }),
    ).rejects.toMatchObject({ code: 'too-many-tries' });
  });

  test('asked for on an address that nobody has goes through everything, is sent to nobody, and is never right', async () => {
    const { send, deliver, check, id, storage, database } = scene();
    const before = inbox.list().length;
    await send({ decoy: true, purpose: 'recovery' });
    expect(jobs).toHaveLength(1);
    expect(await deliver()).toBe('decoy');
    expect(inbox.list()).toHaveLength(before);
    const seed = (await storage.challenges.seedOf(id())) ?? '';
    await expect(check(codeOf(seed, 1))).rejects.toMatchObject({ code: 'code-wrong' });
    const { rows } = await database.raw('select event, account_id from audit order by id desc limit 1');
    expect(rows).toEqual([{ event: 'recovery.code-refused', account_id: null }]);
  });

  test('sent elsewhere is another challenge: the code of the one does not prove the other', async () => {
    const { send, deliver, check, id } = scene();
    await send();
    await deliver();
    const first = id();
    const code = inbox.list()[0]?.code ?? '';
    await send({ destination: 'other@example.org' });
    expect(id()).not.toBe(first);
    await deliver();
    if (inbox.list()[0]?.code !== code) await expect(check(code)).rejects.toMatchObject({ code: 'code-wrong' });
    expect(inbox.list()[0]?.to).toBe('other@example.org');
  });
});
