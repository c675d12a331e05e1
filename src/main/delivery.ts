import { createQueue } from '../../adapters/queue/bullmq.ts';
import { CODES, type CodeQueue, LOGOUTS, NOTICES, PINGS, type PingQueue } from '../delivery/jobs.ts';
import { createDeliveryMetrics, type DeliveryMetrics, measuredQueue } from '../delivery/metrics.ts';
import { createNotifier, type Notifier } from '../delivery/notifier.ts';
import { createLogout, type Logout } from '../provider/logout.ts';
import { type Parts, redisAddress } from './parts.ts';

export const queueSettings = ({ settings, databaseUrl, singleSession, log, pace }: Parts) => ({
  redis: redisAddress(settings),
  database: databaseUrl,
  singleSession,
  log,
  pace: pace.queue,
});

/** The asking side: what a web process or a command needs. */
export interface Delivery {
  readonly metrics: DeliveryMetrics;
  readonly codes: CodeQueue;
  readonly notifier: Notifier;
  readonly logout: Logout;
  readonly pings: PingQueue;
  close(): Promise<void>;
}

export function openQueues(parts: Parts): Delivery {
  const metrics = createDeliveryMetrics(parts.registry);
  const codes = createQueue(queueSettings(parts), CODES);
  const logouts = createQueue(queueSettings(parts), LOGOUTS);
  const notices = createQueue(queueSettings(parts), NOTICES);
  const pings = createQueue(queueSettings(parts), PINGS);
  return {
    metrics,
    codes: measuredQueue(codes, metrics),
    notifier: createNotifier({ queue: notices, log: parts.log, notices: parts.storage.notices, metrics }),
    logout: createLogout({ ...parts, queue: logouts }),
    pings,
    async close() {
      await Promise.all([codes.close(), logouts.close(), notices.close(), pings.close()]);
    },
  };
}
