import { z } from 'zod';

/** An API that access tokens may be made for (RFC 8707), as the setting RESOURCES declares it. */
export interface ResourceServer {
  /** Its identifier: what an application sends as `resource`, and the token's audience. */
  readonly resource: string;
  readonly name: string;
  /** What may be asked of it, and in what words a person is asked to allow it. */
  readonly scopes: Readonly<Record<string, { readonly fr: string; readonly en: string }>>;
  /** `jwt` is checked by the API itself (RFC 9068), `opaque` through introspection. */
  readonly format: 'jwt' | 'opaque';
}

const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/;

const resource = z
  .string()
  // RFC 8707 §2: an absolute URI, without a fragment.
  .refine((text) => URL.canParse(text) && !text.includes('#'), 'must be an absolute address without a fragment');

export const resources = z.array(
  z.strictObject({
    resource,
    name: z.string().min(1).max(100),
    scopes: z.record(z.string().regex(SCOPE), z.strictObject({ fr: z.string().min(1), en: z.string().min(1) })),
    format: z.enum(['jwt', 'opaque']).default('jwt'),
  }),
);

/** A JSON list in a setting. */
export const resourceList = z.string().transform((text, context): ResourceServer[] => {
  try {
    const read = resources.parse(JSON.parse(text));
    if (new Set(read.map((one) => one.resource)).size === read.length) return read;
  } catch {
    // Said below: what a parser makes of a JSON text helps nobody.
  }
  context.addIssue({
    code: 'custom',
    message: 'must be a JSON list of {"resource","name","scopes":{"<scope>":{"fr","en"}},"format":"jwt"|"opaque"}',
  });
  return z.NEVER;
});
