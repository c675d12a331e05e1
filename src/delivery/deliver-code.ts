import { CODE } from '../../config/lives.ts';
import type { Challenge, Challenges } from '../challenges/challenge.ts';
import { codeOf } from '../challenges/hotp.ts';
import type { Clock } from '../clock.ts';
import type { CodeJob } from './jobs.ts';
import { localeOf, type Sender } from './mail-frame.ts';
import { mailOf, smsOf } from './messages.ts';
import type { DeliveryMetrics, Dropped } from './metrics.ts';
import { type AcceptedSms, DeliveryRefused, type MailSender, NotThere, type SmsSender } from './ports.ts';
import type { Remember } from './remembering.ts';
import type { SmsMessages } from './sms-receipts.ts';

export interface DeliveryDeps {
  readonly challenges: Pick<Challenges, 'byId' | 'seedOf' | 'markHandedOver' | 'markTrouble'>;
  readonly smsMessages: Pick<SmsMessages, 'sent'>;
  readonly remember: Remember;
  readonly mail: MailSender;
  readonly sms: SmsSender;
  readonly metrics: DeliveryMetrics;
  readonly sender: Sender;
  readonly clock: Clock;
}

/**
 * Sends the code of one job, once if all goes well. A worker killed before the mark sends again, and the counter in the
 * job makes it the same code; after the mark, or once a newer code was asked for, it sends nothing.
 * @throws {DeliveryRefused} when no provider took it; the queue decides whether to try again.
 * @throws {NotThere} when this database does not know of it, or not yet; when its time is over
 */
export async function deliverCode(deps: DeliveryDeps, job: CodeJob): Promise<'sent' | Dropped> {
  const challenge = await deps.challenges.byId(job.challengeId);
  const seed = challenge && (await deps.challenges.seedOf(challenge.id));
  const left = whatIsLeft(challenge, seed, job.counter, deps.clock());
  if (left === 'gone' && deps.clock().getTime() < job.requestedAt + CODE.life * 1000)
    throw new NotThere('not there yet');
  if (typeof left === 'string') {
    deps.metrics.dropped(challenge, left);
    // It was promised to somebody, and nobody will send it any more.
    if (left === 'gone' || left === 'expired') throw new NotThere(left);
    return left;
  }
  let accepted: AcceptedSms;
  try {
    accepted = await send(deps, left, job.counter);
  } catch (error) {
    deps.metrics.failed(left.challenge, error);
    if (error instanceof DeliveryRefused) await deps.challenges.markTrouble(job.challengeId, job.counter, error.reason);
    await deps.remember({ ...left.challenge, to: left.challenge.destination }, error);
    throw error;
  }
  const { provider, messageId } = accepted;
  const { challengeId, counter } = job;
  // First of all: its receipt may come at once.
  if (messageId !== undefined)
    await deps.smsMessages.sent({ provider, messageId, challengeId, counter, at: deps.clock() });
  await deps.challenges.markHandedOver(challengeId, counter);
  deps.metrics.sent(left.challenge, provider, (deps.clock().getTime() - job.requestedAt) / 1000);
  return 'sent';
}

interface Left {
  readonly challenge: Challenge;
  readonly seed: string;
  readonly expiresAt: Date;
}

function whatIsLeft(
  challenge: Challenge | undefined,
  seed: string | undefined,
  counter: number,
  now: Date,
): Left | Dropped {
  // A counter of the past is a server of the past.
  if (!challenge || seed === undefined || challenge.counter < counter) return 'gone';
  if (challenge.decoy) return 'decoy';
  if (challenge.consumedAt) return 'consumed';
  if (challenge.counter !== counter) return 'superseded';
  if (challenge.handedOver >= counter) return 'already-sent';
  if (!challenge.expiresAt || challenge.expiresAt <= now) return 'expired';
  return { challenge, seed, expiresAt: challenge.expiresAt };
}

function send(deps: DeliveryDeps, { challenge, seed, expiresAt }: Left, counter: number): Promise<AcceptedSms> {
  const letter = {
    id: `${challenge.id}-${counter}`,
    to: challenge.destination,
    code: codeOf(seed, counter),
    purpose: challenge.purpose,
    locale: localeOf(challenge.locale),
    expiresAt,
    asked: challenge.asked && challenge.sentAt && { ...challenge.asked, at: challenge.sentAt },
  };
  return challenge.channel === 'mail'
    ? deps.mail.send(mailOf(letter, deps.sender)).then(() => ({ provider: 'mail' }))
    : deps.sms.send(smsOf(letter, deps.sender));
}
