import { Counter, Histogram, type Registry } from 'prom-client';
import type { Channel } from '../accounts/account.ts';
import type { Purpose } from '../challenges/challenge.ts';
import type { CodeJob, CodeQueue } from './jobs.ts';
import { DeliveryRefused } from './ports.ts';
import type { TemplateId } from './templates.ts';

/** What kind of code: a label of each metric of codes. */
export interface CodeKind {
  readonly channel: Channel;
  readonly purpose: Purpose;
}

/** Why a job ended without a message: nothing was left to send. */
export type Dropped = 'gone' | 'consumed' | 'expired' | 'superseded' | 'already-sent' | 'decoy';

/** Why a notice was left unsent. */
export type NoticeDropped = 'already-sent' | 'expired' | 'gone';

/** Who asks: what is counted before a message is tried. */
export interface AskedMetrics {
  /** @param kind undefined: of a job that an older release made */
  queued(kind: CodeKind | undefined, accepted: boolean): void;
  /** One notice was written, of something that happened. */
  noticeAsked(template: TemplateId): void;
}

export interface DeliveryMetrics extends AskedMetrics {
  /** @param seconds from the person's click to the provider's acceptance */
  sent(kind: CodeKind, provider: string, seconds: number): void;
  failed(kind: CodeKind, failure: unknown): void;
  /** @param seconds from what it tells to the server's acceptance */
  noticeSent(template: TemplateId, seconds: number): void;
  noticeFailed(template: TemplateId, failure: unknown): void;
  /** @param template undefined: the notice is gone */
  noticeDropped(template: TemplateId | undefined, reason: NoticeDropped): void;
  /** @param kind undefined: its challenge is gone */
  dropped(kind: CodeKind | undefined, reason: Dropped): void;
  /** An SMS provider failed and the next one is tried. */
  fellBack(provider: string): void;
}

const failureLabels = (failure: unknown) =>
  failure instanceof DeliveryRefused
    ? { kind: failure.permanent ? 'permanent' : 'temporary', reason: failure.reason }
    : { kind: 'temporary', reason: 'defect' };

const kindLabels = (kind: CodeKind | undefined) => ({
  channel: kind?.channel ?? 'unknown',
  purpose: kind?.purpose ?? 'unknown',
});

/** No label holds anything about a person or a challenge; each comes from a table: channels, purposes, templates, reasons. */
export function createDeliveryMetrics(registry: Registry): DeliveryMetrics {
  return { ...codeMetrics(registry), ...noticeMetrics(registry) };
}

function codeMetrics(registry: Registry) {
  const registers = [registry];
  const queued = new Counter({
    name: 'mire_codes_queued_total',
    help: 'Codes that were asked for, by what the queue said',
    labelNames: ['channel', 'purpose', 'outcome'],
    registers,
  });
  const sent = new Counter({
    name: 'mire_codes_sent_total',
    help: 'Codes that a provider accepted',
    labelNames: ['channel', 'purpose', 'provider'],
    registers,
  });
  const failed = new Counter({
    name: 'mire_codes_failed_total',
    help: 'Attempts to send a code that failed, by reason (src/delivery/answers.ts); temporary ones are tried again',
    labelNames: ['channel', 'purpose', 'kind', 'reason'],
    registers,
  });
  const dropped = new Counter({
    name: 'mire_codes_dropped_total',
    help: 'Jobs that found nothing left to send, by reason',
    labelNames: ['channel', 'purpose', 'reason'],
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
    labelNames: ['channel', 'purpose'],
    buckets: [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300],
    registers: [registry],
  });
  return {
    queued: (kind, accepted) => queued.inc({ ...kindLabels(kind), outcome: accepted ? 'accepted' : 'refused' }),
    sent(kind, provider, seconds) {
      sent.inc({ ...kindLabels(kind), provider });
      handOver.observe(kindLabels(kind), Math.max(0, seconds));
    },
    failed: (kind, failure) => failed.inc({ ...kindLabels(kind), ...failureLabels(failure) }),
    dropped: (kind, reason) => dropped.inc({ ...kindLabels(kind), reason }),
    fellBack: (provider) => fellBack.inc({ provider }),
  } satisfies Partial<DeliveryMetrics>;
}

function noticeMetrics(registry: Registry) {
  const registers = [registry];
  const asked = new Counter({
    name: 'mire_notices_asked_total',
    help: 'Notices that were written, of something that happened',
    labelNames: ['template'],
    registers,
  });
  const sent = new Counter({
    name: 'mire_notices_sent_total',
    help: 'Notices that the mail server accepted',
    labelNames: ['template'],
    registers,
  });
  const failed = new Counter({
    name: 'mire_notices_failed_total',
    help: 'Attempts to send a notice that failed, by reason (src/delivery/answers.ts); temporary ones are tried again',
    labelNames: ['template', 'kind', 'reason'],
    registers,
  });
  const dropped = new Counter({
    name: 'mire_notices_dropped_total',
    help: 'Notices that were left unsent, by reason; expired: three days old, it was never taken',
    labelNames: ['template', 'reason'],
    registers,
  });
  const handOver = new Histogram({
    name: 'mire_notice_hand_over_seconds',
    help: 'From what a notice tells to its acceptance by the mail server',
    labelNames: ['template'],
    buckets: [1, 10, 60, 300, 900, 3600, 6 * 3600, 24 * 3600],
    registers,
  });
  return {
    noticeAsked: (template) => asked.inc({ template }),
    noticeSent(template, seconds) {
      sent.inc({ template });
      handOver.observe({ template }, Math.max(0, seconds));
    },
    noticeFailed: (template, failure) => failed.inc({ template, ...failureLabels(failure) }),
    noticeDropped: (template, reason) => dropped.inc({ template: template ?? 'unknown', reason }),
  } satisfies Partial<DeliveryMetrics>;
}

/** The same queue, counted. */
export const measuredQueue = (queue: CodeQueue, metrics: Pick<DeliveryMetrics, 'queued'>): CodeQueue => ({
  async send(job: CodeJob) {
    try {
      await queue.send(job);
    } catch (error) {
      metrics.queued(job.kind, false);
      throw error;
    }
    metrics.queued(job.kind, true);
  },
});
