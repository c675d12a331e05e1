import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { createStorage } from '../../adapters/db/storage.ts';
import { createSmtpSender } from '../../adapters/mail/smtp.ts';
import { createQueue, createWorker, type QueueSettings } from '../../adapters/queue/bullmq.ts';
import { CODE } from '../../config/lives.ts';
import { newSeed } from '../../src/challenges/hotp.ts';
import type { Clock } from '../../src/clock.ts';
import { deliverCode } from '../../src/delivery/deliver-code.ts';
import { deliverNotice, NOTICE_LIFE } from '../../src/delivery/deliver-notice.ts';
import { CODES, type JobKind, NOTICES, triesOf } from '../../src/delivery/jobs.ts';
import { createDeliveryMetrics } from '../../src/delivery/metrics.ts';
import { createNotifier } from '../../src/delivery/notifier.ts';
import { type MailSender, NotThere } from '../../src/delivery/ports.ts';
import { createRemembering } from '../../src/delivery/remembering.ts';
import { createLog } from '../../src/log.ts';
import { sweepNotices } from '../../src/main/notices.ts';
import { testVault } from '../support/accounts/sample-accounts.ts';
import { describeWith } from '../support/jest/services.ts';
import { until } from '../support/jest/until.ts';
import { PROMPT_QUEUE } from '../support/pace.ts';
import { cutAfterData } from '../support/servers/cut-after-data.ts';
import { cutWire } from '../support/servers/cut-wire.ts';
import { HOSPITAL, MIRE, type OwnPostfix, ownPostfix } from '../support/servers/own-postfix.ts';
import { type TestDatabase, testDatabase } from '../support/storage/database.ts';

const log = createLog('silent');
const sender = { platform: 'Portail', host: 'mire.example.fr', supportUrl: 'https://assistance.example.org/' };
const sms = { name: 'none', send: () => Promise.reject(new Error('no SMS here')) };
/** A queue that no other test has. */
const own = <Job extends object>(kind: JobKind<Job>): JobKind<Job> => ({
  ...kind,
  name: `${kind.name}-${randomUUID()}`,
});

interface Time {
  /** Milliseconds of one second of the queue. */
  readonly second: number;
  readonly clock: Clock;
}

/** Time that runs so many times as fast as the clock on the wall, for the service, its queue and the greylist alike. */
function hastened(times: number): Time {
  const begun = Date.now();
  return { second: 1000 / times, clock: () => new Date(begun + (Date.now() - begun) * times) };
}

