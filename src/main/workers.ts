import type Provider from 'oidc-provider';
import { createSmtpSender } from '../../adapters/mail/smtp.ts';
import { createWorker } from '../../adapters/queue/bullmq.ts';
import { createHttpSmsSender } from '../../adapters/sms/http.ts';
import { deliverCode } from '../delivery/deliver-code.ts';
import { deliverNotice } from '../delivery/deliver-notice.ts';
import { CODES, LOGOUTS, NOTICES, PINGS } from '../delivery/jobs.ts';
import { hasRoomForBinding } from '../delivery/messages.ts';
import type { DeliveryMetrics } from '../delivery/metrics.ts';
import type { MailSender, SmsSender } from '../delivery/ports.ts';
import { createRemembering } from '../delivery/remembering.ts';
import { smsWithFallback } from '../delivery/sms-with-fallback.ts';
import { ConfigError } from '../http/errors.ts';
import { deliverPing } from '../provider/ciba-answers.ts';
import { deliverLogout } from '../provider/logout-delivery.ts';
import { queueSettings } from './delivery.ts';
import { messageSender, smtpOptions } from './mail.ts';
import type { Parts } from './parts.ts';
import { TOO_LONG_FOR_BINDING } from './settings.ts';

/** The sending side: what `mire work` runs. `inbox` stands in where the sandbox has no mail server or SMS provider. */
export function startWorkers(
  parts: Parts,
  {
    metrics,
    provider,
    inbox,
  }: { metrics: DeliveryMetrics; provider: () => Provider; inbox?: { mail: MailSender; sms: SmsSender } },
): { close(graceMs: number): Promise<void> } {
  const { settings, storage, clock, log } = parts;
  const smtp = smtpOptions(settings, parts.vault);
  const mail = smtp ? createSmtpSender(smtp) : inbox?.mail;
  if (smtp && !smtp.dkim) log.info('mails are not signed here: the mail server signs them (DKIM), or nobody does');
  const sms = settings.SMS_URL ? smsSender(parts, metrics) : inbox?.sms;
  if (!mail || !sms)
    throw new ConfigError('MAIL_URL and SMS_URL say where codes are sent; without them only the sandbox can work');
  const sender = messageSender(settings);
  if (!hasRoomForBinding(sender)) log.warn(TOO_LONG_FOR_BINDING);
  const remember = createRemembering(parts);
  const workers = [
    createWorker(queueSettings(parts), CODES, (job) =>
      deliverCode(
        {
          challenges: storage.challenges,
          smsMessages: storage.smsMessages,
          mail,
          sms,
          metrics,
          sender,
          clock,
          remember,
        },
        job,
      ),
    ),
    createWorker(queueSettings(parts), NOTICES, (job, attempt) =>
      deliverNotice({ notices: storage.notices, mail, sender, clock, remember, metrics }, job, attempt),
    ),
    createWorker(queueSettings(parts), LOGOUTS, (job, attempt) => deliverLogout(provider(), job, attempt)),
    createWorker(queueSettings(parts), PINGS, (job, attempt) => deliverPing({ provider, storage }, job, attempt)),
  ];
  return {
    async close(graceMs) {
      await Promise.all(workers.map((worker) => worker.close(graceMs)));
      await mail.close();
    },
  };
}

function smsSender({ settings, clock }: Parts, metrics: DeliveryMetrics): SmsSender {
  const { SMS_URL, SMS_HEADERS, SMS_BODY, SMS_ANSWER, SMS_FALLBACK_URL, SMS_FALLBACK_HEADERS, SMS_FALLBACK_BODY } =
    settings;
  const first = createHttpSmsSender({
    name: 'first',
    url: SMS_URL ?? '',
    headers: SMS_HEADERS,
    body: SMS_BODY,
    answer: SMS_ANSWER,
  });
  if (!SMS_FALLBACK_URL) return first;
  const second = createHttpSmsSender({
    name: 'second',
    url: SMS_FALLBACK_URL,
    headers: SMS_FALLBACK_HEADERS,
    body: SMS_FALLBACK_BODY,
    answer: settings.SMS_FALLBACK_ANSWER,
  });
  return smsWithFallback(first, second, clock, metrics);
}
