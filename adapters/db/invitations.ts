import { type Invitations, invitationContent } from '../../src/accounts/invitation.ts';
import { hashId, type Vault } from '../../src/protection/secrets.ts';
import { changed, first, type Queryable, query } from './query.ts';

interface Row {
  readonly id: string;
  readonly content: Buffer;
  readonly draft: Buffer | null;
  readonly version: number;
}

export function createInvitations(database: Queryable, vault: Vault): Invitations {
  const context = (id: string, column: 'content' | 'draft') => `invitation:${id}:${column}`;
  return {
    async insert(id, token, content, expiresAt) {
      await query(
        database,
        `insert into invitations (id, token_hash, content, expires_at) values (:id, :token, :content, :expiresAt)`,
        { id, token: hashId(token), content: vault.seal(JSON.stringify(content), context(id, 'content')), expiresAt },
      );
    },

    async byToken(token, now) {
      const row = await first<Row>(
        database,
        `select id, content, draft, version from invitations
         where token_hash = :token and used_at is null and expires_at > :now`,
        { token: hashId(token), now },
      );
      if (!row) return undefined;
      const { id, content, draft, version } = row;
      return {
        id,
        version,
        content: invitationContent.parse(JSON.parse(vault.open(content, context(id, 'content')).toString())),
        draft: draft ? (JSON.parse(vault.open(draft, context(id, 'draft')).toString()) as unknown) : undefined,
      };
    },

    move: (id, from, draft) =>
      changed(
        database,
        `update invitations set draft = :draft, version = version + 1
         where id = :id and version = :from and used_at is null`,
        { id, from, draft: vault.seal(JSON.stringify(draft), context(id, 'draft')) },
      ),

    use: (id, from, accountId, at) =>
      changed(
        database,
        `update invitations set used_at = :at, account_id = :accountId, draft = null, version = version + 1
         where id = :id and version = :from and used_at is null`,
        { id, from, accountId, at },
      ),
  };
}