describeWith('postfix', 'mail that does not leave at once', () => {
  let postfix: OwnPostfix;
  let database: TestDatabase;
  const open: { close(): Promise<unknown> }[] = [];
  beforeAll(async () => {
    [postfix, database] = [await ownPostfix(), await testDatabase()];
  });
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  afterAll(async () => {
    await postfix.remove();
    await database.stop();
  });

  /** The sending side of `mire work`, on time that may run faster. */
  function scene({ url = postfix.urls.open, ...time }: Partial<Time> & { url?: string } = {}) {
    const { second, clock } = { ...hastened(1), ...time };
    const storage = createStorage(database.database, testVault);
    const real = createSmtpSender({ url, from: `Mire <ne-pas-repondre@${MIRE}>` });
    let tries = 0;
    const mail: MailSender = {
      ...real,
      send(one) {
        tries += 1;
        return real.send(one);
      },
    };
    const settings: QueueSettings = {
      database: database.url,
      singleSession: database.singleSession,
      log,
      pace: { ...PROMPT_QUEUE, second },
    };
    const [codes, notices] = [own(CODES), own(NOTICES)];
    const metrics = createDeliveryMetrics(new Registry());
    const remember = createRemembering({ storage, clock });
    const outcomes: string[] = [];
    const ended = async (work: Promise<string>) => {
      try {
        outcomes.push(await work);
      } catch (error) {
        // The end of a message that was promised and not sent; whatever else is tried again.
        if (error instanceof NotThere && error.permanent) outcomes.push(error.message);
        throw error;
      }
    };
    const told = { challenges: storage.challenges, smsMessages: storage.smsMessages };
    const workers = [
      createWorker(settings, codes, async (job) =>
        ended(deliverCode({ ...told, mail, sms, metrics, sender, clock, remember }, job)),
      ),
      createWorker(settings, notices, async (job) =>
        ended(deliverNotice({ notices: storage.notices, mail, sender, clock, remember, metrics }, job)),
      ),
    ];
    const [codeQueue, noticeQueue] = [createQueue(settings, codes), createQueue(settings, notices)];
    open.push({ close: () => Promise.all(workers.map((worker) => worker.close(1000))) }, codeQueue, noticeQueue, real);
    const notifier = createNotifier({ queue: noticeQueue, log, notices: storage.notices, metrics });
    const askCode = async (to: string) => {
      const [id, now] = [randomUUID(), clock()];
      const insert = {
        id,
        channel: 'mail',
        destination: `${to}@${HOSPITAL}`,
        locale: 'fr',
        flow: id,
        seed: newSeed(),
      } as const;
      await storage.challenges.insert(insert);
      const counter = await storage.challenges.nextCode(id, now, new Date(now.getTime() + CODE.life * 1000), now);
      await codeQueue.send({ challengeId: id, counter: counter ?? 1, requestedAt: Date.now() });
      return `<${id}-1@${MIRE}>`;
    };
    const tell = async (to: string) => {
      const undo = 'https://mire.example.fr/compte/annuler#x';
      const said = { who: 'md•••••', from: 'Firefox sur Windows' };
      const params = { ...said, when: 'hier', until: 'demain', undo, code: 'x' };
      const id = await storage.notices.write({
        template: 'password-changed',
        to: `${to}@${HOSPITAL}`,
        locale: 'fr',
        at: clock(),
        params,
      });
      await notifier.announce([id]);
      return id;
    };
    return { storage, clock, outcomes, askCode, tell, tries: () => tries };
  }

  const copies = async (name: string, id: string) =>
    (await postfix.mails(`${name}@${HOSPITAL}`)).filter((mail) => mail.includes(id)).length;

  test('a changed password is told although the server asked for STARTTLS when it changed, and was mended only then', async () => {
    const wire = await cutWire(new URL(postfix.urls.shut), 25);
    const { tell, tries, outcomes } = scene({ ...hastened(50), url: wire.url });
    const id = await tell('alice');
    await until('three refusals at the door', () => tries() >= 3);
    wire.lead(new URL(postfix.urls.open));
    await postfix.arrived(`alice@${HOSPITAL}`, id);
    await until('the end', () => outcomes.includes('sent'));
    expect(await copies('alice', id)).toBe(1);
    await wire.stop();
  });

  test('a greylist of 300 seconds: a notice comes once, in a few tries; a code asked for again comes at once', async () => {
    const { tell, askCode, tries, clock, outcomes } = scene(hastened(1000));
    postfix.greylist.begin(300, clock);
    const id = await tell('grey');
    await postfix.arrived(`grey@${HOSPITAL}`, id);
    await until('the end', () => outcomes.includes('sent'));
    expect(postfix.greylist.deferred).toBe(tries() - 1);
    // 5, 10, 20, 40, 60, 120 and 300 seconds: seven pauses at most, fewer on a machine that is slow itself.
    expect(tries()).toBeLessThanOrEqual(8);
    expect(await copies('grey', id)).toBe(1);
    const first = tries();
    await postfix.arrived(`grey@${HOSPITAL}`, await askCode('grey'));
    expect(tries()).toBe(first + 1);
  });

  test('a code that a greylist keeps longer than it lives is given up, in no more tries than its pauses', async () => {
    const { askCode, tries, clock, outcomes } = scene(hastened(1000));
    postfix.greylist.begin(301 + CODE.life, clock);
    const id = await askCode('grey');
    await until('the end', () => outcomes.length > 0);
    expect(outcomes).toEqual(['expired']);
    expect(tries()).toBeLessThan(triesOf(CODES));
    expect(await copies('grey', id)).toBe(0);
  });

  test('a full mailbox costs a few dozen tries in three days, and the sweep begins none anew', async () => {
    const begun = Date.now();
    let now = begun;
    // The queue waits for nothing: three days of pauses are over at once.
    const { tell, tries, storage } = scene({ second: 0, clock: () => new Date(now) });
    const id = await tell('full');
    await until('the last try', () => tries() >= triesOf(NOTICES));
    await postfix.arrived(`alice@${HOSPITAL}`, await tell('alice'));
    expect(tries()).toBe(triesOf(NOTICES) + 1);
    now = begun + NOTICE_LIFE + 1;
    const announced: string[] = [];
    const notifier = { announceAgain: async (ids: readonly string[]) => void announced.push(...ids) };
    await sweepNotices({ storage, clock: () => new Date(now) }, notifier);
    expect(announced).not.toContain(id);
  });

  test('an address that does not exist costs one try', async () => {
    const { tell, tries, storage } = scene();
    const id = await tell('disabled');
    await until('it is given up', async () => (await storage.notices.byId(id))?.givenUpAt !== undefined);
    expect(tries()).toBe(1);
  });

  test('a cut after the message was given comes twice at most, under one Message-ID', async () => {
    const wire = await cutAfterData(new URL(postfix.urls.open));
    const { tell, tries, outcomes } = scene({ ...hastened(50), url: wire.url });
    const id = await tell('bob');
    await until('the end', () => outcomes.includes('sent'));
    expect(tries()).toBe(2);
    const found = await until('both', async () => (await copies('bob', `<${id}@${MIRE}>`)) === 2);
    expect(found).toBe(true);
    await wire.stop();
  });
});
