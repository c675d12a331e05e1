import { downloadCrl } from '../../adapters/card/crl-download.ts';
import { createCrlStore } from '../../adapters/card/crl-store.ts';
import { createQueue, createWorker } from '../../adapters/queue/bullmq.ts';
import { CRL_REFRESH_EVERY, CRLS, refreshCrl } from '../cards/crl-refresh.ts';
import { trustOfSettings } from './cards.ts';
import { queueSettings } from './delivery.ts';
import type { Parts } from './parts.ts';

/** The revocation lists of the settings, asked for now and then; of several workers, one fetches each. */
export function startCrlRefresh(parts: Parts): { close(graceMs: number): Promise<void> } {
  const { settings, database, clock, log } = parts;
  const addresses = settings.CARD_CRL_URLS;
  const trust = trustOfSettings(parts);
  if (!trust || addresses.length === 0) return { close: async () => undefined };
  const refresh = { addresses, download: downloadCrl, trust, crls: createCrlStore(database), clock, log };
  const queue = createQueue(queueSettings(parts), CRLS);
  const worker = createWorker(queueSettings(parts), CRLS, ({ address }) => refreshCrl(refresh, address));
  const ask = async () => {
    try {
      await Promise.all(addresses.map((address) => queue.send({ address })));
    } catch (err) {
      log.error({ err }, 'the revocation lists could not be asked for; it is tried again later');
    }
  };
  const timer = setInterval(() => void ask(), CRL_REFRESH_EVERY * 1000);
  const first = ask();
  return {
    async close(graceMs) {
      clearInterval(timer);
      await first;
      await worker.close(graceMs);
      await queue.close();
    },
  };
}
