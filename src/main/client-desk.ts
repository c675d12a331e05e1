import type Provider from 'oidc-provider';
import type { ClientMetadata } from 'oidc-provider';
import { newSecret } from '../clients/administration.ts';
import type { StoredClient } from '../clients/client.ts';
import { type ClientChange, changeOf, type Shown, withoutDefaults } from '../clients/client-set.ts';
import { completeMetadata, MetadataError, type MetadataTerms, needsSecret } from '../provider/client-metadata.ts';
import { CommandError } from './command-error.ts';
import type { Parts } from './parts.ts';
import { readLine, type Terminal } from './terminal.ts';

/** For commands that need what oidc-provider knows of metadata and tokens; the others do not load the protocol. */
export async function withProvider<T>(parts: Parts, work: (provider: Provider) => Promise<T>): Promise<T> {
  const [{ openQueues }, { buildProtocol }] = await Promise.all([import('./delivery.ts'), import('./http.ts')]);
  const queues = openQueues(parts);
  try {
    const { holder } = await buildProtocol(parts, queues.logout);
    return await work(holder.current());
  } finally {
    await queues.close();
  }
}

export const isSandbox = ({ settings }: Pick<Parts, 'settings'>): boolean => settings.MIRE_ENV === 'sandbox';

/** Under which rules an administrator writes metadata. */
export const termsOf = (parts: Parts): MetadataTerms => ({
  loopback: isSandbox(parts),
  platform: parts.settings.PLATFORM_NAME,
});

/** What changes when the application is to be like this; a new one that needs a secret gets one. */
export async function planned(
  parts: Parts,
  provider: Provider,
  wanted: ClientMetadata,
  { secret }: { secret?: string } = {},
): Promise<ClientChange | undefined> {
  if (typeof wanted.client_id !== 'string' || !/^[A-Za-z0-9][\w.-]{0,99}$/.test(wanted.client_id))
    throw new CommandError('client_id is made of letters, digits, dots, dashes and underscores.');
  if (wanted.client_secret !== undefined)
    throw new CommandError(
      `${wanted.client_id}: a secret does not stand in a file; it is made, or read with --secret-stdin.`,
    );
  const from = await parts.storage.clients.byId(wanted.client_id);
  const known = from?.metadata;
  const kept: ClientMetadata = { ...wanted };
  if (needsSecret(provider, wanted)) {
    kept.client_secret = known?.client_secret ?? secret ?? newSecret();
    kept.client_secret_expires_at = known?.client_secret_expires_at ?? 0;
  }
  kept.client_id_issued_at = known?.client_id_issued_at ?? Math.floor(parts.clock().getTime() / 1000);
  try {
    return changeOf(from, await completeMetadata(provider, kept, { ...termsOf(parts), before: known }));
  } catch (error) {
    throw error instanceof MetadataError ? new CommandError(error.message) : error;
  }
}

/** As a reviewed file holds it. */
export async function reviewed(provider: Provider, { metadata }: StoredClient): Promise<Shown> {
  const bare = { client_id: 'x', client_secret: 'x', redirect_uris: ['https://x.example/'] };
  const defaults = await completeMetadata(provider, bare as ClientMetadata, { loopback: false, platform: '' });
  return withoutDefaults(metadata, defaults);
}

export async function findClient({ storage }: Parts, id: string): Promise<StoredClient> {
  const client = await storage.clients.byId(id);
  if (!client) throw new CommandError(`No client is named ${id}; "mire clients list" shows them.`);
  return client;
}

export async function readSecret(terminal: Terminal): Promise<string> {
  const secret = await readLine(terminal);
  if (secret === undefined) throw new CommandError('The secret is read from the standard input, which is empty.');
  if (secret.length < 32) throw new CommandError('A secret has 32 characters at least.');
  return secret;
}
