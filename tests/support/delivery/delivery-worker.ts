import { Registry } from 'prom-client';
import { openDatabase } from '../../../adapters/db/database.ts';
import { createStorage } from '../../../adapters/db/storage.ts';
import { createWorker } from '../../../adapters/queue/bullmq.ts';
import { createHttpSmsSender } from '../../../adapters/sms/http.ts';
import type { QueuePace } from '../../../config/pace.ts';
import { deliverCode } from '../../../src/delivery/deliver-code.ts';
import { CODES } from '../../../src/delivery/jobs.ts';
import { createDeliveryMetrics } from '../../../src/delivery/metrics.ts';
import { createLog } from '../../../src/log.ts';
import { createVault } from '../../../src/protection/secrets.ts';

/** A worker in a process of its own, to be killed where it says it stands. */
export interface DeliveryWorkerSetup {
  readonly redis: string | undefined;
  readonly pace: QueuePace;
  readonly database: string;
  readonly smsUrl: string;
  readonly dataKey: string;
  readonly indexKey: string;
  /** It stops there for ever: before it sends, before it marks the code as sent, before it acknowledges the job. */
  readonly standsAt: 'send' | 'mark' | 'acknowledge' | undefined;
}

export type DeliveryWorkerReport = { readonly stands: string } | { readonly outcome: string };

const setup = JSON.parse(process.argv[2] ?? '') as DeliveryWorkerSetup;
const tell = (report: DeliveryWorkerReport) => process.send?.(report);

process.on('disconnect', () => process.exit(0));

async function stand(at: DeliveryWorkerSetup['standsAt']): Promise<void> {
  if (at !== setup.standsAt) return;
  tell({ stands: at ?? '' });
  await new Promise(() => undefined);
}

const database = openDatabase({ url: setup.database, pool: 4, singleSession: false });
const { challenges, smsMessages } = createStorage(database, createVault([setup.dataKey], setup.indexKey));
const sms = createHttpSmsSender({
  name: 'provider',
  url: setup.smsUrl,
  headers: {},
  body: '{"to":"{{to}}","text":"{{text}}"}',
});
const deps = {
  remember: async () => undefined,
  smsMessages,
  challenges: {
    markTrouble: challenges.markTrouble,
    byId: challenges.byId,
    seedOf: challenges.seedOf,
    async markHandedOver(id: string, counter: number) {
      await stand('mark');
      await challenges.markHandedOver(id, counter);
    },
  },
  sms: {
    name: sms.name,
    async send(message: Parameters<typeof sms.send>[0]) {
      await stand('send');
      return sms.send(message);
    },
  },
  mail: { send: async () => Promise.reject(new Error('no mail here')), close: async () => undefined },
  metrics: createDeliveryMetrics(new Registry()),
  sender: { platform: 'Portail', host: 'mire.example.fr', supportUrl: 'https://assistance.example.org/' },
  clock: () => new Date(),
};

createWorker(
  {
    ...(setup.redis === undefined ? {} : { redis: { url: setup.redis, cluster: false } }),
    database: setup.database,
    singleSession: false,
    log: createLog('silent'),
    pace: setup.pace,
  },
  CODES,
  async (job) => {
    const outcome = await deliverCode(deps, job);
    await stand('acknowledge');
    tell({ outcome });
  },
);
