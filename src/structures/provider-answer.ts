import type { Acr } from '../../config/modes.ts';
import type { UpstreamAnswer } from '../upstream/provider.ts';
import type { Vouched } from './statement.ts';
import type { OidcStructure } from './structure.ts';

/** What a structure's own provider said, in our words. */
export interface ProviderAnswer {
  readonly entryId: string;
  readonly said: Vouched;
  readonly roles: readonly string[];
  readonly acr: Acr;
  readonly amr: readonly string[];
  readonly at: Date;
  /** A password alone was given: what a code may complete. */
  readonly passwordAlone: boolean;
  /** Its own name for the session, and what ends it there. */
  readonly session: { readonly subject: string; readonly sid?: string | undefined; readonly idToken: string };
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined;
/** RFC 8176 values, and what others call theirs: short and plain. */
const plain = (values: unknown): string[] =>
  [values].flat().filter((value): value is string => typeof value === 'string' && /^[\w.:/-]{1,60}$/.test(value));

/**
 * Two factors are what the provider says, in values the structure agreed on; that they were asked for proves nothing.
 * @returns undefined when it does not name an account, `weak` when a second factor is required and was not used
 */
export function readAnswer(
  structure: OidcStructure,
  answer: UpstreamAnswer,
  now: Date,
): ProviderAnswer | 'weak' | undefined {
  const { connector, assurance } = structure;
  const { idClaims, userinfo } = answer;
  // Only what is signed may say who it is.
  const entryId = textOf(connector.id_claim === 'sub' ? answer.subject : idClaims[connector.id_claim]);
  if (entryId === undefined || entryId.length > 255) return undefined;
  const amr = plain(idClaims.amr);
  const { second_factor: second } = connector;
  const two =
    second !== undefined &&
    ((answer.acr !== undefined && second.acr.includes(answer.acr)) || amr.some((value) => second.amr.includes(value)));
  if (second?.required && !two) return 'weak';
  const strong = two && assurance === 'eidas2';
  const used = amr.length > 0 ? amr : connector.amr_default;
  const claims: Readonly<Record<string, unknown>> = { ...userinfo, ...idClaims };
  const read = (name: string | undefined) => (name === undefined ? undefined : textOf(claims[name]));
  const { claims: names, roles } = connector;
  const known = {
    familyName: read(names.family_name),
    givenName: read(names.given_name),
    email: read(names.email),
    phone: read(names.phone),
    profession: read(names.profession),
    nationalId: read(names.national_id),
  };
  return {
    entryId,
    said: Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)),
    roles: [...new Set([claims[roles.claim]].flat().flatMap((group) => roles.map[String(group)] ?? []))].sort(),
    acr: strong ? 'eidas2' : 'eidas1',
    amr: strong ? [...new Set([...used, 'mfa'])] : used.filter((value) => value !== 'mfa'),
    at: answer.authenticatedAt ?? now,
    passwordAlone: !strong && used.includes('pwd'),
    session: { subject: answer.subject, sid: answer.sid, idToken: answer.idToken },
  };
}
