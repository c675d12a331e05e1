import { randomUUID } from 'node:crypto';
import type { ClientMetadata, Provider } from 'oidc-provider';
import type { Acr } from '../../config/modes.ts';
import type { Account } from '../accounts/account.ts';
import { FlowError, UserError } from '../http/errors.ts';
import type { Limits } from '../protection/limits.ts';
import { completeMetadata, MetadataError } from '../provider/client-metadata.ts';
import { type AdministrationParts, applyChanges, ChangedMeanwhile, newSecret, rotateSecret } from './administration.ts';
import type { StoredClient } from './client.ts';
import { changeOf } from './client-set.ts';

/** Where an application keeps what it knows: on a server, in a browser, on a telephone or a workstation. */
export const KINDS = ['server', 'browser', 'native'] as const;
export type Kind = (typeof KINDS)[number];

/** What an integrator says of an application. */
export interface Draft {
  readonly name: string;
  readonly kind: Kind;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly scopes: readonly string[];
  readonly minimumAcr: Acr;
  readonly stepUpReason: string | undefined;
  readonly contact: string;
}

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

export const kindOf = ({ metadata }: StoredClient): Kind => {
  if (metadata.application_type === 'native') return 'native';
  return metadata.token_endpoint_auth_method === 'none' ? 'browser' : 'server';
};

const metadataOf = (draft: Draft): Omit<ClientMetadata, 'client_id'> => ({
  client_name: draft.name,
  application_type: draft.kind === 'native' ? 'native' : 'web',
  token_endpoint_auth_method: draft.kind === 'server' ? 'client_secret_basic' : 'none',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  redirect_uris: [...draft.redirectUris],
  post_logout_redirect_uris: [...draft.postLogoutRedirectUris],
  scope: draft.scopes.join(' '),
  minimum_acr: draft.minimumAcr,
  ...(draft.stepUpReason ? { step_up_reason: draft.stepUpReason } : {}),
  contacts: [draft.contact],
});

/** Somebody, or a second tab, was first. */
const orChanged = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    throw error instanceof ChangedMeanwhile ? new FlowError('step-out-of-order') : error;
  }
};

export function createWorkshop(
  parts: AdministrationParts & { readonly limits: Limits; readonly provider: () => Provider },
): Workshop {
  const { storage, clock, limits, provider } = parts;

  async function complete(metadata: ClientMetadata): Promise<ClientMetadata> {
    try {
      // On one's own machine while it is tried out; an approval looks again.
      return await completeMetadata(provider(), metadata, { loopback: true });
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
      const to = await complete({
        ...metadataOf(draft),
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
      const { client_secret, client_secret_expires_at, client_id_issued_at } = from.metadata;
      const keepsSecret = draft.kind === 'server';
      const to = await complete({
        ...metadataOf(draft),
        client_id: clientId,
        ...(client_id_issued_at === undefined ? {} : { client_id_issued_at }),
        // What was submitted is no longer what it was.
        stage: 'sandbox',
        ...(keepsSecret
          ? { client_secret: client_secret ?? newSecret(), client_secret_expires_at: client_secret_expires_at ?? 0 }
          : {}),
      });
      const change = changeOf(from, to);
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
