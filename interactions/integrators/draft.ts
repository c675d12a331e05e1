import type { Context } from 'koa';
import { z } from 'zod';
import { SCOPES } from '../../config/claims.ts';
import { ACR_VALUES } from '../../config/modes.ts';
import type { StoredClient } from '../../src/clients/client.ts';
import { type Draft, draftOf, KINDS } from '../../src/clients/draft.ts';
import { DraftRefused } from '../../src/clients/workshop.ts';
import { foreignText, foreignValue } from '../../src/foreign-text.ts';
import type { UserError } from '../../src/http/errors.ts';
import { FieldsError, readFields } from '../../src/http/form.ts';
import { errorLocals } from '../error/form-errors.ts';
import type { Translate } from '../layout/texts.ts';

/** One address a line. */
const addresses = (least: number) =>
  z
    .string()
    .max(5000, 'too-long')
    .default('')
    .transform((text) =>
      text
        .split(/\r?\n/)
        .map((one) => one.trim())
        .filter(Boolean),
    )
    .refine((all) => all.length >= least && all.length <= 20, 'missing')
    .refine(
      (all) => all.every((one) => URL.canParse(one) && !/\s/u.test(one) && foreignValue(2000).safeParse(one).success),
      'invalid',
    );

const several = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((given) => (given === undefined ? [] : [given].flat()))
  .refine((all) => all.every((one) => SCOPES.includes(one)), 'invalid');

const SHAPE = {
  name: foreignText(80),
  kind: z.enum(KINDS),
  redirect_uris: addresses(1),
  post_logout_redirect_uris: addresses(0),
  scope: several,
  minimum_acr: z.enum(ACR_VALUES),
  step_up_reason: z.union([z.literal(''), foreignText(300)]).optional(),
  contact: foreignText(200).refine((mail) => /^[^@\s]+@[^@\s]+$/.test(mail), 'invalid'),
};

/** @throws {FieldsError} */
export function readDraft(ctx: Context): Draft {
  const fields = readFields(ctx, SHAPE);
  return {
    name: fields.name,
    kind: fields.kind,
    redirectUris: fields.redirect_uris,
    postLogoutRedirectUris: fields.post_logout_redirect_uris,
    scopes: [...new Set(['openid', ...fields.scope])],
    minimumAcr: fields.minimum_acr,
    stepUpReason: fields.step_up_reason || undefined,
    contact: fields.contact,
  };
}

/** What the form holds. */
export interface DraftValues {
  readonly name: string;
  readonly kind: string;
  readonly redirect_uris: string;
  readonly post_logout_redirect_uris: string;
  readonly scope: readonly string[];
  readonly minimum_acr: string;
  readonly step_up_reason: string;
  readonly contact: string;
}

const typed = (value: unknown): string => (typeof value === 'string' ? value : '');

/** As it was typed: a mistake loses nothing. */
export function typedValues(ctx: Context): DraftValues {
  const body = ((ctx.request as { body?: unknown }).body ?? {}) as Record<string, unknown>;
  return {
    name: typed(body.name),
    kind: typed(body.kind),
    redirect_uris: typed(body.redirect_uris),
    post_logout_redirect_uris: typed(body.post_logout_redirect_uris),
    scope: [body.scope ?? []].flat().map(typed),
    minimum_acr: typed(body.minimum_acr),
    step_up_reason: typed(body.step_up_reason),
    contact: typed(body.contact),
  };
}

export const firstValues = (contact: string | undefined): DraftValues => ({
  name: '',
  kind: 'server',
  redirect_uris: 'http://localhost:4000/callback',
  post_logout_redirect_uris: 'http://localhost:4000/',
  scope: ['openid', 'profile', 'email', 'identite_ps'],
  minimum_acr: 'eidas2',
  step_up_reason: '',
  contact: contact ?? '',
});

export function valuesOf(client: StoredClient): DraftValues {
  const draft = draftOf(client);
  return {
    name: draft.name,
    kind: draft.kind,
    redirect_uris: draft.redirectUris.join('\n'),
    post_logout_redirect_uris: draft.postLogoutRedirectUris.join('\n'),
    scope: draft.scopes,
    minimum_acr: draft.minimumAcr,
    step_up_reason: draft.stepUpReason ?? '',
    contact: draft.contact,
  };
}

/** What is wrong, beside the field that it is wrong in. */
export function draftErrors(error: UserError, t: Translate) {
  if (error instanceof DraftRefused) {
    if (error.reason.includes('client_name'))
      return { errors: [{ field: 'name', text: t('integrators.name.refused') }], technical: error.reason };
    const field = error.reason.includes('post_logout') ? 'post_logout_redirect_uris' : 'redirect_uris';
    const about = /uri|browser/.test(error.reason);
    return about
      ? { errors: [{ field, text: t('integrators.address.refused') }], technical: error.reason }
      : { failure: { text: t('error.field-invalid.text') }, technical: error.reason };
  }
  if (error instanceof FieldsError) {
    return {
      errors: error.fields.map(({ field, problem }) => ({
        field,
        text: field.endsWith('redirect_uris')
          ? t(problem === 'missing' ? 'integrators.address.missing' : 'integrators.address.refused')
          : t(problem === 'missing' ? 'error.field-missing.text' : 'error.field-invalid.text'),
      })),
    };
  }
  return errorLocals(error, t);
}
