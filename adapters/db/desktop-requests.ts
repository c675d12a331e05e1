import {
  approval,
  type DesktopRequest,
  type DesktopRequests,
  type RequestState,
  requestContent,
} from '../../src/desktop/request.ts';
import { hashId, type Vault } from '../../src/protection/secrets.ts';
import { changed, first, type Queryable, query } from './query.ts';

interface Row {
  readonly id: string;
  readonly content: Buffer;
  readonly state: RequestState;
  readonly asked_account_id: string | null;
  readonly device_id: string | null;
  readonly proof: Buffer | null;
  readonly created_at: Date;
  readonly expires_at: Date;
}

const COLUMNS = 'id, content, state, asked_account_id, device_id, proof, created_at, expires_at';
const contextOf = (id: string, column: 'content' | 'proof') => `desktop-request:${id}:${column}`;

export function createDesktopRequests(database: Queryable, vault: Vault): DesktopRequests {
  const codeHash = (code: string) => vault.index(code, 'desktop-code');
  const openProof = (id: string, sealed: Buffer | null) =>
    sealed ? approval.parse(JSON.parse(vault.open(sealed, contextOf(id, 'proof')).toString())) : undefined;
  const toRequest = (row: Row): DesktopRequest => ({
    id: row.id,
    content: requestContent.parse(JSON.parse(vault.open(row.content, contextOf(row.id, 'content')).toString())),
    state: row.state,
    askedAccountId: row.asked_account_id ?? undefined,
    deviceId: row.device_id ?? undefined,
    approval: openProof(row.id, row.proof),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  });

  return {
    insert({ id, content, uid, askedAccountId, createdAt, expiresAt }) {
      const browser = content.kind === 'browser' ? content : undefined;
      return changed(
        database,
        `insert into desktop_requests
           (id, kind, token_hash, code_hash, uid_hash, content, asked_account_id, created_at, expires_at)
         values (:id, :kind, :token, :code, :uid, :content, :askedAccountId, :createdAt, :expiresAt)
         on conflict (code_hash) do nothing`,
        {
          id,
          kind: content.kind,
          token: browser && hashId(browser.token),
          code: browser && codeHash(browser.code),
          uid: uid === undefined ? undefined : hashId(uid),
          content: vault.seal(JSON.stringify(content), contextOf(id, 'content')),
          askedAccountId,
          createdAt,
          expiresAt,
        },
      );
    },

    async byId(id) {
      const row = await first<Row>(database, `select ${COLUMNS} from desktop_requests where id = :id`, { id });
      return row && toRequest(row);
    },

    async find(by, now) {
      const [column, hash] = 'token' in by ? ['token_hash', hashId(by.token)] : ['code_hash', codeHash(by.code)];
      const row = await first<Row>(
        database,
        `select ${COLUMNS} from desktop_requests where ${column} = :hash and state = 'waiting' and expires_at > :now`,
        { hash, now },
      );
      return row && toRequest(row);
    },

    async waitingFor(accountId, now) {
      const rows = await query<Row>(
        database,
        `select ${COLUMNS} from desktop_requests
         where asked_account_id = :accountId and state = 'waiting' and expires_at > :now
         order by created_at limit 20`,
        { accountId, now },
      );
      return rows.map(toRequest);
    },

    claim: (id, deviceId, now) =>
      changed(
        database,
        `update desktop_requests set device_id = :deviceId
         where id = :id and state = 'waiting' and expires_at > :now and (device_id is null or device_id = :deviceId)`,
        { id, deviceId, now },
      ),

    answer: (id, deviceId, state, now, given) =>
      changed(
        database,
        `update desktop_requests set state = :state, proof = :proof, answered_at = :now
         where id = :id and device_id = :deviceId and state = 'waiting' and expires_at > :now`,
        {
          id,
          deviceId,
          state,
          now,
          proof: given && vault.seal(JSON.stringify(given), contextOf(id, 'proof')),
        },
      ),

    async redeem(id, uid, approvedAfter) {
      const row = await first<{ proof: Buffer }>(
        database,
        `update desktop_requests set state = 'redeemed'
         where id = :id and uid_hash = :uid and state = 'approved' and answered_at > :approvedAfter
         returning proof`,
        { id, uid: hashId(uid), approvedAfter },
      );
      return row && openProof(id, row.proof);
    },

    async reopen(id) {
      await query(
        database,
        `update desktop_requests set state = 'waiting', proof = null, answered_at = null
         where id = :id and state = 'approved'`,
        { id },
      );
    },

    async supersede(uid, now) {
      await query(
        database,
        `update desktop_requests set state = 'superseded', answered_at = :now
         where uid_hash = :uid and state = 'waiting'`,
        { uid: hashId(uid), now },
      );
    },

    async settled(ids, now) {
      const rows = await query<{ id: string }>(
        database,
        `select id from unnest(cast(:ids as uuid[])) as id
         where not exists (
           select 1 from desktop_requests r where r.id = id.id and r.state = 'waiting' and r.expires_at > :now
         )`,
        { ids, now },
      );
      return rows.map(({ id }) => id);
    },
  };
}
