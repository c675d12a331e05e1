import { z } from 'zod';
import { foreignSecret, foreignValue } from '../foreign-text.ts';
import { secretFile } from './definition-types.ts';

const claim = foreignValue(100).min(1);
const values = z.array(foreignValue(200).min(1)).max(50).default([]);

const claims = z.strictObject({
  family_name: claim.default('family_name'),
  given_name: claim.default('given_name'),
  email: claim.default('email'),
  phone: claim.default('phone_number'),
  national_id: claim.optional(),
  profession: claim.optional(),
});

/** A structure's own identity provider: Entra ID, Keycloak, … */
export const oidcConnector = z
  .strictObject({
    kind: z.literal('oidc'),
    issuer: z.url({ protocol: /^https?$/ }),
    client_id: foreignValue(300).min(1),
    client_secret: foreignSecret(1000).min(1).optional(),
    client_secret_file: secretFile.optional(),
    scope: foreignValue(500).includes('openid', 'must contain openid').default('openid profile email'),
    acr_values: foreignValue(500).optional(),
    /** By which values of `acr` or `amr` the provider says that two factors were used. */
    second_factor: z.strictObject({ acr: values, amr: values, required: z.boolean().default(false) }).optional(),
    /** Never changes while the account lives there, and is never given to another one (Entra ID: `oid`). */
    id_claim: claim.default('sub'),
    claims: claims.default(claims.parse({})),
    roles: z
      .strictObject({
        claim: claim.default('groups'),
        map: z.record(foreignValue(500).min(1), foreignValue(40).min(1)),
      })
      .default({ claim: 'groups', map: {} }),
    /** What was used there when the provider does not say. */
    amr_default: z.array(foreignValue(20).min(1)).max(5).default(['pwd']),
    /** Seconds for one exchange with the provider. */
    timeout: z.number().min(0.1).max(20).default(5),
  })
  .refine(({ client_secret, client_secret_file }) => client_secret === undefined || client_secret_file === undefined, {
    path: ['client_secret'],
    message: 'and client_secret_file cannot both be given',
  });
export type OidcConnector = z.infer<typeof oidcConnector>;
