import type { Mode } from '../../../interactions/mode.ts';
import { REGISTRY } from '../../../interactions/registry.ts';
import { outsideIdentity, statement } from '../../../src/accounts/statement.ts';
import { readFields, required } from '../../../src/http/form.ts';
import type { Browser, Visited } from '../http/browser.ts';

/** A mode that only tests know: stands where Pro Santé Connect will, and believes what it is told of a person. */
const vouching: Mode = {
  id: 'psc',
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
          const said = readFields(ctx, { subject: required(500), statement: required(2000) });
          await kit.complete(ctx, visit, {
            mode: 'psc',
            subject: outsideIdentity.parse(JSON.parse(said.subject)),
            statement: statement.parse(JSON.parse(said.statement)),
            acr: 'eidas2',
            amr: ['swk', 'pin', 'mfa'],
            at: kit.clock(),
            full: true,
          });
        },
        async () => panel,
      ),
    );
  },
};

export const WITH_VOUCHING: readonly Mode[] = [...REGISTRY.filter(({ id }) => id !== 'psc'), vouching];

interface Vouched {
  readonly source?: string;
  readonly externalId: string;
  readonly statement?: Record<string, unknown>;
}

/** What a person reaches whom the mode vouches for. */
export async function vouchFor(
  browser: Browser,
  url: URL,
  { source, externalId, statement }: Vouched,
): Promise<Visited> {
  const { page } = await browser.get(url);
  const uid = browser.current?.url.pathname.split('/')[2];
  const csrf = page.querySelector('[name=_csrf]')?.getAttribute('value') ?? '';
  return browser.post(`/interaction/${uid}/psc`, {
    _csrf: csrf,
    subject: JSON.stringify({ source: source ?? 'national-id', externalId }),
    statement: JSON.stringify({ source: 'psc', familyName: 'Fictif', givenName: 'Camille', ...statement }),
  });
}
