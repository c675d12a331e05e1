import Router, { type RouterContext } from '@koa/router';
import { SCOPES } from '../../config/claims.ts';
import { ACR_VALUES } from '../../config/modes.ts';
import type { StoredClient } from '../../src/clients/client.ts';
import type { ClientErrors } from '../../src/clients/client-error.ts';
import { KINDS } from '../../src/clients/draft.ts';
import { shownName } from '../../src/clients/foreign-metadata.ts';
import { stageOf, type Workshop } from '../../src/clients/workshop.ts';
import { logRefusal } from '../../src/http/error-page.ts';
import { UserError } from '../../src/http/errors.ts';
import { readForm } from '../../src/http/form.ts';
import { allowForms } from '../../src/http/headers.ts';
import { requestInfo } from '../../src/http/request.ts';
import type { Log } from '../../src/log.ts';
import { spokenDay, spokenExactly } from '../../src/spoken.ts';
import { langOf } from '../layout/lang.ts';
import type { Pages } from '../layout/renderer.ts';
import { type DraftValues, draftErrors, firstValues, readDraft, typedValues, valuesOf } from './draft.ts';
import { createEntrance, type EntranceParts, type Integrator, wayBack } from './entrance.ts';
import { stacksFor } from './stacks.ts';

export interface IntegratorParts extends EntranceParts {
  readonly pages: Pages;
  readonly log: Log;
  readonly workshop: Workshop;
  readonly clientErrors: ClientErrors;
  /** Whose clock its pages tell the hour by. */
  readonly zone: string;
}

const view = (name: string) => `interactions/integrators/${name}`;

