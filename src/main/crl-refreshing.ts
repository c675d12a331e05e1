import { downloadCrl } from '../../adapters/card/crl-download.ts';
import { createCrlStore } from '../../adapters/card/crl-store.ts';
import { createQueue, createWorker } from '../../adapters/queue/bullmq.ts';
import { CRLS, refreshCrl } from '../cards/crl-refresh.ts';
import { trustOfSettings } from './cards.ts';
import { queueSettings } from './delivery.ts';
import type { Parts } from './parts.ts';
import { startRounds } from './rounds.ts';

/** The revocation lists of the settings, asked for now and then; of several workers, one fetches each. */
export function startCrlRefresh(parts: Parts): { close(graceMs: number): Promise<void> } {
  const { settings, database, clock, log } = parts;
  const addresses = settings.CARD_CRL_URLS;
  const trust = trustOfSettings(parts);
  if (!trust || addresses.length === 0) return { close: async () => undefined };
  const refresh = { addresses, download: downloadCrl, trust, crls: createCrlStore(database), clock, log };
  const queue = createQueue(queueSettings(parts), CRLS);
  const worker = createWorker(queueSettings(parts), CRLS, ({ address }) => refreshCrl(refresh, address));
  const asking = {
    ...parts,
    round: 'revocation-lists',
    failed: 'the revocation lists could not be asked for',
  } as const;
  const stop = startRounds(asking, () => Promise.all(addresses.map((address) => queue.send({ address }))));
  return {
    async close(graceMs) {
      await stop();
      await worker.close(graceMs);
      await queue.close();
    },
  };
}
