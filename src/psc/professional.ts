import { CLAIMS } from '../../config/claims.ts';
import { PROFESSIONS, SPECIALTIES } from '../../config/nomenclatures.ts';
import { isNationalId } from '../accounts/national-id.ts';
import { NAME_MAX } from '../accounts/person-fields.ts';
import type { Statement } from '../accounts/statement.ts';
import { shownText } from '../foreign-text.ts';
import type { UpstreamAnswer } from '../upstream/provider.ts';

/** What Pro Santé Connect says of a person, in our words; and in its own, for applications that speak them. */
export interface PscProfessional {
  readonly nationalId: string;
  readonly statement: Statement;
  readonly claims: Readonly<Record<string, unknown>>;
  /** `CARD` or `MOBILE`, as far as it says. */
  readonly authMode: string | undefined;
}

/** Its answer is well formed and names nobody we could know. */
export class PscUnreadable extends Error {
  override readonly name = 'PscUnreadable';
  readonly reason: 'national-id' | 'national-id-changed';
  constructor(reason: PscUnreadable['reason']) {
    super(reason);
    this.reason = reason;
  }
}

/** Made with the ANS's EDIT tool, for its test environment. */
const EDIT = /^ANS\d{14}$/;

type Loose = Readonly<Record<string, unknown>>;

/** Its values come as text or numbers, and an empty text says nothing. */
function text(value: unknown): string | undefined {
  const read = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  return read === '' ? undefined : read;
}

/** A list, one alone, or nothing. */
const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null || value === '' ? [] : [value];
const object = (value: unknown): Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : {};

/** `f:<uuid of the installation>:<national id>`. */
const idOfSubject = (subject: string): string | undefined => text(/^f:[^:]*:(.*)$/s.exec(subject)?.[1]);

/**
 * The number is the key of the person, so every place that says it must say the same (domain rule: matched on the number,
 * never on the whole `sub`, which changes with the installation).
 */
function nationalIdOf({ subject, idClaims, userinfo }: Pick<UpstreamAnswer, 'subject' | 'idClaims' | 'userinfo'>) {
  const said = [
    text(userinfo.SubjectNameID) ?? text(userinfo.preferred_username),
    text(idClaims.SubjectNameID) ?? text(idClaims.preferred_username),
    idOfSubject(subject),
  ].filter((one) => one !== undefined);
  const [nationalId] = said;
  if (said.some((one) => one !== nationalId)) throw new PscUnreadable('national-id-changed');
  if (nationalId === undefined || !(isNationalId(nationalId) || EDIT.test(nationalId)))
    throw new PscUnreadable('national-id');
  return nationalId;
}

/** Goes to pages and mails: as it may be shown there. */
const name = (value: unknown): string | undefined => text(shownText(text(value) ?? '', NAME_MAX));

/** `code^oid`, of which only the code is ours. */
const codeOf = (value: unknown): string | undefined => text(text(value)?.split('^')[0]);

/** A code that our nomenclature does not hold is left out: the person then chooses. */
const known = (table: Readonly<Record<string, unknown>>, code: string | undefined): string | undefined =>
  code !== undefined && Object.hasOwn(table, code) ? code : undefined;

const filled = (statement: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(statement).filter(([, value]) => value !== undefined));

/** @throws {PscUnreadable} */
export function readProfessional(answer: Pick<UpstreamAnswer, 'subject' | 'idClaims' | 'userinfo'>): PscProfessional {
  const { userinfo } = answer;
  const nationalId = nationalIdOf(answer);
  const register = object(userinfo.SubjectRefPro);
  // The first is the main one; the others are in the claims, all of them.
  const exercices = list(register.exercices).map(object);
  const [main = {}] = exercices;
  const [role] = list(userinfo.SubjectRole).map(codeOf);
  return {
    nationalId,
    authMode: text(userinfo.authMode) ?? text(answer.idClaims.authMode),
    claims: Object.fromEntries(
      (CLAIMS.scope_all ?? []).filter((name) => userinfo[name] !== undefined).map((name) => [name, userinfo[name]]),
    ),
    statement: {
      source: 'psc',
      ...filled({
        familyName: name(userinfo.family_name) ?? name(main.nomDexercice),
        givenName: name(userinfo.given_name) ?? name(main.prenomDexercice),
        title: text(main.codeCiviliteDexercice) ?? text(userinfo.codeCivilite) ?? text(register.codeCivilite),
        profession: known(PROFESSIONS, text(main.codeProfession) ?? role),
        specialty: known(SPECIALTIES, text(main.codeSavoirFaire)),
      }),
    },
  };
}
