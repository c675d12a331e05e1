import type { ClientMetadata } from 'oidc-provider';
import type { StoredClient } from './client.ts';

/** What is never shown, exported or compared: secrets, and what Mire itself keeps account of. */
const HIDDEN = new Set(['client_secret', 'client_secret_expires_at', 'client_id_issued_at']);

export type Shown = Readonly<Record<string, unknown>>;

/** The metadata of a client as a reviewed file holds it. */
export const shown = (metadata: Readonly<ClientMetadata>): Shown =>
  Object.fromEntries(
    Object.entries(metadata)
      .filter(([name, value]) => !HIDDEN.has(name) && value !== undefined)
      .sort(([one], [other]) => one.localeCompare(other)),
  );

const text = (value: unknown): string => JSON.stringify(value, sortedKeys);
const sortedKeys = (_key: string, value: unknown) =>
  value && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => one.localeCompare(other)))
    : value;
const equal = (one: unknown, other: unknown) => text(one) === text(other);

/** One change of the set, resting on the version that was compared. */
export interface ClientChange {
  readonly clientId: string;
  /** Undefined: it is new. */
  readonly from: StoredClient | undefined;
  readonly to: ClientMetadata;
  readonly names: readonly string[];
}

/** @param to complete, with the defaults of the library; its secret is that of `from` */
export function changeOf(from: StoredClient | undefined, to: ClientMetadata): ClientChange | undefined {
  const [before, after] = [from ? shown(from.metadata) : {}, shown(to)];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => !equal(before[name], after[name]))
    .sort();
  return names.length > 0 ? { clientId: to.client_id, from, to, names } : undefined;
}

/** The change for a person to read, as a diff. */
export function described({ clientId, from, to, names }: ClientChange): string {
  const [before, after] = [from ? shown(from.metadata) : {}, shown(to)];
  const line = (sign: string, name: string, value: unknown) =>
    value === undefined ? [] : [`  ${sign} ${name}: ${text(value)}`];
  return [
    from ? `~ ${clientId}` : `+ ${clientId} (new)`,
    ...names
      .filter((name) => name !== 'client_id')
      .flatMap((name) => [...line('-', name, before[name]), ...line('+', name, after[name])]),
  ].join('\n');
}

/** Without what the library would fill in by itself: what a person wants to review. */
export function withoutDefaults(metadata: Readonly<ClientMetadata>, defaults: Readonly<ClientMetadata>): Shown {
  const usual = shown(defaults);
  return Object.fromEntries(
    Object.entries(shown(metadata)).filter(
      ([name, value]) => name === 'client_id' || name === 'minimum_acr' || !equal(value, usual[name]),
    ),
  );
}
