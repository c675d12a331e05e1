import type { RouterContext } from '@koa/router';
import { z } from 'zod';
import type { Channel } from '../../../src/accounts/account.ts';
import { LOGIN_MAX } from '../../../src/accounts/login-key.ts';
import { PASSWORD_MAX } from '../../../src/accounts/passwords.ts';
import { completed } from '../../../src/assurance/completion.ts';
import { FlowError, UserError } from '../../../src/http/errors.ts';
import { line, readFields, required } from '../../../src/http/form.ts';
import { requestInfo } from '../../../src/http/request.ts';
import { provenBy } from '../../captcha/proven.ts';
import type { Kit, Panel } from '../../kit.ts';
import type { Mode } from '../../mode.ts';
import { loginTyped } from '../../typed.ts';
import { modeRow, type Visit } from '../../visit.ts';
import { channelPanel, checkStands, codePanel, passwordPanel } from './panels.ts';
import { channelsHere, noFactor, secondFactorRoutes, secondFactors } from './second-factors.ts';
import { ID, inMode, type Proved, provedOf, stateOf } from './state.ts';
import { texts } from './texts.ts';

const STAGES = ['choosing', 'in-mode'] as const;
const PASSWORD_FORM = {
  login: required(LOGIN_MAX),
  password: line(PASSWORD_MAX).min(1),
  channel: z.enum(['mail', 'sms']).optional(),
};
const CHANNEL_FORM = { channel: z.enum(['mail', 'sms', 'app']) };
const CODE_FORM = { code: required(40) };

function back(ctx: RouterContext, visit: Visit, step = ''): void {
  ctx.status = 303;
  ctx.redirect(`/interaction/${visit.uid}/${ID}${step}`);
}

/** Sends a code and moves the flow to it, in one transaction. */
async function send(kit: Kit, ctx: RouterContext, visit: Visit, proved: Proved, channel: Channel): Promise<void> {
  const account = await kit.storage.accounts.byId(proved.accountId);
  if (account?.status !== 'active') throw new UserError('account-unavailable');
  checkStands(account, visit, proved);
  if (channel === 'mail' && !channelsHere(visit, account, { fresh: !proved.completes }).includes(channel))
    throw noFactor(account);
  const { accountId, passwordAt, completes } = proved;
  const current = stateOf(visit);
  await kit.codes.send(
    {
      account,
      channel,
      flow: visit.uid,
      locale: visit.lang,
      clientId: visit.application.clientId,
      application: visit.application.name,
      request: requestInfo(ctx.req),
      proven: provenBy(kit.captcha, ctx),
      current: current?.step === 'code' ? current.challengeId : undefined,
    },
    (tx, challengeId) => kit.move(visit, inMode({ step: 'code', accountId, passwordAt, completes, challengeId }), tx),
  );
  back(ctx, visit);
}

/** Identifier and password, then the choice of mail or SMS, then the code. */
export const codeEphemere: Mode = {
  id: ID,
  texts,
  isOffered: () => true,
  routes(router, kit) {
    const codeState = (visit: Visit) => {
      const state = stateOf(visit);
      if (state?.step !== 'code') throw new FlowError('step-out-of-order');
      return state;
    };
    const proved = (visit: Visit) => {
      const found = provedOf(visit);
      if (!found) throw new FlowError('step-out-of-order');
      return found;
    };

    router.get(
      '/',
      kit.screen(STAGES, async (ctx, visit) => {
        const state = stateOf(visit);
        const known = provedOf(visit);
        // `autre`: somebody else at this keyboard, or another account.
        if (!known || ctx.query.autre !== undefined) return kit.show(ctx, visit, passwordPanel(visit));
        let panel: Panel;
        try {
          panel = state?.step === 'code' ? await codePanel(kit, visit, state) : await channelPanel(kit, visit, known);
        } catch (error) {
          // Nowhere to send a code to: said on the page that has the other ways.
          if (!(error instanceof UserError)) throw error;
          return kit.show(ctx, visit, passwordPanel(visit), error);
        }
        return kit.show(ctx, visit, panel);
      }),
    );

    router.post(
      '/',
      kit.form(
        STAGES,
        async (ctx, visit) => {
          const { login, password, channel } = readFields(ctx, PASSWORD_FORM);
          const clientId = visit.application.clientId;
          // As old as the secret it was compared with: one that changes meanwhile is not that one.
          const passwordAt = kit.clock().toISOString();
          const { account, spend } = await kit.passwordSignIn.verify({
            login,
            password,
            mode: ID,
            clientId,
            request: requestInfo(ctx.req),
            proven: provenBy(kit.captcha, ctx),
          });
          await spend(kit.storage);
          const { channels, appFirst, others } = await secondFactors(kit, visit, account, { fresh: true });
          if (channels.length === 0 && !others) throw noFactor(account);
          const fresh = { accountId: account.id, passwordAt };
          const only = channels.length === 1 && !appFirst ? channels[0] : undefined;
          const chosen = channel === 'mail' && !channels.includes(channel) ? only : (channel ?? only);
          if (chosen) return send(kit, ctx, visit, fresh, chosen);
          await kit.move(visit, inMode({ step: 'channel', ...fresh }));
          return back(ctx, visit, appFirst ? '/app' : '');
        },
        async (ctx, visit) => passwordPanel(visit, loginTyped(visit, ctx)),
      ),
    );

    secondFactorRoutes(router, kit, proved, (visit) => channelPanel(kit, visit, proved(visit)));
    router.get(
      '/channel',
      kit.screen(STAGES, async (ctx, visit) => kit.show(ctx, visit, await channelPanel(kit, visit, proved(visit)))),
    );
    router.post(
      '/channel',
      kit.form(
        STAGES,
        async (ctx, visit) => {
          const { channel } = readFields(ctx, CHANNEL_FORM);
          if (channel === 'app') return back(ctx, visit, '/app');
          await send(kit, ctx, visit, proved(visit), channel);
        },
        async (_ctx, visit) => channelPanel(kit, visit, proved(visit)),
      ),
    );

    router.post(
      '/resend',
      kit.form(
        STAGES,
        async (ctx, visit) => {
          const state = codeState(visit);
          const challenge = await kit.codes.byId(state.challengeId);
          if (!challenge) throw new FlowError('code-expired');
          await send(kit, ctx, visit, state, challenge.channel);
        },
        async (_ctx, visit) => codePanel(kit, visit, codeState(visit)),
      ),
    );

    router.post(
      '/code',
      kit.form(
        STAGES,
        async (ctx, visit) => {
          const state = codeState(visit);
          const { code } = readFields(ctx, CODE_FORM);
          const checked = await kit.codes.check(
            state.challengeId,
            code,
            visit.application.clientId,
            requestInfo(ctx.req),
          );
          const { acr, amr } = modeRow(ID);
          const added = { acr, amr: checked.challenge.channel === 'sms' ? [...amr, 'sms'] : amr };
          const strength = state.completes ? completed(state.completes, added) : added;
          await kit.complete(ctx, visit, {
            mode: ID,
            subject: { accountId: state.accountId },
            ...strength,
            beside: checked.challenge.channel,
            at: kit.clock(),
            passwordAt: new Date(state.passwordAt),
            provedAt: state.completes ? undefined : new Date(state.passwordAt),
            full: !state.completes,
            spend: checked.spend,
            succeeded: checked.succeeded,
          });
        },
        async (_ctx, visit) => codePanel(kit, visit, codeState(visit)),
      ),
    );
  },
};
