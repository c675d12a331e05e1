import type { Account, AccountStatus, Channel } from '../../src/accounts/account.ts';

export interface AccountRow {
  readonly id: string;
  readonly login: string | null;
  readonly email: string | null;
  readonly email_verified: boolean;
  readonly phone: string | null;
  readonly phone_verified: boolean;
  readonly title: string | null;
  readonly family_name: string;
  readonly given_name: string;
  readonly profession: string | null;
  readonly specialty: string | null;
  readonly locale: string | null;
  readonly extra_claims: Record<string, unknown>;
  readonly roles: string[];
  readonly terms_version: string | null;
  readonly preferred_channel: Channel | null;
  readonly status: AccountStatus;
  readonly updated_at: Date;
  readonly proofs_since: Date | null;
  readonly undos_since: Date | null;
  readonly mail_reset_at: Date | null;
  readonly mail_vouched_at: Date | null;
  readonly mail_to_prove: boolean;
  readonly email_refused_at: Date | null;
  readonly mail_asked_at: Date | null;
  readonly phone_refused_at: Date | null;
}

/** Of the table under the alias `a`. */
export const COLUMNS = `a.id, a.login, a.email, a.email_verified, a.phone, a.phone_verified, a.title, a.family_name,
  a.given_name, a.profession, a.specialty, a.locale, a.extra_claims, a.roles, a.terms_version, a.preferred_channel,
  a.status, a.updated_at, a.proofs_since, a.undos_since, a.mail_reset_at, a.mail_vouched_at, a.mail_to_prove,
  a.email_refused_at, a.mail_asked_at, a.phone_refused_at`;

export const toAccount = (row: AccountRow): Account => ({
  id: row.id,
  login: row.login ?? undefined,
  email: row.email ?? undefined,
  emailVerified: row.email_verified,
  phone: row.phone ?? undefined,
  phoneVerified: row.phone_verified,
  title: row.title ?? undefined,
  familyName: row.family_name,
  givenName: row.given_name,
  profession: row.profession ?? undefined,
  specialty: row.specialty ?? undefined,
  locale: row.locale ?? undefined,
  extraClaims: row.extra_claims,
  roles: row.roles,
  termsVersion: row.terms_version ?? undefined,
  preferredChannel: row.preferred_channel ?? undefined,
  status: row.status,
  updatedAt: row.updated_at,
  proofsSince: row.proofs_since ?? undefined,
  undosSince: row.undos_since ?? undefined,
  mailResetAt: row.mail_reset_at ?? undefined,
  mailVouchedAt: row.mail_vouched_at ?? undefined,
  ...(row.mail_to_prove ? { mailToProve: true } : {}),
  emailRefusedAt: row.email_refused_at ?? undefined,
  mailAskedAt: row.mail_asked_at ?? undefined,
  phoneRefusedAt: row.phone_refused_at ?? undefined,
});
