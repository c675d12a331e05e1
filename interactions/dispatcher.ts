import type { RouterContext } from '@koa/router';
import type { Provider } from 'oidc-provider';
import type { Settings } from '../config/settings.ts';
import type { Circumstances } from '../src/accounts/circumstances.ts';
import { recordStatement } from '../src/accounts/facts.ts';
import { satisfies } from '../src/assurance/levels.ts';
import { counted } from '../src/assurance/mailbox.ts';
import { whyNotOpen } from '../src/assurance/may-open.ts';
import type { Clock } from '../src/clock.ts';
import type { Notifier } from '../src/delivery/notifier.ts';
import { FlowError } from '../src/http/errors.ts';
import { requestInfo } from '../src/http/request.ts';
import type { KnownDevices } from '../src/protection/known-devices.ts';
import type { Limits } from '../src/protection/limits.ts';
import type { Logout } from '../src/provider/logout.ts';
import type { LoginResult } from '../src/provider/professional.ts';
import type { Arrival } from '../src/provider/standing.ts';
import type { Storage } from '../src/storage.ts';
import { ANSWERS } from './answers.ts';
import { createFinishing, lineOf } from './finishing.ts';
import { CHOOSING, toRow } from './flow.ts';
import type { Proof } from './mode.ts';
import { recognised } from './recognition.ts';
import { rememberMode } from './remembered-mode.ts';
import { endsMailReset, newBrowserMail, signInOf, tellOfSignIn } from './sign-in-trace.ts';
import { type Question, STEPS } from './steps.ts';
import { fromStored, type KnownProof, toStored, toStranger, withPassword } from './stored-proof.ts';
import { movedOn, type Visit } from './visit.ts';

export interface DispatcherParts {
  readonly provider: () => Provider;
  readonly storage: Storage;
  readonly settings: Settings;
  readonly circumstances: Circumstances;
  readonly logout: Logout;
  readonly devices: KnownDevices;
  readonly limits: Limits;
  readonly notifier: Notifier;
  readonly clock: Clock;
}

