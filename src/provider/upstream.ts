import { z } from 'zod';

/** What came from an outside provider with one sign-in, and belongs to that sign-in alone. */
export const upstream = z.object({
  /** Who vouched: `psc`, or `structure:<id>`. */
  provider: z.string().min(1),
  /** Handed on under the names of `scope_all` (config/claims.ts). */
  claims: z.record(z.string(), z.unknown()).optional(),
  /** The structure that vouched, with the roles it gives: the claim `structure`. */
  structure: z
    .object({ id: z.string(), finess: z.string().optional(), name: z.string(), roles: z.array(z.string()) })
    .optional(),
  /** Its name for the person, and for the session: what its logout tokens will say. */
  subject: z.string().optional(),
  sid: z.string().optional(),
  /** To end the session there as well (RP-Initiated Logout §2, `id_token_hint`). */
  idToken: z.string().optional(),
});
export type Upstream = z.infer<typeof upstream>;
