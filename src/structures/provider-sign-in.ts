import type { Clock } from '../clock.ts';
import { type ErrorCode, UserError } from '../http/errors.ts';
import type { RequestInfo } from '../http/request.ts';
import type { Log } from '../log.ts';
import type { Vault } from '../protection/secrets.ts';
import type { Storage } from '../storage.ts';
import type { Pending } from '../upstream/pending.ts';
import { type UpstreamFault, type UpstreamProvider, UpstreamRefused, type Wish } from '../upstream/provider.ts';
import { createUpstreamStates } from '../upstream/state.ts';
import { type ProviderAnswer, readAnswer } from './provider-answer.ts';
import { type OidcStructure, sourceOf } from './structure.ts';

/** The open providers of this process. */
export interface Providers {
  of(structure: OidcStructure): Promise<UpstreamProvider>;
}

export interface ProviderSignIn {
  /** @throws {UserError} `structure-unavailable` */
  start(structure: OidcStructure, uid: string, wish: Wish): Promise<{ readonly url: URL; readonly pending: Pending }>;
  /** The interaction that a callback of this structure belongs to; undefined when the state is none of ours. */
  interactionOf(structureId: string, state: string): string | undefined;
  /** Where its pages stand. */
  formTargets(structure: OidcStructure): Promise<readonly string[]>;
  /** @throws {UserError} `structure-…` */
  finish(
    structure: OidcStructure,
    answer: URLSearchParams,
    pending: Pending,
    of: { readonly clientId: string; readonly request: RequestInfo },
  ): Promise<ProviderAnswer>;
}

const codeOf = (fault: UpstreamFault): ErrorCode =>
  fault === 'unavailable'
    ? 'structure-unavailable'
    : fault === 'stale'
      ? 'structure-second-factor'
      : 'structure-refused';

export interface ProviderSignInParts {
  readonly storage: Storage;
  readonly providers: Providers;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Log;
}

/** The road of Pro Santé Connect, for a structure's own provider. */
export function createProviderSignIn({ storage, providers, vault, clock, log }: ProviderSignInParts): ProviderSignIn {
  const statesOf = (id: string) => createUpstreamStates(vault, sourceOf({ id }));

  function refused(structure: OidcStructure, error: unknown): UserError {
    if (error instanceof UserError) return error;
    if (!(error instanceof UpstreamRefused)) throw error;
    const { fault, reason } = error;
    log.warn({ structure: structure.id, fault, reason }, 'the provider of a structure vouched for nobody');
    return new UserError(codeOf(fault), { structure: structure.id, fault }, error);
  }

  return {
    async start(structure, uid, wish) {
      try {
        const provider = await providers.of(structure);
        return await provider.start(statesOf(structure.id).make(uid), wish);
      } catch (error) {
        throw refused(structure, error);
      }
    },

    interactionOf: (structureId, state) => statesOf(structureId).read(state),

    formTargets: async (structure) => (await providers.of(structure)).formTargets(),

    async finish(structure, answer, pending, { clientId, request }) {
      const { supportCode, address } = request;
      const line = { mode: 'compte-local', clientId, supportCode, address } as const;
      const details = { structure: structure.id };
      try {
        const provider = await providers.of(structure);
        const read = readAnswer(structure, await provider.finish(answer, pending), clock());
        if (read === 'weak') throw new UserError('structure-second-factor');
        if (!read) throw new UserError('structure-refused', { reason: 'no account named' });
        const account = await storage.accounts.byIdentity(sourceOf(structure), read.entryId);
        await storage.transaction(async (tx) => {
          await tx.structureMembers.seen(structure.id, read.entryId, read.entryId, clock());
          await tx.audit.write({ event: 'sign-in.structure-accepted', ...line, accountId: account?.id, details });
        });
        return read;
      } catch (error) {
        const told = refused(structure, error);
        await storage.audit.write({
          event: 'sign-in.structure-refused',
          ...line,
          details: { ...details, reason: told.code },
        });
        throw told;
      }
    },
  };
}
