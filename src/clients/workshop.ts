import { randomUUID } from 'node:crypto';
import type { ClientMetadata, Provider } from 'oidc-provider';
import type { Account } from '../accounts/account.ts';
import { satisfies } from '../assurance/levels.ts';
import { FlowError, UserError } from '../http/errors.ts';
import { FieldsError } from '../http/form.ts';
import type { Limits } from '../protection/limits.ts';
import { completeMetadata, MetadataError } from '../provider/client-metadata.ts';
import { type AdministrationParts, applyChanges, ChangedMeanwhile, newSecret, rotateSecret } from './administration.ts';
import type { StoredClient } from './client.ts';
import { changeOf } from './client-set.ts';
import { changedFields, type Draft, patched } from './draft.ts';
import { DEFAULT_MINIMUM_ACR } from './metadata.ts';

/** The metadata that a library refused, in its own words; the form shows them beside what was typed. */
export class DraftRefused extends UserError {
  readonly reason: string;
  constructor(reason: string) {
    super('field-invalid');
    this.reason = reason;
  }
}

/** What an integrator does to applications of their own. Only those that are tried out change; the others rotate. */
export interface Workshop {
  list(account: Account): Promise<StoredClient[]>;
  /** @throws {FlowError} `not-found` when it is somebody else's, or nobody's. */
  own(account: Account, clientId: string): Promise<StoredClient>;
  create(account: Account, draft: Draft, line: Line): Promise<{ clientId: string; secret: string | undefined }>;
  change(account: Account, clientId: string, draft: Draft, line: Line): Promise<void>;
  rotate(account: Account, clientId: string, line: Line): Promise<{ secret: string; previousUntil: Date }>;
  submit(account: Account, clientId: string, line: Line): Promise<void>;
}

interface Line {
  readonly supportCode: string | undefined;
  readonly address: string | undefined;
}

const PREVIOUS_DAYS = 14;

export const stageOf = ({ metadata }: StoredClient): 'sandbox' | 'submitted' | 'production' =>
  (metadata.stage as 'sandbox' | 'submitted' | undefined) ?? 'production';

/** A password alone is an administrator's to accept; the form shows it where one did. */
function checkLevel({ minimumAcr }: Draft): void {
  if (!satisfies(minimumAcr, DEFAULT_MINIMUM_ACR))
    throw new FieldsError([{ field: 'minimum_acr', problem: 'invalid' }]);
}

/** Only a server keeps a secret. */
function settleSecret(metadata: ClientMetadata, kind: Draft['kind']): void {
  if (kind === 'server') {
    metadata.client_secret ??= newSecret();
    metadata.client_secret_expires_at ??= 0;
  } else {
    delete metadata.client_secret;
    delete metadata.client_secret_expires_at;
  }
}

/** Somebody, or a second tab, was first. */
const orChanged = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    throw error instanceof ChangedMeanwhile ? new FlowError('step-out-of-order') : error;
  }
};

export function createWorkshop(
  parts: AdministrationParts & {
    readonly limits: Limits;
    readonly provider: () => Provider;
    /** PLATFORM_NAME */
    readonly platform: string;
  },
): Workshop {
  const { storage, clock, limits, provider, platform } = parts;

  async function complete(metadata: ClientMetadata, before?: ClientMetadata): Promise<ClientMetadata> {
    try {
      // On one's own machine while it is tried out; an approval looks again.
      return await completeMetadata(provider(), metadata, { loopback: true, platform, before });
    } catch (error) {
      throw error instanceof MetadataError ? new DraftRefused(error.message) : error;
    }
  }

  const own: Workshop['own'] = async (account, clientId) => {
    const client = await storage.clients.byId(clientId);
    if (client?.ownerAccount !== account.id) throw new FlowError('not-found');
    return client;
  };
  const by = (account: Account, line: Line) => ({ ...line, accountId: account.id, ownerAccount: account.id });

  return {
    list: (account) => storage.clients.ofOwner(account.id),
    own,

    async create(account, draft, line) {
      const slug = draft.name
        .normalize('NFD')
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-+|-+$/g, '')
        .slice(0, 30);
      const clientId = `${slug || 'application'}-${randomUUID().slice(0, 8)}`;
      const secret = draft.kind === 'server' ? newSecret() : undefined;
      checkLevel(draft);
      const to = await complete({
        ...patched({ grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] }, draft),
        client_id: clientId,
        client_id_issued_at: Math.floor(clock().getTime() / 1000),
        stage: 'sandbox',
        ...(secret ? { client_secret: secret, client_secret_expires_at: 0 } : {}),
      });
      await limits.take('integrator-clients', account.id);
      await applyChanges(parts, [{ clientId, from: undefined, to, names: [] }], by(account, line));
      return { clientId, secret };
    },

    async change(account, clientId, draft, line) {
      const from = await own(account, clientId);
      if (stageOf(from) === 'production' || from.disabled) throw new FlowError('step-out-of-order');
      const fields = changedFields(from, draft);
      if (fields.length === 0) return;
      if (fields.includes('minimumAcr')) checkLevel(draft);
      // What was submitted is no longer what it was.
      const to = { ...patched(from.metadata, draft, fields), client_id: clientId, stage: 'sandbox' } as ClientMetadata;
      if (fields.includes('kind')) settleSecret(to, draft.kind);
      const change = changeOf(from, await complete(to, from.metadata));
      if (change) await orChanged(applyChanges(parts, [change], by(account, line)));
    },

    async rotate(account, clientId, line) {
      const client = await own(account, clientId);
      if (client.disabled || typeof client.metadata.client_secret !== 'string')
        throw new FlowError('step-out-of-order');
      const previousUntil = new Date(clock().getTime() + PREVIOUS_DAYS * 24 * 60 * 60 * 1000);
      const { accountId } = by(account, line);
      const secret = await orChanged(
        rotateSecret(parts, clientId, client.version, { previousUntil, expiresAt: undefined }, { ...line, accountId }),
      );
      return { secret, previousUntil };
    },

    async submit(account, clientId, line) {
      const client = await own(account, clientId);
      if (stageOf(client) !== 'sandbox' || client.disabled) throw new FlowError('step-out-of-order');
      const { stage_note: _, ...metadata } = client.metadata;
      await orChanged(
        storage.transaction(async (tx) => {
          const to = { ...metadata, stage: 'submitted' } as ClientMetadata;
          if (!(await tx.clients.replace(clientId, client.version, to, clock()))) throw new ChangedMeanwhile(clientId);
          await tx.audit.write({ ...line, event: 'client.submitted', clientId, accountId: account.id });
        }),
      );
    },
  };
}
