import { LOGIN_MAX } from '../../../src/accounts/login-key.ts';
import { PASSWORD_MAX } from '../../../src/accounts/passwords.ts';
import { line, readFields, required } from '../../../src/http/form.ts';
import { requestInfo } from '../../../src/http/request.ts';
import { provenBy } from '../../captcha/proven.ts';
import type { Panel } from '../../kit.ts';
import type { Mode } from '../../mode.ts';
import { loginTyped } from '../../typed.ts';
import { modeRow, type Visit } from '../../visit.ts';
import { texts } from './texts.ts';

const ID = 'login-mdp';

const FIELDS = { login: required(LOGIN_MAX), password: line(PASSWORD_MAX).min(1) };

const panel = (visit: Visit, typed?: string): Panel => ({
  view: 'interactions/modes/login-mdp/view',
  title: 'login-mdp.title',
  locals: () => ({ action: `/interaction/${visit.uid}/${ID}`, values: { login: typed ?? loginTyped(visit) } }),
});

/** Identifier and password alone, for applications that need no second factor. */
export const loginMdp: Mode = {
  id: ID,
  texts,
  isOffered: () => true,
  routes(router, kit) {
    router.get(
      '/',
      kit.screen(['choosing', 'in-mode'], (ctx, visit) => kit.show(ctx, visit, panel(visit))),
    );
    router.post(
      '/',
      kit.form(
        ['choosing', 'in-mode'],
        async (ctx, visit) => {
          const { login, password } = readFields(ctx, FIELDS);
          // As old as the secret it was compared with: one that changes meanwhile is not that one.
          const at = kit.clock();
          const { account, spend } = await kit.passwordSignIn.verify({
            login,
            password,
            mode: ID,
            clientId: visit.application.clientId,
            request: requestInfo(ctx.req),
            proven: provenBy(kit.captcha, ctx),
          });
          const { acr, amr } = modeRow(ID);
          await kit.complete(ctx, visit, {
            mode: ID,
            subject: { accountId: account.id },
            acr,
            amr,
            at,
            passwordAt: at,
            full: true,
            spend,
          });
        },
        async (ctx, visit) => panel(visit, loginTyped(visit, ctx)),
      ),
    );
  },
};
