import { randomUUID } from 'node:crypto';
import {
  type Account,
  type Accounts,
  AccountTaken,
  type IdentityRoad,
  type NewAccount,
} from '../../src/accounts/account.ts';
import { loginKey } from '../../src/accounts/login-key.ts';
import { outsideIdentity } from '../../src/accounts/statement.ts';
import { mayBecome } from '../../src/accounts/status.ts';
import type { Vault } from '../../src/protection/secrets.ts';
import { type AccountRow, COLUMNS, toAccount } from './account-row.ts';
import { changed, first, type Queryable, query } from './query.ts';

export function createAccounts(database: Queryable, vault: Vault): Accounts {
  const hashOf = (source: string, externalId: string) => vault.index(externalId, `identity:${source}`);

  /** The update makes the row of the same account count as linked, and only that one; an alias stays what it was. */
  function link(accountId: string, source: string, externalId: string, road: IdentityRoad, alias: boolean) {
    const id = randomUUID();
    outsideIdentity.parse({ source, externalId });
    return changed(
      database,
      `insert into identities (id, account_id, source, external_id_hash, external_id, road, alias)
       values (:id, :accountId, :source, :hash, :sealed, :road, :alias)
       on conflict (source, external_id_hash) do update set alias = identities.alias and excluded.alias
         where identities.account_id = excluded.account_id`,
      {
        id,
        accountId,
        source,
        hash: hashOf(source, externalId),
        sealed: vault.seal(externalId, `identity:${id}`),
        road,
        alias,
      },
    );
  }

  return {
    async byId(id) {
      const row = await first<AccountRow>(database, `select ${COLUMNS} from accounts a where a.id = :id`, { id });
      return row && toAccount(row);
    },

    async byLoginKey(key) {
      // Should one person's login be another's mail after all, the login decides, and always the same way.
      const row = await first<AccountRow & { hash: string | null }>(
        database,
        `select ${COLUMNS}, p.hash from accounts a left join passwords p on p.account_id = a.id
         where a.login_key = :key or a.email_key = :key
         order by a.login_key is not distinct from :key desc limit 1`,
        { key },
      );
      return row && { account: toAccount(row), passwordHash: row.hash ?? undefined };
    },

    async insert(account) {
      if (!(await insertAccount(database, account))) throw new AccountTaken(`account ${account.id} is taken`);
    },

    async setPasswordHash(id, hash, replacing) {
      if (replacing === undefined) {
        await query(
          database,
          `insert into passwords (account_id, hash) values (:id, :hash)
           on conflict (account_id) do update set hash = excluded.hash, updated_at = now()`,
          { id, hash },
        );
      } else {
        await query(
          database,
          'update passwords set hash = :hash, updated_at = now() where account_id = :id and hash = :replacing',
          { id, hash, replacing },
        );
      }
    },

    async setProfile(id, { familyName, givenName, title, profession, specialty }) {
      await query(
        database,
        `update accounts set family_name = :familyName, given_name = :givenName, title = :title, profession = :profession,
           specialty = :specialty, updated_at = now() where id = :id`,
        { id, familyName, givenName, title, profession, specialty },
      );
    },

    async setPreferredChannel(id, channel) {
      await query(database, 'update accounts set preferred_channel = :channel where id = :id', { id, channel });
    },

    setStatus: (id, { by, to, reason }) =>
      changed(
        database,
        `update accounts set status = :to, status_reason = :reason, status_since = now(), updated_at = now()
         where id = :id and status = any(cast(:from as text[]))`,
        { id, to, reason, from: mayBecome(by, to) },
      ),

    async moveSince(id, at, undosBefore) {
      const row = await first<{ proofs_since: Date }>(
        database,
        `update accounts set proofs_since = greatest(proofs_since, :at),
           undos_since = greatest(undos_since, cast(:undosBefore as timestamptz))
         where id = :id returning proofs_since`,
        { id, at, undosBefore },
      );
      return row?.proofs_since;
    },

    async setMailReset(id, at) {
      await query(database, 'update accounts set mail_reset_at = :at where id = :id', { id, at });
    },

    endMailReset: (id, standing) =>
      changed(
        database,
        'update accounts set mail_reset_at = null where id = :id and mail_reset_at = cast(:standing as timestamptz)',
        { id, standing },
      ),

    async setMailVouched(id, at) {
      await query(database, 'update accounts set mail_vouched_at = :at where id = :id', { id, at });
    },

    async setMailAsked(id, at) {
      await query(database, 'update accounts set mail_asked_at = :at where id = :id', { id, at });
    },

    async setMailToProve(id, toProve) {
      await query(
        database,
        `update accounts set mail_to_prove = :toProve, email_verified = not cast(:toProve as boolean), updated_at = now()
         where id = :id`,
        { id, toProve },
      );
    },

    setRoles: (id, roles) =>
      changed(
        database,
        'update accounts set roles = :roles, updated_at = now() where id = :id and roles <> cast(:roles as text[])',
        { id, roles },
      ),

    async acceptTerms(id, version) {
      await query(database, 'update accounts set terms_version = :version, terms_accepted_at = now() where id = :id', {
        id,
        version,
      });
    },

    async linkIdentity(accountId, source, externalId, road = 'unknown') {
      if (!(await link(accountId, source, externalId, road, false)))
        throw new AccountTaken(`an identity of ${source} belongs to another account than ${accountId}`);
    },

    linkAlias: (accountId, source, externalId) => link(accountId, source, externalId, 'register', true),

    unlinkIdentity: (accountId, source, externalId, aliasOnly = false) =>
      changed(
        database,
        `delete from identities where account_id = :accountId and source = :source and external_id_hash = :hash
           and (alias or not cast(:aliasOnly as boolean))`,
        { accountId, source, hash: hashOf(source, externalId), aliasOnly },
      ),

    async identitiesOf(accountId) {
      const rows = await query<{
        id: string;
        source: string;
        external_id: Buffer;
        road: IdentityRoad;
        alias: boolean;
        created_at: Date;
      }>(
        database,
        `select id, source, external_id, road, alias, created_at from identities where account_id = :accountId
         order by created_at, id`,
        { accountId },
      );
      return rows.map(({ id, source, external_id, road, alias, created_at }) => ({
        id,
        source,
        externalId: vault.open(external_id, `identity:${id}`).toString(),
        road,
        alias,
        since: created_at,
      }));
    },

    async byIdentity(source, externalId) {
      if (!outsideIdentity.safeParse({ source, externalId }).success) return undefined;
      const row = await first<AccountRow>(
        database,
        `select ${COLUMNS} from identities i join accounts a on a.id = i.account_id
         where i.source = :source and i.external_id_hash = :hash`,
        { source, hash: hashOf(source, externalId) },
      );
      return row && toAccount(row);
    },

    async identity(accountId, source) {
      // The newest: a person whose ADELI number became an RPPS number has both. What is only an alias is not said.
      const row = await first<{ id: string; external_id: Buffer }>(
        database,
        `select id, external_id from identities where account_id = :accountId and source = :source and not alias
         order by created_at desc, id limit 1`,
        { accountId, source },
      );
      return row && vault.open(row.external_id, `identity:${row.id}`).toString();
    },
  };
}

