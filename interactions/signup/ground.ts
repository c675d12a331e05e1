import type { RouterContext } from '@koa/router';
import type { ModeId } from '../../config/modes.ts';
import type { OutsideIdentity, Statement } from '../../src/accounts/statement.ts';
import { FlowError } from '../../src/http/errors.ts';
import type { Storage } from '../../src/storage.ts';
import type { Dispatcher } from '../dispatcher.ts';
import { toRow } from '../flow.ts';
import type { Lang } from '../layout/lang.ts';
import type { LeaveLocals } from '../layout/locals.ts';
import type { Visit } from '../visit.ts';
import { type Draft, draft, emptyDraft } from './draft.ts';

/** Where somebody signs up: whose word stands for them, what they have done so far, and what follows. */
export interface Ground {
  /** None for somebody who was invited: the mail is all that is proved. */
  readonly identity: OutsideIdentity | undefined;
  readonly statement: Statement | undefined;
  readonly mode: ModeId | undefined;
  readonly draft: Draft;
  readonly lang: Lang;
  /** Where its screens are. */
  readonly path: string;
  /** What its codes are counted by. */
  readonly flow: string;
  readonly clientId: string | undefined;
  readonly application: string | undefined;
  readonly formTargets: readonly string[];
  /** Nowhere to go back to where no application sent the person. */
  readonly leave: Pick<LeaveLocals, 'csrf'> & Partial<LeaveLocals>;
  /** @throws {FlowError} `step-out-of-order` when another tab moved it first. */
  save(draft: Draft, tx?: Storage): Promise<void>;
  /** `making` makes the account, or joins it, in the transaction that ends the sign-up. */
  finish(ctx: RouterContext, accountId: string, making: (tx: Storage) => Promise<void>): Promise<void>;
}

/** A first sign-in: the flow of its interaction holds the draft. */
export async function groundOf(
  visit: Visit,
  { storage, dispatcher, leave, now }: { storage: Storage; dispatcher: Dispatcher; leave: LeaveLocals; now: Date },
): Promise<Ground> {
  const { flow } = visit;
  if (flow.stage !== 'signing-up') throw new FlowError('step-out-of-order');
  const { proof } = flow;
  let { place } = visit;
  return {
    identity: proof.subject,
    statement: proof.statement,
    mode: proof.mode,
    draft:
      flow.draft === undefined || flow.draft === null
        ? emptyDraft(await storage.signUpDrafts.of(proof.subject, now))
        : draft.parse(flow.draft),
    lang: visit.lang,
    path: `/interaction/${visit.uid}/signup`,
    flow: visit.uid,
    clientId: visit.application.clientId,
    application: visit.application.name,
    formTargets: visit.formTargets,
    leave,
    async save(next, tx = storage) {
      if (!(await tx.flows.move(place, toRow({ ...flow, draft: next })))) throw new FlowError('step-out-of-order');
      place = { ...place, version: place.version + 1 };
    },
    finish: (ctx, accountId, making) => dispatcher.enrolled(ctx, { ...visit, place }, accountId, making),
  };
}
