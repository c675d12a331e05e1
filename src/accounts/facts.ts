import type { z } from 'zod';
import { FACT_SOURCES, type FactKind } from '../../config/fact-sources.ts';
import { SPECIALTIES } from '../../config/nomenclatures.ts';
import type { AuditLine } from '../audit/audit.ts';
import type { Storage } from '../storage.ts';
import { type Account, NATIONAL_ID } from './account.ts';
import { folded } from './names.ts';
import { statement as anyStatement, type Statement } from './statement.ts';

/** What a source says of a person, and we keep: not how to reach them, which is theirs to say. */
export const said = anyStatement.pick({
  familyName: true,
  givenName: true,
  title: true,
  profession: true,
  specialty: true,
  structures: true,
  otherNationalIds: true,
});
export type Said = z.infer<typeof said>;

export interface Fact {
  readonly source: string;
  /** Since when it says so. */
  readonly statedAt: Date;
  readonly said: Said;
}

/** The queries of facts; implemented on PostgreSQL in adapters/db/facts.ts. */
export interface Facts {
  /** Writes what a source says, only if it says something new. @returns whether it does. */
  record(accountId: string, source: string, said: Said, at: Date): Promise<boolean>;
  /** As it stood at another time; undefined: the source said nothing then. */
  set(accountId: string, source: string, fact: Fact | undefined): Promise<void>;
  /** The strongest first. */
  of(accountId: string): Promise<Fact[]>;
}

export type Profile = Pick<Account, 'familyName' | 'givenName' | 'title' | 'profession' | 'specialty'>;
export type ProfileField = keyof Profile;
export const PROFILE_FIELDS = [
  'familyName',
  'givenName',
  'title',
  'profession',
  'specialty',
] as const satisfies readonly ProfileField[];

const rowOf = (source: string) =>
  FACT_SOURCES.findIndex((row) => (row.source.endsWith(':') ? source.startsWith(row.source) : source === row.source));

/** A source that is not in the table counts as the person's own word. */
export const kindOf = (source: string): FactKind => FACT_SOURCES[rowOf(source)]?.kind ?? 'person';

/** The strongest first; of two structures, the one that spoke last. */
export function strongestFirst(facts: readonly Fact[]): Fact[] {
  const strength = ({ source }: Fact) => (rowOf(source) < 0 ? FACT_SOURCES.length : rowOf(source));
  return [...facts].sort((a, b) => strength(a) - strength(b) || b.statedAt.getTime() - a.statedAt.getTime());
}

export const saidBy = ({
  familyName,
  givenName,
  title,
  profession,
  specialty,
  structures,
  otherNationalIds,
}: Statement): Said =>
  Object.fromEntries(
    Object.entries({ familyName, givenName, title, profession, specialty, structures, otherNationalIds }).filter(
      ([, value]) => value !== undefined,
    ),
  );

/** Which fact decides a field, if any does. @param facts the strongest first */
export function decisive(field: ProfileField, facts: readonly Fact[], profession: string | undefined) {
  return facts.find(({ said }) => {
    const value = said[field];
    // A specialty belongs to one profession: with another one from a stronger source it says nothing.
    return value !== undefined && (field !== 'specialty' || SPECIALTIES[value]?.profession === profession);
  });
}

/** What holds of a person: what the strongest source says, else what the account says already. */
export function effective(account: Profile, facts: readonly Fact[]): Profile {
  const say = (field: ProfileField, profession?: string) =>
    decisive(field, facts, profession)?.said[field] ?? account[field];
  const name = (field: 'familyName' | 'givenName') => {
    const said = say(field) ?? account[field];
    return folded(said) === folded(account[field]) ? account[field] : said;
  };
  const profession = say('profession');
  const specialty = say('specialty', profession);
  return {
    familyName: name('familyName'),
    givenName: name('givenName'),
    title: say('title'),
    profession,
    specialty: specialty !== undefined && SPECIALTIES[specialty]?.profession === profession ? specialty : undefined,
  };
}

/** Where a value comes from, and since when that source says so; `account` where no source is known, as after an import. */
export interface Origin {
  readonly source: string;
  readonly since?: string;
}
const originOf = (fact: Fact | undefined): Origin =>
  fact ? { source: fact.source, since: fact.statedAt.toISOString().slice(0, 10) } : { source: 'account' };

/** What a field of the account rests on. @param facts the strongest first */
export const fieldOrigin = (account: Profile, facts: readonly Fact[], field: ProfileField): Origin | undefined =>
  account[field] === undefined ? undefined : originOf(decisive(field, facts, account.profession));

/** The claim `identity_sources`: where each claim of `identite_ps` comes from. */
export function identitySources(account: Profile, nationalId: string | undefined, facts: readonly Fact[]) {
  const origins = {
    national_id:
      nationalId === undefined ? undefined : originOf(facts.find(({ source }) => kindOf(source) === 'register')),
    title: fieldOrigin(account, facts, 'title'),
    profession: fieldOrigin(account, facts, 'profession'),
    specialty: fieldOrigin(account, facts, 'specialty'),
  };
  return Object.fromEntries(Object.entries(origins).filter(([, origin]) => origin !== undefined));
}

/** Keeps what a source says with one sign-in, in its transaction; what holds of the person follows the strongest. */
export async function recordStatement(
  tx: Storage,
  accountId: string,
  statement: Statement,
  at: Date,
  line: Omit<AuditLine, 'event'>,
): Promise<void> {
  if (!(await tx.facts.record(accountId, statement.source, saidBy(statement), at))) return;
  if (kindOf(statement.source) === 'register') {
    for (const number of statement.otherNationalIds ?? []) await tx.accounts.linkAlias(accountId, NATIONAL_ID, number);
  }
  const account = await tx.accounts.byId(accountId);
  if (!account) return;
  const profile = effective(account, await tx.facts.of(accountId));
  const changed = PROFILE_FIELDS.filter((field) => profile[field] !== account[field]);
  if (changed.length > 0) await tx.accounts.setProfile(accountId, profile);
  const details = { source: statement.source, changed };
  await tx.audit.write({ ...line, event: 'account.facts-recorded', accountId, details });
}