/**
 * Conflicts are answered, not raised: an error would spoil the transaction around it. A login that is somebody's mail,
 * or the other way round, is taken too: both are looked up alike.
 */
function insertAccount(database: Queryable, account: NewAccount): Promise<boolean> {
  const loginOf = (value: Account['login']) => (value === undefined ? undefined : loginKey(value));
  return changed(
    database,
    `insert into accounts (id, login, login_key, email, email_key, email_verified, phone, phone_verified, title,
       family_name, given_name, profession, specialty, locale, extra_claims, roles, terms_version, terms_accepted_at,
       preferred_channel, status)
     select cast(:id as uuid), :login, :loginKey, :email, :emailKey, cast(:emailVerified as boolean), :phone,
       cast(:phoneVerified as boolean), :title,
       :familyName, :givenName, :profession, :specialty, :locale, cast(:extraClaims as jsonb), cast(:roles as text[]),
       :termsVersion, case when cast(:termsVersion as text) is null then null else now() end,
       :preferredChannel, :status
     where not exists (select 1 from accounts where login_key = :emailKey or email_key = :loginKey)
     on conflict do nothing`,
    {
      id: account.id,
      login: account.login,
      loginKey: loginOf(account.login),
      email: account.email,
      emailKey: loginOf(account.email),
      emailVerified: account.emailVerified ?? false,
      phone: account.phone,
      phoneVerified: account.phoneVerified ?? false,
      title: account.title,
      familyName: account.familyName,
      givenName: account.givenName,
      profession: account.profession,
      specialty: account.specialty,
      locale: account.locale,
      extraClaims: JSON.stringify(account.extraClaims ?? {}),
      roles: account.roles ?? [],
      termsVersion: account.termsVersion,
      preferredChannel: account.preferredChannel,
      status: account.status ?? 'active',
    },
  );
}
