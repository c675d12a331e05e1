import { Counter, Histogram, type Registry } from 'prom-client';
import type { Channel } from '../accounts/account.ts';
import type { CodeJob, CodeQueue } from './jobs.ts';
import { DeliveryRefused } from './ports.ts';
import type { TemplateId } from './templates.ts';

/** Why a job ended without a message: nothing was left to send. */
export type Dropped = 'gone' | 'consumed' | 'expired' | 'superseded' | 'already-sent' | 'decoy';

export interface DeliveryMetrics {
  queued(accepted: boolean): void;
  /** @param seconds from the person's click to the provider's acceptance */
  sent(channel: Channel, provider: string, seconds: number): void;
  failed(channel: Channel, failure: unknown): void;
  /** @param seconds from what it tells to the server's acceptance */
  noticeSent(template: TemplateId, seconds: number): void;
  noticeFailed(template: TemplateId, failure: unknown): void;
  noticeDropped(reason: 'gone' | 'expired'): void;
  dropped(reason: Dropped): void;
  /** An SMS provider failed and the next one is tried. */
  fellBack(provider: string): void;
}

const failureLabels = (failure: unknown) =>
  failure instanceof DeliveryRefused
    ? { kind: failure.permanent ? 'permanent' : 'temporary', reason: failure.reason }
    : { kind: 'temporary', reason: 'defect' };

/** No label holds anything about a person or a challenge. */
export function createDeliveryMetrics(registry: Registry): DeliveryMetrics {
  const registers = [registry];
  const queued = new Counter({
    name: 'mire_codes_queued_total',
    help: 'Codes given to the queue, by outcome',
    labelNames: ['outcome'],
    registers,
  });
  const sent = new Counter({
    name: 'mire_codes_sent_total',
    help: 'Codes that a provider accepted',
    labelNames: ['channel', 'provider'],
    registers,
  });
  const failed = new Counter({
    name: 'mire_codes_failed_total',
    help: 'Attempts to send a code that failed; temporary ones are tried again',
    labelNames: ['channel', 'kind', 'reason'],
    registers,
  });
  const dropped = new Counter({
    name: 'mire_codes_dropped_total',
    help: 'Jobs that found nothing left to send, by reason',
    labelNames: ['reason'],
    registers,
  });
  const noticesDropped = new Counter({
    name: 'mire_notices_dropped_total',
    help: 'Notices that were promised and will not be sent, by reason',
    labelNames: ['reason'],
    registers,
  });
  const fellBack = new Counter({
    name: 'mire_sms_fallbacks_total',
    help: 'Messages that an SMS provider failed to take and the next one was asked for',
    labelNames: ['provider'],
    registers,
  });
  const handOver = new Histogram({
    name: 'mire_code_hand_over_seconds',
    help: 'From the click that asked for a code to its acceptance by a provider',
    labelNames: ['channel'],
    buckets: [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300],
    registers,
  });
  const noticesSent = new Counter({
    name: 'mire_notices_sent_total',
    help: 'Notices that the mail server accepted',
    labelNames: ['template'],
    registers,
  });
  const noticesFailed = new Counter({
    name: 'mire_notices_failed_total',
    help: 'Attempts to send a notice that failed, by reason (src/delivery/answers.ts); temporary ones are tried again',
    labelNames: ['template', 'kind', 'reason'],
    registers,
  });
  const noticeHandOver = new Histogram({
    name: 'mire_notice_hand_over_seconds',
    help: 'From what a notice tells to its acceptance by the mail server',
    buckets: [1, 10, 60, 300, 900, 3600, 6 * 3600, 24 * 3600],
    registers,
  });
  return {
    queued: (accepted) => queued.inc({ outcome: accepted ? 'accepted' : 'refused' }),
    sent(channel, provider, seconds) {
      sent.inc({ channel, provider });
      handOver.observe({ channel }, Math.max(0, seconds));
    },
    failed: (channel, failure) => failed.inc({ channel, ...failureLabels(failure) }),
    noticeSent(template, seconds) {
      noticesSent.inc({ template });
      noticeHandOver.observe(Math.max(0, seconds));
    },
    noticeFailed: (template, failure) => noticesFailed.inc({ template, ...failureLabels(failure) }),
    noticeDropped: (reason) => noticesDropped.inc({ reason }),
    dropped: (reason) => dropped.inc({ reason }),
    fellBack: (provider) => fellBack.inc({ provider }),
  };
}

/** The same queue, counted. */
export const measuredQueue = (queue: CodeQueue, metrics: Pick<DeliveryMetrics, 'queued'>): CodeQueue => ({
  async send(job: CodeJob) {
    try {
      await queue.send(job);
    } catch (error) {
      metrics.queued(false);
      throw error;
    }
    metrics.queued(true);
  },
});
