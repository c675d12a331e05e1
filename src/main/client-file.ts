import { readFileSync } from 'node:fs';
import type Provider from 'oidc-provider';
import type { ClientMetadata } from 'oidc-provider';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import type { ClientChange } from '../clients/client-set.ts';
import { planned, reviewed } from './client-desk.ts';
import { CommandError } from './command-error.ts';
import type { Parts } from './parts.ts';

const file = z.strictObject({ clients: z.array(z.looseObject({ client_id: z.string() })) });

/** The whole set, YAML or JSON. */
export function readClients(path: string): ClientMetadata[] {
  let content: unknown;
  try {
    content = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new CommandError(`${path} cannot be read: ${(error as Error).message}`);
  }
  const read = file.safeParse(content);
  if (!read.success)
    throw new CommandError(`${path} holds a list named "clients", each with its client_id, and nothing else.`);
  const ids = read.data.clients.map(({ client_id }) => client_id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  if (twice.length > 0) throw new CommandError(`${path}: twice: ${twice.join(', ')}.`);
  return read.data.clients as unknown as ClientMetadata[];
}

export interface Plan {
  readonly changes: readonly ClientChange[];
  /** Known here, and not in the file: they stay as they are, unless they are to be disabled. */
  readonly absent: readonly string[];
}

/** Every application of the file is looked at before anything is said of the first mistake. */
export async function planOf(parts: Parts, provider: Provider, wanted: readonly ClientMetadata[]): Promise<Plan> {
  const changes: ClientChange[] = [];
  const wrong: string[] = [];
  for (const metadata of wanted) {
    try {
      const change = await planned(parts, provider, metadata);
      if (change) changes.push(change);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      wrong.push(error.message);
    }
  }
  if (wrong.length > 0) throw new CommandError(wrong.join('\n'));
  const named = new Set(wanted.map(({ client_id }) => client_id));
  const known = await parts.storage.clients.list();
  const absent = known.filter(({ metadata, disabled }) => !disabled && !named.has(metadata.client_id));
  return { changes, absent: absent.map(({ metadata }) => metadata.client_id) };
}

/** The set as it is, without secrets: what `import` takes. */
export async function exported(parts: Parts, provider: Provider): Promise<string> {
  const clients = [];
  for (const client of await parts.storage.clients.list()) {
    if (!client.disabled) clients.push(await reviewed(provider, client));
  }
  return stringify({ clients }).trimEnd();
}
