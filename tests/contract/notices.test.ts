import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import type { Reason } from '../../src/delivery/answers.ts';
import { deliverNotice } from '../../src/delivery/deliver-notice.ts';
import type { NoticeJob, NoticeQueue } from '../../src/delivery/jobs.ts';
import { createDeliveryMetrics } from '../../src/delivery/metrics.ts';
import { createNotifier } from '../../src/delivery/notifier.ts';
import { DeliveryRefused, type Mail } from '../../src/delivery/ports.ts';
import { createRemembering } from '../../src/delivery/remembering.ts';
import { createLog } from '../../src/log.ts';
import { sweepNotices } from '../../src/main/notices.ts';
import { sampleAccount } from '../support/accounts/sample-accounts.ts';
import { onEachDatabase } from '../support/storage/each-database.ts';

const NOW = new Date('2026-11-23T08:00:00.000Z');
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);
const sender = { platform: 'Portail', host: 'mire.example.fr', supportUrl: 'https://assistance.example.org/' };
const notice = {
  template: 'mail-now-here',
  to: 'alice.martin@example.org',
  locale: 'fr-FR',
  at: NOW,
  params: {
    when: '23/11/2026',
    who: 'md•••••',
    from: 'Firefox sur Windows',
    account: 'https://mire.example.fr/compte',
  },
} as const;

