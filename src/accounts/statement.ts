import { z } from 'zod';

/** Nobody is known by nothing: a source that names no one joins no account. */
const something = z.string().regex(/\S/);

/** An identity as the outside knows it: a national id, or an entry of a structure's directory. */
export const outsideIdentity = z.object({
  /** `national-id`, or `structure:<id>`. */
  source: something,
  externalId: something,
});
export type OutsideIdentity = z.infer<typeof outsideIdentity>;

/** What one source says of a person while it vouches for them. What it does not say is left out. */
export const statement = z.object({
  /** Who says it: `cps`, `psc`, or `structure:<id>`. */
  source: z.string().min(1),
  familyName: z.string().optional(),
  givenName: z.string().optional(),
  title: z.string().optional(),
  /** Code of TRE_G15-ProfessionSante. */
  profession: z.string().optional(),
  specialty: z.string().optional(),
  email: z.string().optional(),
  phone: z.string().optional(),
  /** Other numbers of the same person in the register, such as the ADELI number before an RPPS one. */
  otherNationalIds: z.array(z.string().min(1)).optional(),
  /** Where they exercise. */
  structures: z
    .array(z.object({ id: z.string().optional(), finess: z.string().optional(), name: z.string() }))
    .optional(),
  /** Said by a structure, proven by nobody: it joins no account before its owner proves it. */
  claimedNationalId: z.string().optional(),
});
export type Statement = z.infer<typeof statement>;
