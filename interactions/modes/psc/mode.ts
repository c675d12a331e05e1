import type { RouterContext } from '@koa/router';
import { PSC_PROOFS } from '../../../config/modes.ts';
import { NATIONAL_ID } from '../../../src/accounts/account.ts';
import { FlowError, UserError } from '../../../src/http/errors.ts';
import { requestInfo } from '../../../src/http/request.ts';
import { type PscProfessional, PscUnreadable, readProfessional } from '../../../src/psc/professional.ts';
import type { Psc } from '../../../src/psc/psc.ts';
import { type UpstreamAnswer, UpstreamRefused } from '../../../src/upstream/provider.ts';
import { CHOOSING } from '../../flow.ts';
import type { Kit, Panel } from '../../kit.ts';
import type { Mode, Proof } from '../../mode.ts';
import { movedOn, type Visit } from '../../visit.ts';
import { ID, inMode, PSC_REFUSALS, type PscRefusal, stateOf } from './state.ts';
import { texts } from './texts.ts';
import { wishOf } from './wish.ts';

const STAGES = ['choosing', 'in-mode'] as const;
const ABOUT = 'https://esante.gouv.fr/produits-services/pro-sante-connect';

const panel = (psc: Psc, visit: Visit, supportCode?: string): Panel => ({
  view: 'interactions/modes/psc/view',
  title: 'psc.title',
  // The provider behind it that a hint names may stand anywhere.
  formTargets: [...psc.provider.formTargets(), ...(wishOf(visit).hints ? ['https:'] : [])],
  locals: () => ({
    action: `/interaction/${visit.uid}/${ID}`,
    about: ABOUT,
    away: !psc.provider.available(),
    ...(supportCode ? { supportCode } : {}),
  }),
});

/** Why, in the words of this mode; anything else is a defect of ours. */
function refusalOf(error: unknown): { refusal: PscRefusal; reason: string | undefined } {
  if (error instanceof PscUnreadable) return { refusal: error.reason, reason: undefined };
  if (!(error instanceof UpstreamRefused)) throw error;
  return { refusal: PSC_REFUSALS.find((one) => one === error.fault) ?? 'error', reason: error.reason };
}

function proofOf(
  kit: Kit,
  ctx: RouterContext,
  visit: Visit,
  answer: UpstreamAnswer,
  professional: PscProfessional,
): Proof {
  const { nationalId, statement, claims, authMode } = professional;
  const known = authMode === 'CARD' || authMode === 'MOBILE' ? authMode : 'unknown';
  const { acr, amr } = PSC_PROOFS[known];
  const { supportCode, address } = requestInfo(ctx.req);
  if (known === 'unknown')
    kit.log.warn({ supportCode }, 'Pro Santé Connect did not say how the person was authenticated');
  return {
    mode: ID,
    subject: { source: NATIONAL_ID, externalId: nationalId },
    statement,
    upstream: { provider: ID, claims, idToken: answer.idToken, subject: answer.subject, sid: answer.sid },
    acr,
    amr,
    at: answer.authenticatedAt ?? kit.clock(),
    provedAt: kit.clock(),
    full: true,
    spend: (tx) =>
      tx.audit.write({
        event: 'sign-in.psc-accepted',
        mode: ID,
        acr,
        clientId: visit.application.clientId,
        supportCode,
        address,
        details: { authMode: known, said: answer.acr ?? 'nothing' },
      }),
  };
}

/** Pro Santé Connect: on the page, on the way there, and back with its answer. */
export const psc: Mode = {
  id: ID,
  texts,
  isOffered: () => true,
  routes(router, kit) {
    const { psc } = kit;
    // Without its settings the mode is not offered, and nothing leads here.
    if (!psc) return;
    const { provider, states } = psc;

    /** Writes down why nothing was opened, and lets the page say it: the answer itself leaves the address bar. */
    async function refuse(ctx: RouterContext, visit: Visit, error: unknown): Promise<void> {
      const { refusal, reason } = refusalOf(error);
      const { supportCode, address } = requestInfo(ctx.req);
      kit.log.warn({ supportCode, error: `psc-${refusal}`, reason }, 'Pro Santé Connect opened nothing');
      await kit.storage.transaction(async (tx) => {
        await kit.move(visit, inMode({ step: 'refused', refusal, supportCode }), tx);
        await tx.audit.write({
          event: 'sign-in.psc-refused',
          mode: ID,
          clientId: visit.application.clientId,
          supportCode,
          address,
          details: { refusal, ...(reason ? { reason } : {}) },
        });
      });
      ctx.status = 303;
      ctx.redirect(`/interaction/${visit.uid}/${ID}`);
    }

    router.get(
      '/',
      kit.screen(STAGES, async (ctx, visit) => {
        const state = stateOf(visit);
        const refused = state?.step === 'refused' ? state : undefined;
        const failure = refused && new UserError(`psc-${refused.refusal}`);
        return kit.show(ctx, visit, panel(psc, visit, refused?.supportCode), failure);
      }),
    );

    router.post(
      '/',
      kit.form(
        STAGES,
        async (ctx, visit) => {
          const started = await provider.start(states.make(visit.uid), wishOf(visit)).catch((error: unknown) => {
            const { refusal, reason } = refusalOf(error);
            throw new UserError(`psc-${refusal}`, { reason });
          });
          await kit.move(visit, inMode({ step: 'sent', pending: started.pending }));
          ctx.status = 303;
          ctx.redirect(started.url.href);
        },
        async (_ctx, visit) => panel(psc, visit),
      ),
    );

    router.get(
      '/return',
      kit.screen(STAGES, async (ctx, visit) => {
        const state = stateOf(visit);
        if (state?.step !== 'sent') throw new FlowError('psc-answer');
        // Used up before anything is asked of it: of two that come with the same answer one goes on.
        await kit.move(visit, CHOOSING);
        const onward = { ...visit, flow: CHOOSING, place: movedOn(visit) };
        let proof: Proof;
        try {
          const answer = await provider.finish(new URLSearchParams(ctx.querystring), state.pending);
          proof = proofOf(kit, ctx, onward, answer, readProfessional(answer));
        } catch (error) {
          return refuse(ctx, onward, error);
        }
        return kit.complete(ctx, onward, proof);
      }),
    );
  },
};
