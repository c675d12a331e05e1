import { hashId, type Vault } from '../../src/protection/secrets.ts';
import { SessionEnded, type SignIns } from '../../src/provider/sign-ins.ts';
import { atomically, changed, first, type Queryable, query } from './query.ts';
import { type ClientRow, DOOMED, deleteGrants, sessionsMeant, toClient } from './session-ends.ts';
import { COLUMNS, type SignInRow, sealUpstream, toSignIn, upstreamHashes } from './sign-in-row.ts';

type SessionRow = SignInRow & {
  readonly uid_hash: Buffer;
  readonly session_account_id: string;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly user_agent: string | null;
  readonly place: string | null;
};

const SESSION = `select ${COLUMNS}, s.uid_hash, s.account_id as session_account_id, s.started_at, s.ended_at, s.user_agent,
  i.place from sessions s join sign_ins i on i.id = s.sign_in_id`;

export function createSignIns(database: Queryable, vault: Vault): SignIns {
  return {
    async insert({
      id,
      accountId,
      clientId,
      mode,
      acr,
      amr,
      passwordAt,
      authenticatedAt,
      provedAt,
      upstream,
      deviceId,
      ...from
    }) {
      await query(
        database,
        `insert into sign_ins (id, account_id, client_id, mode, acr, amr, password_at, authenticated_at,
           proved_at, upstream, upstream_sid, upstream_subject, device_id, place, user_agent, passkey_id)
         values (:id, :accountId, :clientId, :mode, :acr, :amr, :passwordAt, :authenticatedAt,
           :provedAt, :upstream, :upstreamSid, :upstreamSubject, :deviceId, :place, :userAgent, :passkeyId)`,
        {
          id,
          accountId,
          clientId,
          mode,
          acr,
          amr,
          passwordAt,
          authenticatedAt,
          provedAt,
          upstream: sealUpstream({ id, upstream }, vault),
          deviceId,
          place: from.place,
          userAgent: from.userAgent,
          passkeyId: from.passkeyId,
          ...(upstream ? upstreamHashes(upstream, vault) : { upstreamSid: undefined, upstreamSubject: undefined }),
        },
      );
    },

    async byId(id) {
      const row = await first<SignInRow>(
        database,
        `select ${COLUMNS} from sign_ins i where i.id = :id and not exists (
           select 1 from desktop_devices d where d.id = i.device_id and d.revoked_at is not null)`,
        { id },
      );
      return row && toSignIn(row, vault);
    },

    async openSession(uid, signIn, startedAt, { userAgent }) {
      const open = await changed(
        database,
        `insert into sessions as s (uid_hash, account_id, sign_in_id, user_agent, started_at)
         values (:uid, :accountId, :signInId, :userAgent, :startedAt)
         on conflict (uid_hash) do update set
           account_id = excluded.account_id,
           sign_in_id = excluded.sign_in_id,
           user_agent = coalesce(excluded.user_agent, s.user_agent),
           started_at = excluded.started_at
         where s.ended_at is null`,
        { uid: hashId(uid), accountId: signIn.accountId, signInId: signIn.id, userAgent, startedAt },
      );
      if (!open) throw new SessionEnded('an ended session is not opened again');
    },

    async uphold({ accountId, session, offline }, since) {
      await query(
        database,
        `update sign_ins set proved_at = :since where account_id = :accountId and id in (
           select sign_in_id from sessions where uid_hash = :session and ended_at is null
           union all select sign_in_id from session_grants where session_hash = :session
           union all select sign_in_id from session_grants
             where account_id = :accountId and offline and cast(:offline as boolean)
         )`,
        { accountId, session: session === undefined ? undefined : hashId(session), offline, since },
      );
    },

    async session(uid) {
      const row = await first<SessionRow>(database, `${SESSION} where s.uid_hash = :uid`, { uid: hashId(uid) });
      return (
        row && {
          accountId: row.session_account_id,
          startedAt: row.started_at,
          endedAt: row.ended_at ?? undefined,
          signIn: toSignIn(row, vault),
        }
      );
    },

    async resting(accountId) {
      const rows = await query<SignInRow>(
        database,
        `select ${COLUMNS} from sign_ins i where i.account_id = :accountId and i.id in (
           select s.sign_in_id from sessions s where s.account_id = :accountId and s.ended_at is null
           union all select g.sign_in_id from session_grants g where g.account_id = :accountId
         )`,
        { accountId },
      );
      return rows.map((row) => toSignIn(row, vault));
    },

    async reword({ id, upstream }) {
      await query(database, 'update sign_ins set upstream = :upstream where id = :id', {
        id,
        upstream: sealUpstream({ id, upstream }, vault),
      });
    },

    async sessionsOf(accountId) {
      const rows = await query<SessionRow & { client_ids: string[] }>(
        database,
        `select listed.*, array(
           select distinct g.client_id from session_grants g where g.session_hash = listed.uid_hash order by g.client_id
         ) as client_ids
         from (${SESSION} where s.account_id = :accountId and s.ended_at is null) as listed
         order by listed.started_at desc`,
        { accountId },
      );
      return rows.map((row) => ({
        uidHash: row.uid_hash,
        startedAt: row.started_at,
        userAgent: row.user_agent ?? undefined,
        place: row.place ?? undefined,
        signIn: toSignIn(row, vault),
        clientIds: row.client_ids,
      }));
    },

    endSessions: (which, by, at, everything = false) =>
      // Two statements of one transaction: a single one could not see a grant whose binding ends after it began
      // (bindGrant holds the session's row until then), and would leave it alive.
      atomically(database, async (transaction) => {
        const { condition, bindings } = sessionsMeant(which, vault);
        const ended = await query<{ uid_hash: Buffer }>(
          transaction,
          `update sessions set ended_at = :at, ended_by = :by where ${condition} and ended_at is null returning uid_hash`,
          { at, by, ...bindings },
        );
        const wholeAccount =
          everything && Object.keys(which).join() === 'accountId' && 'accountId' in which ? which.accountId : undefined;
        const signIns = 'signInIds' in which ? which.signInIds : [];
        const doomed = { sessions: ended, wholeAccount, signIns };
        return { ended: ended.length, clients: await deleteGrants(transaction, doomed, everything) };
      }),

    async endGrants(accountId, clientId) {
      const rows = await query<ClientRow>(
        database,
        `with doomed as (
           delete from session_grants where account_id = :accountId and client_id = :clientId
           returning grant_hash, account_id, client_id, sid
         ),
         ${DOOMED}
         select distinct account_id, client_id, sid from doomed`,
        { accountId, clientId },
      );
      return rows.map(toClient);
    },

    async endDesktop(deviceId, at) {
      const rows = await query<ClientRow>(
        database,
        `with ended as (
           update desktop_sessions set ended_at = :at where device_id = :deviceId and ended_at is null
           returning grant_hash
         ),
         doomed as (
           delete from session_grants g using ended e where g.grant_hash = e.grant_hash
           returning g.grant_hash, g.account_id, g.client_id, g.sid
         ),
         ${DOOMED}
         select distinct account_id, client_id, sid from doomed`,
        { deviceId, at },
      );
      return rows.map(toClient);
    },

    async bindGrant({ grantId, clientId, offline, sid }, sessionUid, signIn) {
      const bound = await changed(
        database,
        `with session as (
           select uid_hash from sessions
           where uid_hash = :session and account_id = :accountId and ended_at is null for share
         )
         insert into session_grants (grant_hash, grant_id, session_hash, account_id, client_id, sign_in_id, offline, sid)
         select :grantHash, :grantId, uid_hash, :accountId, :clientId, cast(:signInId as uuid), cast(:offline as boolean),
           cast(:sid as text)
         from session
         on conflict (grant_hash) do update set session_hash = excluded.session_hash, account_id = excluded.account_id,
           client_id = excluded.client_id, sign_in_id = excluded.sign_in_id, offline = excluded.offline, sid = excluded.sid`,
        {
          grantHash: hashId(grantId),
          grantId,
          session: hashId(sessionUid),
          accountId: signIn.accountId,
          clientId,
          signInId: signIn.id,
          offline,
          sid,
        },
      );
      if (!bound) throw new SessionEnded('a grant rests on a live session of its account');
    },

    spendLogoutToken: ({ provider, jti, expiresAt }) =>
      changed(
        database,
        `insert into upstream_logouts (token_hash, expires_at) values (:token, :expiresAt) on conflict do nothing`,
        { token: vault.index(jti, `upstream-logout:${provider}`), expiresAt },
      ),

    async ofGrant(grantId) {
      const row = await first<SignInRow>(
        database,
        `select ${COLUMNS} from session_grants g join sign_ins i on i.id = g.sign_in_id where g.grant_hash = :grant`,
        { grant: hashId(grantId) },
      );
      return row && toSignIn(row, vault);
    },
  };
}
