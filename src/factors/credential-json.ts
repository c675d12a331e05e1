import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { z } from 'zod';

/** Longer is no credential: an attestation with its certificates has some thousand characters. */
export const CREDENTIAL_MAX = 20_000;

const base64url = z
  .string()
  .max(CREDENTIAL_MAX)
  .regex(/^[\w-]*$/);
const common = {
  id: base64url.min(1).max(1400),
  rawId: base64url.min(1).max(1400),
  type: z.literal('public-key'),
  clientExtensionResults: z.record(z.string(), z.unknown()).default({}),
  authenticatorAttachment: z.enum(['cross-platform', 'platform']).optional(),
};

export type Attestation = RegistrationResponseJSON;
export type Assertion = AuthenticationResponseJSON;

/** What `navigator.credentials.create` answered (WebAuthn §5.1, as JSON), so far as it is used. */
export const attestation = z.object({
  ...common,
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    transports: z
      .array(z.string().max(20))
      .max(10)
      .optional()
      .transform((list) => list as Attestation['response']['transports']),
  }),
}) as unknown as z.ZodType<Attestation>;

/** What `navigator.credentials.get` answered. */
export const assertion = z.object({
  ...common,
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.nullish().transform((handle) => handle ?? undefined),
  }),
}) as unknown as z.ZodType<Assertion>;
