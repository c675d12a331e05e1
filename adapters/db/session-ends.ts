import { hashId, type Vault } from '../../src/protection/secrets.ts';
import type { SessionClient, WhichSessions } from '../../src/provider/sign-ins.ts';
import { type Bindings, type Queryable, query } from './query.ts';
import { upstreamHashes } from './sign-in-row.ts';

/** What goes with the grants of `doomed`: the grants themselves and every token under them. */
export const DOOMED = `grants as (delete from oidc_models m using doomed d where m.model = 'Grant' and m.id_hash = d.grant_hash),
     tokens as (delete from oidc_models m using doomed d where m.grant_hash = d.grant_hash)`;

/** Which sessions end. */
export function sessionsMeant(which: WhichSessions, vault: Vault): { condition: string; bindings: Bindings } {
  if ('uid' in which) return { condition: 'uid_hash = :uid', bindings: { uid: hashId(which.uid) } };
  if ('deviceId' in which) {
    const condition =
      'account_id = :accountId and sign_in_id in (select id from sign_ins where device_id = cast(:deviceId as uuid))';
    return { condition, bindings: which };
  }
  if ('upstream' in which) {
    const bindings = upstreamHashes(which.upstream, vault);
    // Both when both are said (Back-Channel Logout §2.6).
    const said = [
      ...(bindings.upstreamSid ? ['upstream_sid = :upstreamSid'] : []),
      ...(bindings.upstreamSubject ? ['upstream_subject = :upstreamSubject'] : []),
    ];
    if (said.length === 0) return { condition: 'false', bindings: {} };
    return { condition: `sign_in_id in (select id from sign_ins where ${said.join(' and ')})`, bindings };
  }
  if ('signInIds' in which)
    return { condition: 'account_id = :accountId and sign_in_id = any(cast(:signInIds as uuid[]))', bindings: which };
  if ('uidHash' in which) return { condition: 'uid_hash = :uidHash and account_id = :accountId', bindings: which };
  const { accountId, except } = which;
  if (except === undefined) return { condition: 'account_id = :accountId', bindings: { accountId } };
  return {
    condition: 'account_id = :accountId and uid_hash <> :except',
    bindings: { accountId, except: hashId(except) },
  };
}

/** Whose grants go. */
interface Doomed {
  readonly sessions: readonly { uid_hash: Buffer }[];
  readonly wholeAccount: string | undefined;
  readonly signIns: readonly string[];
}

/**
 * A token without its Grant is refused by oidc-provider, so a Grant deleted here ends all that rests on it, also what
 * a restored Redis still holds.
 * @returns every application that had a grant in the sessions, those with `offline_access` too.
 */
export async function deleteGrants(
  database: Queryable,
  { sessions, wholeAccount, signIns }: Doomed,
  everything: boolean,
): Promise<SessionClient[]> {
  if (sessions.length === 0 && wholeAccount === undefined && signIns.length === 0) return [];
  const rows = await query<ClientRow>(
    database,
    `with concerned as (
       select grant_hash, account_id, client_id, sid, offline from session_grants
       where session_hash = any (array(select decode(hex, 'hex') from unnest(cast(:sessions as text[])) as hex))
         or account_id = cast(:wholeAccount as uuid) or sign_in_id = any(cast(:signIns as uuid[]))
     ),
     doomed as (
       delete from session_grants where grant_hash in (
         select grant_hash from concerned where not offline or cast(:everything as boolean)
       ) returning grant_hash
     ),
     ${DOOMED}
     select distinct account_id, client_id, sid from concerned order by client_id`,
    { sessions: sessions.map((session) => session.uid_hash.toString('hex')), wholeAccount, signIns, everything },
  );
  return rows.map(toClient);
}

export interface ClientRow {
  readonly account_id: string;
  readonly client_id: string;
  readonly sid: string | null;
}

export const toClient = ({ account_id, client_id, sid }: ClientRow): SessionClient => ({
  clientId: client_id,
  accountId: account_id,
  sid: sid ?? undefined,
});
