import type { Storage } from '../storage.ts';
import { type Account, NATIONAL_ID } from './account.ts';

const ALL = 10_000;

/** All that is kept of a person (GDPR art. 15 and 20), without what would open their account. */
export async function ownData(storage: Storage, account: Account) {
  const { id } = account;
  const [nationalId, facts, identities, history, sessions, consents, passkeys, authenticator, codesLeft, doors, lines] =
    await Promise.all([
      storage.accounts.identity(id, NATIONAL_ID),
      storage.facts.of(id),
      storage.care.identities(id),
      storage.care.history(id, ALL),
      storage.signIns.sessionsOf(id),
      storage.care.consents(id),
      storage.passkeys.of(id),
      storage.authenticators.of(id),
      storage.recoveryCodes.left(id),
      storage.care.closedDoors(id),
      storage.care.auditLines(id, ALL),
    ]);
  return {
    account: {
      id,
      login: account.login,
      email: account.email,
      email_verified: account.emailVerified,
      phone: account.phone,
      phone_verified: account.phoneVerified,
      title: account.title,
      family_name: account.familyName,
      given_name: account.givenName,
      profession: account.profession,
      specialty: account.specialty,
      locale: account.locale,
      claims: account.extraClaims,
      roles: account.roles,
      terms_version: account.termsVersion,
      national_id: nationalId,
      updated_at: account.updatedAt,
    },
    stated: facts.map(({ source, statedAt, said }) => ({ by: source, since: statedAt, said })),
    identities,
    ways_to_sign_in: {
      password_since: await storage.care.passwordSince(id),
      passkeys: passkeys.map(({ name, createdAt, lastUsedAt }) => ({ name, added: createdAt, last_used: lastUsedAt })),
      authenticator_since: authenticator?.confirmedAt,
      recovery_codes_left: codesLeft,
      closed: doors,
    },
    sessions: sessions.map(({ startedAt, userAgent, place, clientIds }) => ({
      since: startedAt,
      browser: userAgent,
      place,
      applications: clientIds,
    })),
    sign_ins: history.map(({ clientId, mode, acr, amr, authenticatedAt, place, userAgent }) => ({
      at: authenticatedAt,
      application: clientId,
      mode,
      acr,
      amr,
      place,
      browser: userAgent,
    })),
    consents,
    events: lines,
  };
}

export type OwnData = Awaited<ReturnType<typeof ownData>>;
