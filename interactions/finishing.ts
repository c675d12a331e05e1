import type { RouterContext } from '@koa/router';
import type { AuditLine } from '../src/audit/audit.ts';
import { FlowError } from '../src/http/errors.ts';
import { requestInfo } from '../src/http/request.ts';
import type { Storage } from '../src/storage.ts';
import { toRow } from './flow.ts';
import type { Proof } from './mode.ts';
import { movedOn, type Visit } from './visit.ts';

type AuditGround = Omit<AuditLine, 'event'>;

/** What an audit line of this visit says, besides what happened. */
export function lineOf(ctx: RouterContext, visit: Visit, proof?: Proof): AuditGround {
  const { supportCode, address } = requestInfo(ctx.req);
  const known = proof && 'accountId' in proof.subject ? proof.subject.accountId : undefined;
  return {
    accountId: known ?? visit.interaction.session?.accountId,
    clientId: visit.application.clientId,
    mode: proof?.mode,
    acr: proof?.acr,
    supportCode,
    address,
  };
}

/**
 * What `provider.interactionResult` does, with the interaction that this very request has opened: read, checked and
 * unsealed a moment ago, it is not read again.
 * @returns where the browser goes on
 */
async function resultOf({ interaction }: Visit, result: Record<string, unknown>, merge: boolean): Promise<string> {
  interaction.result = merge && !('error' in result) ? { ...interaction.lastSubmission, ...result } : result;
  await interaction.persist();
  return interaction.returnTo;
}

/** How an interaction ends: once, in the database first, then for the library. */
export function createFinishing(storage: Storage) {
  /** Finishes once: whoever moves the flow to its end. */
  async function finish(tx: Storage, visit: Visit): Promise<void> {
    if (!(await tx.flows.move(visit.place, toRow({ stage: 'done' })))) throw new FlowError('interaction-done');
  }

  /** Gives the library the result, after what must come first, and sends the browser on to it. */
  async function answer(
    ctx: RouterContext,
    visit: Visit,
    result: Record<string, unknown>,
    { merge = false, first = async () => undefined }: { merge?: boolean; first?: () => Promise<void> } = {},
  ): Promise<void> {
    try {
      await first();
      ctx.status = 303;
      ctx.redirect(await resultOf(visit, result, merge));
    } catch (error) {
      // The step stands but the library could not be told: the same step may be tried again.
      await storage.flows.move(movedOn(visit), toRow(visit.flow));
      throw error;
    }
  }

  /** Ends the interaction with an error for the application. */
  async function refuse(
    ctx: RouterContext,
    visit: Visit,
    event: AuditLine['event'],
    error: string,
    description: string,
    details = {},
  ): Promise<void> {
    await storage.transaction(async (tx) => {
      await finish(tx, visit);
      await tx.audit.write({ event, ...lineOf(ctx, visit), details });
    });
    await answer(ctx, visit, { error, error_description: description });
  }

  return { finish, answer, refuse };
}
