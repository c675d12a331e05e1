import { completed } from '../../../src/assurance/completion.ts';
import { CREDENTIAL_MAX } from '../../../src/factors/credential-json.ts';
import { readFields, required } from '../../../src/http/form.ts';
import { noStore } from '../../../src/http/headers.ts';
import { requestInfo } from '../../../src/http/request.ts';
import type { Panel } from '../../kit.ts';
import type { Mode } from '../../mode.ts';
import { modeRow, type Visit } from '../../visit.ts';
import { texts } from './texts.ts';

const ID = 'cle-acces';
const STAGES = ['choosing', 'in-mode'] as const;
const contextOf = (visit: Visit) => `interaction:${visit.uid}`;

const panel = (visit: Visit): Panel => ({
  view: 'interactions/modes/cle-acces/view',
  title: 'cle-acces.title',
  locals: () => ({ action: `/interaction/${visit.uid}/${ID}` }),
});

/** A passkey with user verification: two factors in one gesture. */
export const cleAcces: Mode = {
  id: ID,
  texts,
  autofill: true,
  isOffered: () => true,
  routes(router, kit) {
    router.get(
      '/',
      kit.screen(STAGES, (ctx, visit) => kit.show(ctx, visit, panel(visit))),
    );

    router.post(
      '/options',
      kit.form(
        STAGES,
        async (ctx, visit) => {
          noStore(ctx);
          // Somebody who is asked for more is asked for their own key.
          ctx.body = await kit.passkeys.authenticationOptions(contextOf(visit), visit.session?.account.id);
        },
        async (_ctx, visit) => panel(visit),
      ),
    );

    router.post(
      '/',
      kit.form(
        STAGES,
        async (ctx, visit) => {
          const { credential } = readFields(ctx, { credential: required(CREDENTIAL_MAX) });
          const request = requestInfo(ctx.req);
          const { clientId } = visit.application;
          const checked = await kit.passkeys.check(contextOf(visit), credential, { request, clientId });
          const { accountId, id: passkeyId } = checked.passkey;
          const added = { acr: modeRow(ID).acr, amr: checked.amr };
          const living = visit.livingPassword?.account.id === accountId ? visit.livingPassword : undefined;
          await kit.complete(ctx, visit, {
            mode: ID,
            subject: { accountId },
            ...(living ? completed(living, added) : added),
            at: kit.clock(),
            passwordAt: living?.at,
            passkeyId,
            full: !living,
            spend: checked.spend,
          });
        },
        async (_ctx, visit) => panel(visit),
      ),
    );
  },
};
