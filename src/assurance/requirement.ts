import { z } from 'zod';
import type { Acr } from '../../config/modes.ts';
import { isAcr, satisfies, strongest, weakest } from './levels.ts';

/** What one authorization request asks of a sign-in. */
export interface Requirement {
  /** The least level that will do. */
  readonly level: Acr;
  /** The values of an essential `acr` claim (OIDC Core §5.5.1.1): the one issued is one of these. */
  readonly oneOf: readonly Acr[] | undefined;
  /** The request can be met by nobody, such as an essential value that does not exist. */
  readonly impossible: boolean;
}

export interface AcrRequest {
  readonly acr_values?: unknown;
  /** The raw `claims` parameter: the library's own reading loses `essential` when `acr_values` is there too. */
  readonly claims?: unknown;
}

const acrClaim = z.object({
  id_token: z.object({
    acr: z.object({
      essential: z.literal(true),
      value: z.string().optional(),
      values: z.array(z.string()).optional(),
    }),
  }),
});

/** Values of an essential acr claim; undefined when there is none. Essential without a value asks for any level. */
function essentialValues(claims: unknown): readonly string[] | undefined {
  if (typeof claims !== 'string') return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(claims);
  } catch {
    return undefined; // The library refuses a malformed parameter by itself.
  }
  const read = acrClaim.safeParse(parsed);
  if (!read.success) return undefined;
  const { value, values } = read.data.id_token.acr;
  return value === undefined ? values : [value, ...(values ?? [])];
}

/**
 * What is required: the most of the application's own minimum, the least of `acr_values`, and the least of an essential
 * `acr` claim. Unknown values are ignored; a voluntary claim requires nothing.
 */
export function requirementOf(request: AcrRequest, minimumAcr: Acr): Requirement {
  const asked = typeof request.acr_values === 'string' ? request.acr_values.split(' ').filter(isAcr) : [];
  const essential = essentialValues(request.claims);
  const oneOf = essential?.filter(isAcr);
  const level = strongest([minimumAcr, weakest(asked), weakest(oneOf ?? [])].filter((acr) => acr !== undefined));
  return {
    level: level ?? minimumAcr,
    oneOf: oneOf && oneOf.length > 0 ? oneOf : undefined,
    impossible: essential !== undefined && essential.length > 0 && oneOf?.length === 0,
  };
}

/** The `acr` to issue: the session's, or the highest requested one that it satisfies when the claim is essential. */
export function issuedAcr(proved: Acr, { oneOf }: Requirement): Acr | undefined {
  return oneOf ? strongest(oneOf.filter((acr) => satisfies(proved, acr))) : proved;
}
