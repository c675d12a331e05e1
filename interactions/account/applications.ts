import type Router from '@koa/router';
import { OWN_CLIENT } from '../../src/clients/own-client.ts';
import { readFields, required } from '../../src/http/form.ts';
import { spoken } from '../../src/spoken.ts';
import type { AccountPages } from './account.ts';
import type { Person, Screen } from './frame.ts';

const HERE = '/compte/applications';
const SCOPES = [
  'openid',
  'profile',
  'email',
  'phone',
  'address',
  'identite_ps',
  'structure',
  'scope_all',
  'offline_access',
];

/** What the person opened, and what they allowed applications that are not the platform's own. */
export function applications(router: Router, { frame, storage, logout, names }: AccountPages): void {
  async function screen({ account, lang, zone }: Person): Promise<Screen> {
    const [consents, history] = await Promise.all([
      storage.care.consents(account.id),
      storage.care.history(account.id, 200),
    ]);
    const allowed = new Set(consents.map(({ clientId }) => clientId));
    const last = new Map<string, Date>();
    for (const { clientId, authenticatedAt } of history)
      if (!last.has(clientId) && clientId !== OWN_CLIENT && !allowed.has(clientId)) last.set(clientId, authenticatedAt);
    const known = await names([...allowed, ...last.keys()]);
    return {
      view: 'applications',
      title: 'account.applications.title',
      locals: (t) => ({
        consents: consents.map(({ clientId, scopes, givenAt }) => ({
          clientId,
          name: known.get(clientId) ?? clientId,
          since: spoken(givenAt, lang, zone),
          scopes: scopes.filter((scope) => SCOPES.includes(scope)).map((scope) => t(`scope.${scope}.label`)),
        })),
        used: [...last].map(([clientId, at]) => ({
          name: known.get(clientId) ?? clientId,
          at: spoken(at, lang, zone),
        })),
      }),
    };
  }

  router.get(
    '/applications',
    frame.page(async (ctx, person) => frame.show(ctx, person, await screen(person))),
  );
  router.post(
    '/applications/retirer',
    frame.form(
      async (ctx, person) => {
        const { application } = readFields(ctx, { application: required(255) });
        await logout.revokeConsent(person.account.id, application);
        frame.done(ctx, HERE, 'consent');
      },
      async (_ctx, person) => screen(person),
      HERE,
    ),
  );
}
