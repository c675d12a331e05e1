import { randomUUID } from 'node:crypto';
import type { RouterContext } from '@koa/router';
import type { Provider } from 'oidc-provider';
import type { Settings } from '../config/settings.ts';
import type { Account } from '../src/accounts/account.ts';
import { satisfies } from '../src/assurance/levels.ts';
import { FlowError, UserError } from '../src/http/errors.ts';
import { requestInfo } from '../src/http/request.ts';
import type { LoginResult } from '../src/provider/professional.ts';
import type { SignIn } from '../src/provider/sign-ins.ts';
import type { Storage } from '../src/storage.ts';
import { type StoredProof, toRow } from './flow.ts';
import type { Proof } from './mode.ts';
import { rememberMode } from './remembered-mode.ts';
import type { Visit } from './visit.ts';

export interface DispatcherParts {
  readonly provider: () => Provider;
  readonly storage: Storage;
  readonly settings: Settings;
}

const toStored = ({ mode, subject, acr, amr, at, passwordAt, full }: Proof): StoredProof => ({
  mode,
  accountId: subject.accountId,
  acr,
  amr: [...amr],
  at: at.toISOString(),
  ...(passwordAt ? { passwordAt: passwordAt.toISOString() } : {}),
  full,
});

const fromStored = ({ accountId, at, passwordAt, ...proof }: StoredProof): Proof => ({
  ...proof,
  subject: { accountId },
  at: new Date(at),
  passwordAt: passwordAt === undefined ? undefined : new Date(passwordAt),
});

/** What a step sees, and what it may answer: nothing (go on) or a refusal. No step names the next one. */
interface Standing {
  readonly visit: Visit;
  readonly proof: Proof;
  readonly account: Account | undefined;
}
type Step = (standing: Standing) => undefined | UserError | FlowError;

/** Decided after every proof, in this order. */
const STEPS: readonly (readonly [name: string, step: Step])[] = [
  ['found', ({ account }) => (account ? undefined : new UserError('account-unavailable'))],
  ['active', ({ account }) => (account?.status === 'active' ? undefined : new UserError('account-unavailable'))],
  [
    'completes its own session',
    ({ proof, visit }) =>
      proof.full || visit.session?.account.id === proof.subject.accountId
        ? undefined
        : new FlowError('step-out-of-order'),
  ],
  [
    'mode accepted',
    ({ proof, visit }) => (visit.whyRefused(proof.mode) ? new FlowError('mode-not-accepted') : undefined),
  ],
  [
    'strong enough',
    ({ proof, visit }) =>
      satisfies(proof.acr, visit.requirement.level) ? undefined : new UserError('level-not-reached'),
  ],
];

/**
 * The only place that finishes an interaction: after a proof (`complete`), after consent, or by leaving (`abort`).
 */
