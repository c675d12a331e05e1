import { type Acr, MODES, type ModeId } from '../../../config/modes.ts';
import type { Mode } from '../../../interactions/mode.ts';
import { REGISTRY } from '../../../interactions/registry.ts';
import { NATIONAL_ID } from '../../../src/accounts/account.ts';
import { readFields, required } from '../../../src/http/form.ts';

/** Stands where the card and Pro Santé Connect are: believes the number, the name and the profession that it is told. */
function vouched(id: 'cps' | 'psc', acr: Acr): Mode {
  const amr = MODES.find((row) => row.id === id)?.amr ?? [];
  const panel = { view: 'tests/support/sign-in/test-panel', title: 'chooser.title' };
  return {
    id,
    texts: { fr: {}, en: {} },
    isOffered: () => true,
    routes(router, kit) {
      router.get(
        '/',
        kit.screen(['choosing', 'in-mode'], (ctx, visit) => kit.show(ctx, visit, panel)),
      );
      router.post(
        '/',
        kit.form(
          ['choosing', 'in-mode'],
          async (ctx, visit) => {
            const { number, family, profession } = readFields(ctx, {
              number: required(40),
              family: required(40),
              profession: required(4),
            });
            await kit.complete(ctx, visit, {
              mode: id,
              subject: { source: NATIONAL_ID, externalId: number },
              statement: { source: id, familyName: family, givenName: 'Camille', profession },
              acr,
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
}

const VOUCHED: readonly ModeId[] = ['cps', 'psc'];
export const WITH_VOUCHED: readonly Mode[] = [
  vouched('cps', 'eidas3'),
  vouched('psc', 'eidas2'),
  ...REGISTRY.filter(({ id }) => !VOUCHED.includes(id)),
];