/** Every route under `/integrateurs`: applications of one's own, from a first try to production. */
export function createIntegrators(parts: IntegratorParts): Router {
  const { pages, log, workshop, clientErrors, issuer, zone } = parts;
  const router = new Router({ prefix: '/integrateurs' });
  const entrance = createEntrance(parts);
  const line = (ctx: RouterContext) => {
    const { supportCode, address } = requestInfo(ctx.req);
    return { supportCode, address };
  };
  const day = (ctx: RouterContext, date: Date | undefined) => date && spokenDay(date, langOf(ctx), zone);
  const moment = (ctx: RouterContext, date: Date) => spokenExactly(date, langOf(ctx), zone);

  const page =
    (handler: (ctx: RouterContext, integrator: Integrator) => Promise<void>) => async (ctx: RouterContext) => {
      allowForms(ctx);
      const integrator = await entrance.enter(ctx);
      if (integrator) await handler(ctx, integrator);
    };
  const form = (handler: (ctx: RouterContext, integrator: Integrator) => Promise<void>) =>
    page(async (ctx, integrator) => {
      await readForm(ctx, async () => {});
      entrance.check(ctx, integrator);
      await handler(ctx, integrator);
    });
  const see = (ctx: RouterContext, path: string) => {
    ctx.status = 303;
    ctx.redirect(path);
  };

  const listed = (ctx: RouterContext, client: StoredClient) => ({
    id: client.metadata.client_id,
    name: shownName(client.metadata.client_id, client.metadata.client_name),
    stage: client.disabled ? 'disabled' : stageOf(client),
    href: `/integrateurs/${client.metadata.client_id}`,
    lastUsed: day(ctx, client.lastUsedAt),
  });

  /** The form of an application, new or tried out; with what is wrong in it. */
  const showForm = (
    ctx: RouterContext,
    { csrf }: Integrator,
    { action, values, clientId, error }: { action: string; values: DraftValues; clientId?: string; error?: UserError },
  ) => {
    if (error) logRefusal(log, ctx.req, error);
    return pages.show(ctx, {
      view: view('form'),
      title: clientId ? 'integrators.change.title' : 'integrators.new.title',
      status: error?.status ?? 200,
      locals: (t) => ({
        csrf,
        action,
        values,
        backHref: clientId ? `/integrateurs/${clientId}` : '/integrateurs',
        kinds: KINDS,
        // A password alone is shown where an administrator accepted it, and is not for others to choose.
        levels: values.minimum_acr === 'eidas1' ? ACR_VALUES : ACR_VALUES.slice(1),
        scopes: SCOPES.map((id) => ({ id, label: t(`scope.${id}.label`), checked: values.scope.includes(id) })),
        ...(error ? { ...draftErrors(error, t), supportCode: line(ctx).supportCode } : {}),
      }),
    });
  };

  /** Shown once: nothing that Mire keeps can show it again. */
  const showSecret = (ctx: RouterContext, client: { id: string; secret: string; until: Date | undefined }) =>
    pages.show(ctx, {
      view: view('secret'),
      title: 'integrators.secret.title',
      locals: () => ({
        ...client,
        until: day(ctx, client.until),
        href: `/integrateurs/${client.id}`,
      }),
    });

  router.get(
    '/',
    page(async (ctx, { account }) => {
      const applications = (await workshop.list(account)).map((client) => listed(ctx, client));
      await pages.show(ctx, { view: view('list'), title: 'integrators.title', locals: () => ({ applications }) });
    }),
  );
  /** The end of the road; its code is nobody's. Whoever turned back is not sent on it again. */
  router.get('/retour', (ctx) => see(ctx, ctx.query.error === undefined ? wayBack(ctx.query.state) : '/'));

  router.get(
    '/nouvelle',
    page((ctx, integrator) =>
      showForm(ctx, integrator, { action: '/integrateurs', values: firstValues(integrator.account.email) }),
    ),
  );
  router.post(
    '/',
    form(async (ctx, integrator) => {
      try {
        const { clientId, secret } = await workshop.create(integrator.account, readDraft(ctx), line(ctx));
        if (secret) await showSecret(ctx, { id: clientId, secret, until: undefined });
        else see(ctx, `/integrateurs/${clientId}`);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        await showForm(ctx, integrator, { action: '/integrateurs', values: typedValues(ctx), error });
      }
    }),
  );

  router.get(
    '/:id',
    page(async (ctx, { account, csrf }) => {
      const client = await workshop.own(account, String(ctx.params.id));
      const { metadata } = client;
      const errors = await clientErrors.list(metadata.client_id);
      await pages.show(ctx, {
        view: view('application'),
        title: 'integrators.application.title',
        locals: (t) => ({
          csrf,
          issuer,
          application: {
            ...listed(ctx, client),
            note: metadata.stage_note,
            redirectUris: metadata.redirect_uris ?? [],
            postLogoutRedirectUris: metadata.post_logout_redirect_uris ?? [],
            scope: metadata.scope,
            minimumAcr: metadata.minimum_acr,
            authMethod: metadata.token_endpoint_auth_method,
            hasSecret: typeof metadata.client_secret === 'string',
            previousUntil: day(ctx, client.previousSecret?.until),
            contacts: (metadata.contacts ?? []).join(', '),
          },
          stacks: stacksFor(issuer, metadata),
          refusals: errors.map((error) => ({
            at: moment(ctx, error.at),
            error: error.error,
            supportCode: error.supportCode,
            text: t(`explanation.${error.explanation}`, {
              sent: error.sent ?? '-',
              registered: error.registered ?? '-',
              description: error.description || error.error,
            }),
          })),
        }),
      });
    }),
  );
  router.get(
    '/:id/modifier',
    page(async (ctx, integrator) => {
      const client = await workshop.own(integrator.account, String(ctx.params.id));
      const clientId = client.metadata.client_id;
      await showForm(ctx, integrator, { action: `/integrateurs/${clientId}`, values: valuesOf(client), clientId });
    }),
  );
  router.post(
    '/:id',
    form(async (ctx, integrator) => {
      const clientId = String(ctx.params.id);
      await workshop.own(integrator.account, clientId);
      try {
        await workshop.change(integrator.account, clientId, readDraft(ctx), line(ctx));
        see(ctx, `/integrateurs/${clientId}`);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        const action = `/integrateurs/${clientId}`;
        await showForm(ctx, integrator, { action, values: typedValues(ctx), clientId, error });
      }
    }),
  );
  router.post(
    '/:id/secret',
    form(async (ctx, { account }) => {
      const id = String(ctx.params.id);
      const { secret, previousUntil } = await workshop.rotate(account, id, line(ctx));
      await showSecret(ctx, { id, secret, until: previousUntil });
    }),
  );
  router.post(
    '/:id/production',
    form(async (ctx, { account }) => {
      const id = String(ctx.params.id);
      await workshop.submit(account, id, line(ctx));
      see(ctx, `/integrateurs/${id}`);
    }),
  );
  return router;
}
