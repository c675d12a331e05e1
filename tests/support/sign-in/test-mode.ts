import type { Mode } from '../../../interactions/mode.ts';
import { REGISTRY } from '../../../interactions/registry.ts';
import { readFields, required } from '../../../src/http/form.ts';

/** A mode that only tests know: stands where the card will, believes what it is told, proves `eidas3`. */
const testCard: Mode = {
  id: 'cps',
  texts: { fr: {}, en: {} },
  isOffered: () => true,
  routes(router, kit) {
    const panel = { view: 'tests/support/sign-in/test-panel', title: 'chooser.title' };
    router.get(
      '/',
      kit.screen(['choosing', 'in-mode'], (ctx, visit) => kit.show(ctx, visit, panel)),
    );
    router.post(
      '/',
      kit.form(
        ['choosing', 'in-mode'],
        async (ctx, visit) => {
          const { account } = readFields(ctx, { account: required(36) });
          const amr = ['sc', 'pin', 'hwk', 'mfa'];
          await kit.complete(ctx, visit, {
            mode: 'cps',
            subject: { accountId: account },
            acr: 'eidas3',
            amr,
            at: kit.clock(),
            full: true,
          });
        },
        async () => panel,
      ),
    );
  },
};

export const WITH_TEST_CARD: readonly Mode[] = [testCard, ...REGISTRY.filter(({ id }) => id !== 'cps')];
