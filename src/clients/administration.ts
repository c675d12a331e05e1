import type { ClientMetadata } from 'oidc-provider';
import type { AuditLine } from '../audit/audit.ts';
import type { Clock } from '../clock.ts';
import { randomToken } from '../protection/secrets.ts';
import type { Storage } from '../storage.ts';
import type { ClientChange } from './client-set.ts';

export interface AdministrationParts {
  readonly storage: Storage;
  readonly clock: Clock;
}

/** Somebody changed the client after it was read: nothing is done, and it is to be looked at again. */
export class ChangedMeanwhile extends Error {
  override readonly name = 'ChangedMeanwhile';
  constructor(clientId: string) {
    super(`${clientId} was changed meanwhile, or is there already: nothing was done. Look again, then repeat.`);
  }
}

export const newSecret = (): string => randomToken(32);

/** Applies a whole set of changes, or none of it. */
export async function applyChanges(
  { storage, clock }: AdministrationParts,
  changes: readonly ClientChange[],
  by: Pick<AuditLine, 'accountId' | 'supportCode' | 'address'> & { readonly ownerAccount?: string } = {},
): Promise<void> {
  const { ownerAccount, ...line } = by;
  await storage.transaction(async (tx) => {
    const at = clock();
    for (const { clientId, from, to, names } of changes) {
      const done = from
        ? await tx.clients.replace(clientId, from.version, to, at)
        : await tx.clients.insert(to, at, ownerAccount);
      if (!done) throw new ChangedMeanwhile(clientId);
      await tx.audit.write({
        ...line,
        event: from ? 'client.updated' : 'client.registered',
        clientId,
        details: from ? { changed: names } : {},
      });
    }
  });
}

/** How the old secret ends, and the new one. */
export interface RotationTerms {
  /** Given by an operator; else made here. */
  readonly secret?: string;
  readonly previousUntil: Date | undefined;
  readonly expiresAt: Date | undefined;
}

/**
 * Another secret; the one in use stays good until `previousUntil`. A secret that was still running out goes: two are
 * good at once, never three. Of two rotations at once, one is told that the other was first.
 * @returns the new secret, which is never shown again.
 */
export async function rotateSecret(
  { storage, clock }: AdministrationParts,
  clientId: string,
  version: number,
  { secret = newSecret(), previousUntil, expiresAt }: RotationTerms,
  line: Pick<AuditLine, 'accountId' | 'supportCode' | 'address'> = {},
): Promise<string> {
  await storage.transaction(async (tx) => {
    const stored = await tx.clients.byId(clientId);
    const current = stored?.metadata.client_secret;
    if (stored?.version !== version || typeof current !== 'string') throw new ChangedMeanwhile(clientId);
    const metadata: ClientMetadata = {
      ...stored.metadata,
      client_secret: secret,
      client_secret_expires_at: expiresAt ? Math.floor(expiresAt.getTime() / 1000) : 0,
    };
    const previous = previousUntil ? { value: current, until: previousUntil } : null;
    if (!(await tx.clients.replace(clientId, version, metadata, clock(), previous)))
      throw new ChangedMeanwhile(clientId);
    await tx.audit.write({ ...line, event: 'client.secret-rotated', clientId });
  });
  return secret;
}

/** The secret before the last rotation is refused from now on. */
export async function endPreviousSecret({ storage, clock }: AdministrationParts, clientId: string): Promise<boolean> {
  return storage.transaction(async (tx) => {
    const stored = await tx.clients.byId(clientId);
    if (!stored?.previousSecret) return false;
    if (!(await tx.clients.replace(clientId, stored.version, stored.metadata, clock(), null)))
      throw new ChangedMeanwhile(clientId);
    await tx.audit.write({ event: 'client.previous-secret-ended', clientId });
    return true;
  });
}

/** Refused everywhere from now on; all that was given to it ends. */
export async function disableClient(
  { storage, clock }: AdministrationParts,
  clientId: string,
  reason: string,
): Promise<{ changed: boolean; ended: number }> {
  return storage.transaction(async (tx) => {
    const changed = await tx.clients.disable(clientId, clock(), reason);
    const ended = await tx.clients.endTokens(clientId);
    if (changed) await tx.audit.write({ event: 'client.disabled', clientId, details: { ended } });
    return { changed, ended };
  });
}

export async function enableClient({ storage, clock }: AdministrationParts, clientId: string): Promise<boolean> {
  return storage.transaction(async (tx) => {
    const changed = await tx.clients.enable(clientId, clock());
    if (changed) await tx.audit.write({ event: 'client.enabled', clientId });
    return changed;
  });
}

/** What an administrator decides of a submission: of two decisions at once, the second is told. */
export async function settleSubmission(
  { storage, clock }: AdministrationParts,
  metadata: ClientMetadata,
  version: number,
  event: 'client.approved' | 'client.refused',
): Promise<void> {
  await storage.transaction(async (tx) => {
    if (!(await tx.clients.replace(metadata.client_id, version, metadata, clock())))
      throw new ChangedMeanwhile(metadata.client_id);
    await tx.audit.write({ event, clientId: metadata.client_id });
  });
}
