import type { RouterContext } from '@koa/router';
import { CARD } from '../../../config/lives.ts';
import { NATIONAL_ID } from '../../../src/accounts/account.ts';
import { atMost } from '../../../src/assurance/levels.ts';
import type { CardOutcome } from '../../../src/cards/handover.ts';
import { FlowError, UserError } from '../../../src/http/errors.ts';
import { requestInfo } from '../../../src/http/request.ts';
import type { Kit, Panel } from '../../kit.ts';
import type { Mode, Proof } from '../../mode.ts';
import { modeRow, type Visit } from '../../visit.ts';
import { type CardState, ID, inMode, stateOf } from './state.ts';
import { texts } from './texts.ts';

const STAGES = ['choosing', 'in-mode'] as const;
const DAY = 24 * 60 * 60 * 1000;

const panel = (kit: Kit, visit: Visit, supportCode?: string): Panel => ({
  view: 'interactions/modes/cps/view',
  title: 'cps.title',
  formTargets: kit.settings.CPS_ORIGIN ? [kit.settings.CPS_ORIGIN] : [],
  locals: () => ({ action: `/interaction/${visit.uid}/${ID}`, ...(supportCode ? { supportCode } : {}) }),
});

const expiringPanel = (visit: Visit, days: number): Panel => ({
  view: 'interactions/modes/cps/expiring',
  title: 'cps.expiring.title',
  underWay: true,
  locals: () => ({ action: `/interaction/${visit.uid}/${ID}/continue`, days }),
});

type CardRead = Extract<CardState, { step: 'read' }>;

/** Whether its holder has an account is not the card's concern. */
const proofOf = ({ nationalId, statement, acr, at }: CardRead): Proof => ({
  mode: ID,
  subject: { source: NATIONAL_ID, externalId: nationalId },
  statement,
  acr,
  amr: modeRow(ID).amr,
  at: new Date(at),
  full: true,
});

/** Uses the ticket up and says whose card it was, in one transaction with its audit line. */
async function redeem(kit: Kit, ctx: RouterContext, visit: Visit, ticket: string): Promise<CardState> {
  const { supportCode, address } = requestInfo(ctx.req);
  const line = { mode: ID, clientId: visit.application.clientId, supportCode, address } as const;
  return kit.storage.transaction(async (tx) => {
    const now = kit.clock();
    const outcome = await tx.cardHandovers.redeem(ticket, visit.uid, now);
    if (!outcome) throw new FlowError('card-ticket');
    if (!outcome.ok) return { step: 'refused', refusal: outcome.refusal, supportCode: outcome.supportCode };
    const { nationalId, familyName, givenName, profession } = outcome;
    const account = await tx.accounts.byIdentity(NATIONAL_ID, nationalId);
    const days = Math.floor((Date.parse(outcome.notAfter) - now.getTime()) / DAY);
    const acr = levelOf(outcome);
    await tx.audit.write({
      event: 'sign-in.card-accepted',
      ...line,
      accountId: account?.id,
      acr,
      details: { expiresInDays: days, degraded: outcome.degraded },
    });
    const statement = { source: ID, familyName, givenName, ...(profession === undefined ? {} : { profession }) };
    return { step: 'read', nationalId, statement, acr, at: now.toISOString(), days };
  });
}

/** Without knowing whether the card was revoked, possession is all that is proved. */
const levelOf = ({ degraded }: Extract<CardOutcome, { ok: true }>) =>
  degraded ? atMost(modeRow(ID).acr, 'eidas2') : modeRow(ID).acr;

/** The card: on the page, on the way to the host that reads it, and back with a ticket. */
export const cps: Mode = {
  id: ID,
  texts,
  atADeskOnly: true,
  isOffered: () => true,
  routes(router, kit) {
    const { cards } = kit;
    // Without a host that reads cards the settings do not offer the mode, and nothing leads here.
    if (!cards) return;
    const back = (ctx: RouterContext, visit: Visit) => {
      ctx.status = 303;
      ctx.redirect(`/interaction/${visit.uid}/${ID}`);
    };

    router.get(
      '/',
      kit.screen(STAGES, async (ctx, visit) => {
        const state = stateOf(visit);
        if (state?.step === 'read') return kit.show(ctx, visit, expiringPanel(visit, state.days));
        const failure = state && new UserError(`card-${state.refusal}`);
        return kit.show(ctx, visit, panel(kit, visit, state?.supportCode), failure);
      }),
    );

    router.post(
      '/',
      kit.form(
        STAGES,
        async (ctx, visit) => {
          const { uid, lang } = visit;
          const token = await cards.open({ uid, clientId: visit.application.clientId, lang });
          ctx.status = 303;
          ctx.redirect(`${kit.settings.CPS_ORIGIN}/carte?d=${token}`);
        },
        async (_ctx, visit) => panel(kit, visit),
      ),
    );

    router.get(
      '/return',
      kit.screen(STAGES, async (ctx, visit) => {
        const { ticket } = ctx.query;
        if (typeof ticket !== 'string') throw new FlowError('card-ticket');
        const state = await redeem(kit, ctx, visit, ticket);
        if (state.step === 'read' && state.days >= CARD.warnDays) return kit.complete(ctx, visit, proofOf(state));
        await kit.move(visit, inMode(state));
        return back(ctx, visit);
      }),
    );

    router.post(
      '/continue',
      kit.form(
        STAGES,
        async (ctx, visit) => {
          const state = stateOf(visit);
          if (state?.step !== 'read') throw new FlowError('step-out-of-order');
          await kit.complete(ctx, visit, proofOf(state));
        },
        async (_ctx, visit) => panel(kit, visit),
      ),
    );
  },
};
