import type { ClientMetadata } from 'oidc-provider';

/** One application as it is kept. */
export interface StoredClient {
  /** As registered, the secret among them. */
  readonly metadata: Readonly<ClientMetadata>;
  readonly version: number;
  /** The secret before the last rotation. */
  readonly previousSecret: { readonly value: string; readonly until: Date } | undefined;
  /** The account of the integrator who made it in the portal. */
  readonly ownerAccount: string | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly lastUsedAt: Date | undefined;
  readonly disabled: { readonly at: Date; readonly reason: string } | undefined;
}

/**
 * The applications in the database; implemented by adapters/db/clients.ts. oidc-provider reads and writes the same rows
 * (adapters/oidc/client-store.ts), where one that is disabled is not there.
 */
export interface Clients {
  /** By name of the client. */
  list(): Promise<StoredClient[]>;
  ofOwner(accountId: string): Promise<StoredClient[]>;
  byId(clientId: string): Promise<StoredClient | undefined>;
  /** @returns false when the id is taken. */
  insert(metadata: ClientMetadata, at: Date, ownerAccount?: string): Promise<boolean>;
  /**
   * Compare-and-set on the version. `previousSecret` stays as it is when it is left out, and goes when it is null.
   * @returns false when somebody changed it first.
   */
  replace(
    clientId: string,
    version: number,
    metadata: ClientMetadata,
    at: Date,
    previousSecret?: { value: string; until: Date } | null,
  ): Promise<boolean>;
  /** @returns false when it is so already, or is not there. */
  disable(clientId: string, at: Date, reason: string): Promise<boolean>;
  enable(clientId: string, at: Date): Promise<boolean>;
  /** Ends every grant and token of the application, whoever gave them. @returns how many rows went. */
  endTokens(clientId: string): Promise<number>;
  touch(clientId: string, at: Date): Promise<void>;
  /** @returns true for one caller only: the contacts are not told twice of one end. */
  warnOnce(clientId: string, what: string, until: Date, days: number, at: Date): Promise<boolean>;
}