export function createDispatcher({ provider, storage, settings }: DispatcherParts) {
  /** Finishes once: whoever moves the flow to its end. */
  async function finish(tx: Storage, visit: Visit): Promise<void> {
    if (!(await tx.flows.move(visit.uid, visit.version, toRow({ stage: 'done' }))))
      throw new FlowError('interaction-done');
  }

  async function answer(
    ctx: RouterContext,
    visit: Visit,
    result: Record<string, unknown>,
    merge: boolean,
  ): Promise<void> {
    try {
      const resume = await provider().interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: merge });
      ctx.status = 303;
      ctx.redirect(resume);
    } catch (error) {
      // The proof stands but the application's request could not be told: the same step may be tried again.
      await storage.flows.move(visit.uid, visit.version + 1, toRow(visit.flow));
      throw error;
    }
  }

  const lineOf = (ctx: RouterContext, visit: Visit, proof: Proof) => {
    const { supportCode, address } = requestInfo(ctx.req);
    return {
      accountId: proof.subject.accountId,
      clientId: visit.application.clientId,
      mode: proof.mode,
      acr: proof.acr,
      supportCode,
      address,
    };
  };

  /** Records the sign-in and gives the application its answer. */
  async function conclude(
    ctx: RouterContext,
    visit: Visit,
    proof: Proof,
    also?: (tx: Storage) => Promise<void>,
  ): Promise<void> {
    const signIn: SignIn = {
      id: randomUUID(),
      accountId: proof.subject.accountId,
      clientId: visit.application.clientId,
      mode: proof.mode,
      acr: proof.acr,
      amr: proof.amr,
      passwordAt: proof.passwordAt,
      authenticatedAt: proof.at,
    };
    await storage.transaction(async (tx) => {
      await also?.(tx);
      await finish(tx, visit);
      await tx.signIns.insert(signIn);
      await tx.audit.write({ event: 'sign-in.succeeded', ...lineOf(ctx, visit, proof), details: { amr: proof.amr } });
    });
    const login: LoginResult = {
      accountId: signIn.accountId,
      acr: signIn.acr,
      amr: [...signIn.amr],
      ts: Math.floor(signIn.authenticatedAt.getTime() / 1000),
      signInId: signIn.id,
      full: proof.full,
    };
    rememberMode(ctx, proof.mode);
    await answer(ctx, visit, { login: { ...login } }, false);
  }

  /** Walks the table. @throws the refusal of the first step that has one, after it is audited. */
  async function walk(ctx: RouterContext, visit: Visit, proof: Proof): Promise<Account> {
    const account = await storage.accounts.byId(proof.subject.accountId);
    for (const [reason, step] of STEPS) {
      const refusal = step({ visit, proof, account });
      if (!refusal) continue;
      await storage.audit.write({ event: 'sign-in.refused', ...lineOf(ctx, visit, proof), details: { reason } });
      throw refusal;
    }
    if (!account) throw new UserError('account-unavailable');
    return account;
  }

  return {
    async complete(ctx: RouterContext, visit: Visit, proof: Proof): Promise<void> {
      const account = await walk(ctx, visit, proof);
      if (account.termsVersion === settings.TERMS_VERSION) {
        await conclude(ctx, visit, proof, proof.spend);
        await proof.succeeded?.();
        return;
      }
      await storage.transaction(async (tx) => {
        await proof.spend?.(tx);
        const moved = await tx.flows.move(visit.uid, visit.version, toRow({ stage: 'proved', proof: toStored(proof) }));
        if (!moved) throw new FlowError('interaction-done');
      });
      await proof.succeeded?.();
      ctx.status = 303;
      ctx.redirect(`/interaction/${visit.uid}`);
    },

    /** The person accepted the terms of use that stood between the proof and its end. */
    async acceptedTerms(ctx: RouterContext, visit: Visit): Promise<void> {
      if (visit.flow.stage !== 'proved') throw new FlowError('step-out-of-order');
      const proof = fromStored(visit.flow.proof);
      await walk(ctx, visit, proof);
      const { accountId } = proof.subject;
      await conclude(ctx, visit, proof, async (tx) => {
        await tx.accounts.acceptTerms(accountId, settings.TERMS_VERSION);
        await tx.audit.write({
          event: 'account.terms-accepted',
          ...lineOf(ctx, visit, proof),
          details: { version: settings.TERMS_VERSION },
        });
      });
    },

    /** The person answered the consent screen; `grantId` undefined: they refused. */
    async consented(
      ctx: RouterContext,
      visit: Visit,
      grantId: string | undefined,
      remember: (tx: Storage) => Promise<void>,
    ): Promise<void> {
      const { supportCode, address } = requestInfo(ctx.req);
      const line = {
        accountId: visit.interaction.session?.accountId,
        clientId: visit.application.clientId,
        supportCode,
        address,
      };
      await storage.transaction(async (tx) => {
        await finish(tx, visit);
        if (grantId) await remember(tx);
        await tx.audit.write({ event: grantId ? 'consent.given' : 'consent.refused', ...line });
      });
      if (grantId) await answer(ctx, visit, { consent: { grantId } }, true);
      else await answer(ctx, visit, { error: 'access_denied', error_description: 'the person refused' }, false);
    },

    /** Back to the application, which gets `access_denied`. */
    async abort(ctx: RouterContext, visit: Visit): Promise<void> {
      const { supportCode, address } = requestInfo(ctx.req);
      await storage.transaction(async (tx) => {
        await finish(tx, visit);
        await tx.audit.write({
          event: 'sign-in.abandoned',
          clientId: visit.application.clientId,
          supportCode,
          address,
        });
      });
      await answer(
        ctx,
        visit,
        { error: 'access_denied', error_description: 'the person went back to the application' },
        false,
      );
    },
  };
}

export type Dispatcher = ReturnType<typeof createDispatcher>;
