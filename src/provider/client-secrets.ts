import { timingSafeEqual } from 'node:crypto';
import type Provider from 'oidc-provider';
import type { Clock } from '../clock.ts';
import { hashId } from '../protection/secrets.ts';
import type { Storage } from '../storage.ts';

interface KeyStore {
  selectForVerify(options: { alg: string; kid?: string }): object[];
  fresh?: () => boolean;
  refresh?: () => Promise<void>;
}

interface LibraryClient {
  readonly clientId: string;
  readonly symmetricKeyStore: KeyStore;
  compareClientSecret(actual: string): boolean | Promise<boolean>;
}

/** Milliseconds for which a previous secret that was just read is believed: one verification. */
const BELIEVED = 500;

const same = (one: string, other: string) => timingSafeEqual(hashId(one), hashId(other));

/**
 * Two live secrets while an application changes over. oidc-provider knows one: where it refuses what was shown, in clear
 * or as the key of an HMAC, the secret before the last rotation is read and tried, until its end. What is read is not
 * kept, so that an administrator's word counts at once.
 */
export function acceptPreviousSecrets(provider: Provider, storage: Storage, clock: Clock): void {
  const previousOf = async (clientId: string) => (await storage.clients.byId(clientId))?.previousSecret;
  const isLive = (previous: { until: Date } | undefined) => previous !== undefined && clock() < previous.until;

  const Client = provider.Client as unknown as {
    prototype: LibraryClient;
    find(id: string): Promise<LibraryClient | undefined>;
  };
  const compare = Client.prototype.compareClientSecret;
  Client.prototype.compareClientSecret = async function (this: LibraryClient, actual) {
    if (await compare.call(this, actual)) return true;
    const previous = await previousOf(this.clientId);
    return previous !== undefined && isLive(previous) && same(previous.value, actual);
  };

  const prepared = new WeakSet<LibraryClient>();
  const find = Client.find.bind(Client);
  Client.find = async (id) => {
    const client = await find(id);
    if (client && !prepared.has(client)) {
      prepared.add(client);
      prepare(client);
    }
    return client;
  };

  /** The library asks a store of keys that is not fresh to refresh itself before it gives up. */
  function prepare({ clientId, symmetricKeyStore: store }: LibraryClient): void {
    const select = store.selectForVerify.bind(store);
    let previous: { value: string; until: Date } | undefined;
    let readAt = Number.NEGATIVE_INFINITY;
    store.fresh = () => clock().getTime() - readAt < BELIEVED;
    store.refresh = async () => {
      previous = await previousOf(clientId);
      readAt = clock().getTime();
    };
    store.selectForVerify = (options) => {
      const keys = select(options);
      const old = store.fresh?.() && isLive(previous) ? previous : undefined;
      if (!old || !options.alg.startsWith('HS') || options.kid !== undefined) return keys;
      return [...keys, { kty: 'oct', alg: options.alg, use: 'sig', k: Buffer.from(old.value).toString('base64url') }];
    };
  }
}