onEachDatabase('notices', (ground) => {
  const notices = () => ground().storage.notices;
  const asked: string[] = [];
  const notifierOf = (queue: NoticeQueue) =>
    createNotifier({
      queue,
      log: createLog('silent'),
      notices: notices(),
      metrics: { noticeAsked: (template) => void asked.push(template) },
    });
  const scene = () => {
    const mails: Mail[] = [];
    const registry = new Registry();
    const metrics = createDeliveryMetrics(registry);
    let refusal: DeliveryRefused | undefined;
    const mail = {
      async send(one: Mail) {
        if (refusal) throw refusal;
        mails.push(one);
      },
      close: async () => undefined,
    };
    const deliver = (noticeId: string, now = NOW, attempt?: number) =>
      deliverNotice(
        {
          notices: notices(),
          mail,
          sender,
          clock: () => now,
          remember: createRemembering({ storage: ground().storage, clock: () => now }),
          metrics,
        },
        { noticeId },
        attempt,
      );
    const counted = async (name: string) => (await registry.getSingleMetric(name)?.get())?.values ?? [];
    return {
      mails,
      deliver,
      counted,
      refuse: (reason: Reason) => (refusal = new DeliveryRefused('mail: 550', reason)),
    };
  };

  test('a notice comes back as it was written, its address and values sealed in the table', async () => {
    const account = sampleAccount();
    await ground().storage.accounts.insert(account);
    const id = await notices().write({ ...notice, accountId: account.id });
    expect(await notices().byId(id)).toEqual({
      ...notice,
      id,
      at: undefined,
      locale: 'fr',
      accountId: account.id,
      createdAt: NOW,
      sentAt: undefined,
      givenUpAt: undefined,
    });
    const { rows } = await ground().database.raw(
      "select encode(destination, 'escape') || encode(params, 'escape') as text from notices where id = ?",
      [id],
    );
    expect(rows[0].text).not.toMatch(/alice|compte|2026/);
  });

  test('what is rolled back is told to nobody', async () => {
    let id = '';
    const { mails, deliver } = scene();
    await expect(
      ground().storage.transaction(async (tx) => {
        id = await tx.notices.write(notice);
        throw new Error('the change failed');
      }),
    ).rejects.toThrow('the change failed');
    await expect(deliver(id)).rejects.toMatchObject({ message: 'gone', permanent: true });
    expect(mails).toEqual([]);
  });

  test('one that a server behind does not know yet is looked for again, and lost only after a while', async () => {
    const { deliver, counted } = scene();
    const id = randomUUID();
    await expect(deliver(id, NOW, 1)).rejects.toMatchObject({ message: 'not there yet', permanent: false });
    expect(await counted('mire_notices_dropped_total')).toEqual([]);
    await expect(deliver(id, NOW, 7)).rejects.toMatchObject({ message: 'gone', permanent: true });
    expect(await counted('mire_notices_dropped_total')).toMatchObject([{ value: 1, labels: { reason: 'gone' } }]);
  });

  test('a value that is forgotten is an error of who writes it', async () => {
    await expect(notices().write({ ...notice, params: { when: 'hier' } })).rejects.toThrow('needs account');
  });

  test('it is sent once, to the address it was written for, and never twice', async () => {
    const { mails, deliver } = scene();
    const id = await notices().write(notice);
    expect(await deliver(id)).toBe('sent');
    expect(await deliver(id)).toBe('already-sent');
    expect(mails).toMatchObject([{ id, to: notice.to, locale: 'fr', subject: expect.stringContaining('Portail') }]);
    expect(mails[0]?.text).toContain('23/11/2026');
    expect(mails[0]?.html).toContain('https://mire.example.fr/compte');
  });

  test('an address that is refused for good is left alone; another failure is tried again', async () => {
    const { deliver, refuse, counted } = scene();
    const id = await notices().write(notice);
    refuse('not-let-in');
    await expect(deliver(id)).rejects.toThrow(DeliveryRefused);
    expect((await notices().byId(id))?.givenUpAt).toBeUndefined();
    refuse('unknown-recipient');
    await expect(deliver(id)).rejects.toThrow(DeliveryRefused);
    expect(await deliver(id)).toBe('already-sent');
    const template = notice.template;
    expect(await counted('mire_notices_failed_total')).toMatchObject([
      { value: 1, labels: { template, kind: 'temporary', reason: 'not-let-in' } },
      { value: 1, labels: { template, kind: 'permanent', reason: 'unknown-recipient' } },
    ]);
  });

  test('an address that its own server refuses is known as one, until a code comes back from it', async () => {
    const email = `${randomUUID()}@example.org`;
    const account = sampleAccount({ email });
    await ground().storage.accounts.insert(account);
    const refusedAt = async () => (await ground().storage.accounts.byId(account.id))?.emailRefusedAt;
    const { deliver, refuse } = scene();
    const tell = (to: string) => notices().write({ ...notice, to, accountId: account.id });
    refuse('not-let-in');
    await expect(deliver(await tell(email))).rejects.toThrow(DeliveryRefused);
    refuse('unknown-recipient');
    await expect(deliver(await tell('former@example.org'))).rejects.toThrow(DeliveryRefused);
    expect(await refusedAt()).toBeUndefined();
    await expect(deliver(await tell(email))).rejects.toThrow(DeliveryRefused);
    expect(await refusedAt()).toEqual(NOW);
    await ground().storage.lifecycles.mailChecked(account.id, NOW);
    expect(await refusedAt()).toBeUndefined();
  });

  test('three days later it tells nothing new', async () => {
    const { mails, deliver, counted } = scene();
    const id = await notices().write(notice);
    await expect(deliver(id, new Date(NOW.getTime() + 72 * 60 * 60_000))).rejects.toMatchObject({ message: 'expired' });
    expect(mails).toEqual([]);
    expect(await counted('mire_notices_dropped_total')).toMatchObject([
      { value: 1, labels: { template: notice.template, reason: 'expired' } },
    ]);
  });

  test('each is counted as asked for once, by template, however often it is announced and whatever the queue says', async () => {
    asked.length = 0;
    const ids = [await notices().write(notice), await notices().write(notice)];
    await notifierOf({ send: async () => undefined }).announce(ids);
    await notifierOf({ send: async () => undefined }).announceAgain(ids);
    await notifierOf({ send: async () => Promise.reject(new Error('down')) }).announce([await notices().write(notice)]);
    expect(asked).toEqual(Array(3).fill(notice.template));
  });

  test('how late it left is known by template', async () => {
    const { deliver, counted } = scene();
    await deliver(await notices().write(notice), new Date(NOW.getTime() + 1000_000));
    const buckets = (await counted('mire_notice_hand_over_seconds')) as { value: number; labels: object }[];
    const upTo = (le: number) => buckets.find(({ labels }) => 'le' in labels && labels.le === le);
    expect(upTo(900)).toMatchObject({ value: 0, labels: { template: notice.template } });
    expect(upTo(3600)).toMatchObject({ value: 1, labels: { template: notice.template } });
  });

  test('the sweep finds those whose enqueue was lost, and no other', async () => {
    await ground().database.raw('delete from notices');
    const lost = await notices().write({ ...notice, at: minutesAgo(3) });
    await notices().write({ ...notice, at: minutesAgo(1) });
    await notices().write({ ...notice, at: minutesAgo(73 * 60) });
    await notices().markSent(await notices().write({ ...notice, at: minutesAgo(4) }), NOW);
    const jobs: NoticeJob[] = [];
    const notifier = notifierOf({ send: async (job) => void jobs.push(job) });
    expect(await sweepNotices({ storage: ground().storage, clock: () => NOW }, notifier)).toBe(1);
    expect(jobs).toEqual([{ noticeId: lost }]);
  });

  test('a queue that is down loses no notice and fails no request', async () => {
    const id = await notices().write({ ...notice, at: minutesAgo(5) });
    const notifier = notifierOf({ send: async () => Promise.reject(new Error('down')) });
    await notifier.announce([id]);
    expect(await notices().unsent({ from: minutesAgo(10), to: NOW }, 10)).toContain(id);
  });
});