/** The only place that finishes an interaction: after a proof, after consent, or by leaving. */
export function createDispatcher(parts: DispatcherParts) {
  const { provider, storage, settings, logout, devices, limits, notifier, clock, circumstances } = parts;
  const { finish, answer, refuse } = createFinishing(storage);

  /**
   * Walks the table. @returns the first question, or who arrived, with what the proof counts for.
   * @throws the first refusal, once it is audited.
   */
  async function walk(
    ctx: RouterContext,
    visit: Visit,
    given: KnownProof,
    switched: boolean,
  ): Promise<{ asked: Question | 'more' | Arrival; proof: KnownProof }> {
    const [arrival, known] = await Promise.all([
      storage.standings.ofArrival(given.subject.accountId),
      visit.rulesFor(given),
    ]);
    const { account, closedDoors = [] } = arrival ?? {};
    const proof = account ? counted(given, account) : given;
    const rules = { ...known, closedDoors };
    const missing = whyNotOpen(proof, rules);
    const now = clock();
    for (const [reason, decide] of STEPS) {
      const decision = decide({ visit, proof, account, missing, rules, switched, settings, now });
      if (decision === undefined) continue;
      if (typeof decision === 'string') return { asked: decision, proof };
      await storage.audit.write({ event: 'sign-in.refused', ...lineOf(ctx, visit, proof), details: { reason } });
      // Nothing of it is left to go on with: the person begins again, here.
      if (decision.code === 'proof-overtaken') await storage.flows.move(visit.place, toRow(CHOOSING));
      throw decision;
    }
    if (!arrival) throw new Error('an account that is not there passed every step');
    return { asked: arrival, proof };
  }

  /**
   * Somebody else's session stood in this browser: it ends with all that rests on it, before the new one begins, so that
   * nothing of the one person is ever seen by the other.
   */
  async function leaveOtherSession(ctx: RouterContext, { interaction }: Visit, accountId: string): Promise<void> {
    const other = interaction.session;
    if (!other?.uid || other.accountId === accountId) return;
    const { supportCode, address } = requestInfo(ctx.req);
    await logout.end({ uid: other.uid }, 'switch', { line: { accountId: other.accountId, supportCode, address } });
    await (await provider().Session.findByUid(other.uid))?.destroy();
    delete interaction.session;
    await interaction.persist();
  }

  /** Records the sign-in and gives the application its answer. */
  async function conclude(
    ctx: RouterContext,
    visit: Visit,
    proof: KnownProof,
    arrival: Arrival,
    also?: (tx: Storage) => Promise<void>,
  ): Promise<void> {
    const { accountId } = proof.subject;
    const request = requestInfo(ctx.req);
    const isNew = devices.seen(request, accountId) === undefined;
    const [place, mail] = await Promise.all([
      circumstances.place(storage, request.address),
      isNew ? newBrowserMail(limits, accountId) : undefined,
    ]);
    const signIn = signInOf(ctx, visit, proof, place);
    let notices: readonly string[] = [];
    await storage.transaction(async (tx) => {
      await also?.(tx);
      const said = lineOf(ctx, visit, proof);
      const structure = proof.upstream?.structure?.id;
      const details = { amr: proof.amr, ...(structure ? { structure } : {}) };
      // None of these waits for another: they leave together.
      const [, told] = await Promise.all([
        finish(tx, visit),
        tellOfSignIn(tx, ctx, { visit, proof, clock, circumstances, mail, arrival }),
        endsMailReset(tx, proof, arrival.account, said),
        proof.statement && recordStatement(tx, accountId, proof.statement, proof.at, said),
        tx.signIns.insert(signIn),
        tx.audit.write({ event: 'sign-in.succeeded', ...said, details }),
      ]);
      notices = told;
    });
    await notifier.announce(notices);
    const ts = Math.floor(proof.at.getTime() / 1000);
    const login: LoginResult = {
      accountId,
      acr: proof.acr,
      amr: [...proof.amr],
      ts,
      signInId: signIn.id,
      full: proof.full,
    };
    rememberMode(ctx, proof.mode);
    devices.remember(ctx, requestInfo(ctx.req), accountId, satisfies(proof.acr, 'eidas2'));
    const selected = visit.interaction.prompt.name === 'select_account' ? { select_account: {} } : {};
    const first = () => leaveOtherSession(ctx, visit, accountId);
    await answer(ctx, visit, { login: { ...login }, ...selected }, { first });
  }

  const onward = (ctx: RouterContext, visit: Visit) => {
    ctx.status = 303;
    ctx.redirect(`/interaction/${visit.uid}`);
  };

  /** Back to the choice of a mode, with the password that stands. */
  async function askForMore(ctx: RouterContext, visit: Visit, proof: KnownProof): Promise<void> {
    await storage.transaction(async (tx) => {
      await proof.spend?.(tx);
      const next = toRow({ stage: 'choosing', partial: toStored(proof) });
      if (!(await tx.flows.move(visit.place, next))) throw new FlowError('interaction-done');
    });
    onward(ctx, visit);
    await proof.succeeded?.();
  }

  return {
    /** A mode proved who the person is. */
    async complete(ctx: RouterContext, visit: Visit, given: Proof): Promise<void> {
      const known = await recognised(storage, given, lineOf(ctx, visit, given));
      if (!known) return this.welcome(ctx, visit, given);
      const whole = withPassword(known, visit.flow, visit.session?.live.signIn);
      const { asked, proof } = await walk(ctx, visit, whole, false);
      if (asked === 'more') return askForMore(ctx, visit, proof);
      if (typeof asked === 'object') {
        await conclude(ctx, visit, proof, asked, proof.spend);
      } else {
        await storage.transaction(async (tx) => {
          await proof.spend?.(tx);
          const moved = await tx.flows.move(visit.place, toRow({ stage: 'proved', proof: toStored(proof) }));
          if (!moved) throw new FlowError('interaction-done');
        });
        onward(ctx, visit);
      }
      await proof.succeeded?.();
    },

    /** Nobody of ours yet: the sign-up screen asks for what makes an account, and this interaction goes on after it. */
    async welcome(ctx: RouterContext, visit: Visit, proof: Proof): Promise<void> {
      const { subject } = proof;
      if ('accountId' in subject) throw new FlowError('step-out-of-order');
      await storage.transaction(async (tx) => {
        await proof.spend?.(tx);
        const next = toRow({ stage: 'signing-up', proof: toStranger(proof, subject) });
        if (!(await tx.flows.move(visit.place, next))) throw new FlowError('interaction-done');
        const details = { source: subject.source };
        await tx.audit.write({ ...lineOf(ctx, visit, proof), event: 'sign-up.opened', accountId: undefined, details });
      });
      onward(ctx, visit);
      await proof.succeeded?.();
    },

    /**
     * The person of a proof that nobody was known by has an account now.
     * @param making makes it, or links it, in the transaction that moves the flow
     */
    async enrolled(
      ctx: RouterContext,
      visit: Visit,
      accountId: string,
      making: (tx: Storage) => Promise<void>,
    ): Promise<void> {
      if (visit.flow.stage !== 'signing-up') throw new FlowError('step-out-of-order');
      const first = fromStored(visit.flow.proof, accountId);
      const flow = { stage: 'proved', proof: toStored(first) } as const;
      await storage.transaction(async (tx) => {
        await making(tx);
        if (!(await tx.flows.move(visit.place, toRow(flow)))) throw new FlowError('interaction-done');
      });
      const next = { ...visit, flow, place: movedOn(visit) };
      const { asked, proof } = await walk(ctx, next, first, false);
      if (asked === 'more') return askForMore(ctx, next, proof);
      if (typeof asked === 'object') return conclude(ctx, next, proof, asked);
      onward(ctx, visit);
    },

    /** What is still asked of a person whose proof stands. */
    async question(ctx: RouterContext, visit: Visit): Promise<Question | undefined> {
      if (visit.flow.stage !== 'proved') throw new FlowError('step-out-of-order');
      const stored = visit.flow.proof;
      const { asked } = await walk(ctx, visit, fromStored(stored, stored.accountId), stored.switched === true);
      if (asked === 'more') throw new FlowError('step-out-of-order');
      return typeof asked === 'string' ? asked : undefined;
    },

    /** The person answered one question, or it is settled otherwise; the next one may follow. */
    async accepted(ctx: RouterContext, visit: Visit, question?: Question): Promise<void> {
      if (visit.flow.stage !== 'proved') throw new FlowError('step-out-of-order');
      const stored = { ...visit.flow.proof, ...(question === 'switch' ? { switched: true } : {}) };
      const { accountId } = stored;
      const first = fromStored(stored, accountId);
      const write = question && ANSWERS[question];
      const given = { accountId, at: clock(), settings, line: lineOf(ctx, visit, first) };
      if (write) await storage.transaction((tx) => write(tx, given));
      const { asked, proof } = await walk(ctx, visit, first, stored.switched === true);
      if (typeof asked === 'object') return conclude(ctx, visit, proof, asked);
      if (!(await storage.flows.move(visit.place, toRow({ stage: 'proved', proof: stored }))))
        throw new FlowError('interaction-done');
      onward(ctx, visit);
    },

    /** The person goes on with the session they have (`prompt=select_account`). */
    async keepSession(ctx: RouterContext, visit: Visit): Promise<void> {
      if (visit.interaction.prompt.name !== 'select_account' || !visit.session)
        throw new FlowError('step-out-of-order');
      await finish(storage, visit);
      await answer(ctx, visit, { select_account: {} });
    },

    /** The person answered the consent screen; `grantId` undefined: they refused. */
    async consented(
      ctx: RouterContext,
      visit: Visit,
      grantId: string | undefined,
      remember: (tx: Storage) => Promise<void>,
    ): Promise<void> {
      if (!grantId) return refuse(ctx, visit, 'consent.refused', 'access_denied', 'the person refused');
      await storage.transaction(async (tx) => {
        await finish(tx, visit);
        await remember(tx);
        await tx.audit.write({ event: 'consent.given', ...lineOf(ctx, visit) });
      });
      await answer(ctx, visit, { consent: { grantId } }, { merge: true });
    },

    /** Back to the application. */
    abort: (ctx: RouterContext, visit: Visit): Promise<void> =>
      refuse(ctx, visit, 'sign-in.abandoned', 'access_denied', 'the person went back to the application'),

    /** No mode of this deployment reaches what the application asks for. */
    impossible: (ctx: RouterContext, visit: Visit): Promise<void> =>
      refuse(
        ctx,
        visit,
        'sign-in.refused',
        'unmet_authentication_requirements',
        'no way of signing in here reaches the level',
        {
          reason: 'no mode reaches the level',
          required: visit.requirement.level,
        },
      ),
  };
}

export type Dispatcher = ReturnType<typeof createDispatcher>;
