import type { RouterContext } from '@koa/router';
import type { Provider } from 'oidc-provider';
import { z } from 'zod';
import { SCOPES } from '../../config/claims.ts';
import type { ResourceServer } from '../../config/resources.ts';
import { FlowError } from '../../src/http/errors.ts';
import { readFields } from '../../src/http/form.ts';
import { allowForms } from '../../src/http/headers.ts';
import type { Dispatcher } from '../dispatcher.ts';
import type { Pages } from '../layout/renderer.ts';
import type { Visit } from '../visit.ts';

/** What the library says is missing from the grant. */
const missing = z.object({
  missingOIDCScope: z.array(z.string()).default([]),
  missingOIDCClaims: z.array(z.string()).default([]),
  missingResourceScopes: z.record(z.string(), z.array(z.string())).default({}),
});

type Resources = readonly ResourceServer[];

const scopesOf = (visit: Visit): string[] => String(visit.interaction.params.scope ?? '').split(' ');

const asked = (visit: Visit, resources: Resources): string[] => {
  const known = new Set([...SCOPES, ...resources.flatMap(({ scopes }) => Object.keys(scopes))]);
  return scopesOf(visit).filter((scope) => known.has(scope));
};

/** What an API lets an application do, in the words of who declared it. */
const atApis = (visit: Visit, resources: Resources) =>
  resources.flatMap(({ name, scopes }) =>
    scopesOf(visit).flatMap((id) => {
      const label = scopes[id]?.[visit.lang];
      return label ? [{ id, label, detail: name }] : [];
    }),
  );

/** What an application that is not the platform's own wants to know, in words. */
export async function consentPage(
  ctx: RouterContext,
  visit: Visit,
  pages: Pages,
  leave: { csrf: string; abortAction: string },
  resources: Resources,
): Promise<void> {
  allowForms(ctx, visit.formTargets);
  await pages.show(ctx, {
    view: 'interactions/consent/view',
    title: 'consent.title',
    lang: visit.lang,
    locals: (t) => ({
      application: visit.application.name,
      action: `/interaction/${visit.uid}/consent`,
      ...leave,
      scopes: [
        ...scopesOf(visit)
          .filter((scope) => SCOPES.includes(scope))
          .map((id) => ({
            id,
            label: t(`scope.${id}.label`),
            detail: t(`scope.${id}.detail`),
            purpose: visit.application.purpose[id],
          })),
        ...atApis(visit, resources),
      ],
    }),
  });
}

export async function acceptConsent(
  ctx: RouterContext,
  visit: Visit,
  provider: Provider,
  dispatcher: Dispatcher,
  resources: Resources,
  now: Date,
): Promise<void> {
  const { interaction, application } = visit;
  const accountId = interaction.session?.accountId;
  if (interaction.prompt.name !== 'consent' || !accountId) throw new FlowError('step-out-of-order');
  const { decision } = readFields(ctx, { decision: z.enum(['accept', 'refuse']) });
  if (decision === 'refuse') return dispatcher.consented(ctx, visit, undefined, async () => undefined);

  const details = missing.parse(interaction.prompt.details);
  const known = interaction.grantId ? await provider.Grant.find(interaction.grantId) : undefined;
  const grant = known ?? new provider.Grant({ accountId, clientId: application.clientId });
  // `prompt=consent` asks again for what stands already: then nothing is missing, and all of it is meant.
  const scopes = details.missingOIDCScope.length > 0 ? details.missingOIDCScope : asked(visit, resources);
  grant.addOIDCScope(scopes.join(' '));
  if (details.missingOIDCClaims.length > 0) grant.addOIDCClaims(details.missingOIDCClaims);
  for (const [resource, names] of Object.entries(details.missingResourceScopes))
    grant.addResourceScope(resource, names.join(' '));
  const grantId = await grant.save();
  await dispatcher.consented(ctx, visit, grantId, (tx) =>
    tx.consents.remember(accountId, application.clientId, scopes, details.missingOIDCClaims, now),
  );
}
