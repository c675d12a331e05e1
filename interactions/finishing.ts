import type { RouterContext } from '@koa/router';
import type { Provider } from 'oidc-provider';
import type { AuditLine } from '../src/audit/audit.ts';
import { FlowError } from '../src/http/errors.ts';
import { requestInfo } from '../src/http/request.ts';
import type { Storage } from '../src/storage.ts';
import { toRow } from './flow.ts';
import type { Proof } from './mode.ts';
import type { Visit } from './visit.ts';

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

/** How an interaction ends: once, in the database first, then for the library. */
export function createFinishing({ provider, storage }: { provider: () => Provider; storage: Storage }) {
  /** Finishes once: whoever moves the flow to its end. */
  async function finish(tx: Storage, visit: Visit): Promise<void> {
    if (!(await tx.flows.move(visit.uid, visit.version, toRow({ stage: 'done' }))))
      throw new FlowError('interaction-done');
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
      const resume = await provider().interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: merge });
      ctx.status = 303;
      ctx.redirect(resume);
    } catch (error) {
      // The step stands but the library could not be told: the same step may be tried again.
      await storage.flows.move(visit.uid, visit.version + 1, toRow(visit.flow));
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
