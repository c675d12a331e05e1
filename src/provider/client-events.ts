import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Storage } from '../storage.ts';

/** Milliseconds: the day of the last use is what is asked for, not the second. */
const TOUCH_EVERY = 10 * 60 * 1000;
const ROOM = 5000;

/** When an application was last used, and the end of what rested on one that deleted itself. */
export function followClients(
  provider: Provider,
  { storage, clock, log }: { storage: Storage; clock: Clock; log: Log },
) {
  const touched = new Map<string, number>();
  const failed = (err: unknown) => log.error({ err }, 'what an application did could not be noted');

  const used = ({ oidc }: KoaContextWithOIDC) => {
    const clientId = oidc?.client?.clientId;
    if (!clientId) return;
    const now = clock();
    if (now.getTime() - (touched.get(clientId) ?? 0) < TOUCH_EVERY) return;
    if (touched.size >= ROOM) touched.clear();
    touched.set(clientId, now.getTime());
    storage.clients.touch(clientId, now).catch((err: unknown) => {
      touched.delete(clientId);
      failed(err);
    });
  };
  provider.on('authorization.success', used);
  provider.on('grant.success', used);
  provider.on('registration_delete.success', (_ctx, { clientId }) => {
    storage.clients.endTokens(clientId).catch(failed);
  });
}
