import { keptDraft, type SignUpDrafts } from '../../src/accounts/sign-up-drafts.ts';
import type { OutsideIdentity } from '../../src/accounts/statement.ts';
import type { Vault } from '../../src/protection/secrets.ts';
import { first, type Queryable, query } from './query.ts';

export function createSignUpDrafts(database: Queryable, vault: Vault): SignUpDrafts {
  const hashOf = ({ source, externalId }: OutsideIdentity) => vault.index(externalId, `sign-up:${source}`);
  const context = (hash: Buffer) => `sign-up-draft:${hash.toString('hex')}`;
  return {
    async keep(identity, draft, expiresAt) {
      const hash = hashOf(identity);
      await query(
        database,
        `insert into sign_up_drafts (identity_hash, draft, expires_at) values (:hash, :draft, :expiresAt)
         on conflict (identity_hash) do update set draft = excluded.draft, expires_at = excluded.expires_at`,
        { hash, draft: vault.seal(JSON.stringify(draft), context(hash)), expiresAt },
      );
    },
    async of(identity, now) {
      const hash = hashOf(identity);
      const row = await first<{ draft: Buffer }>(
        database,
        'select draft from sign_up_drafts where identity_hash = :hash and expires_at > :now',
        { hash, now },
      );
      return row && keptDraft.parse(JSON.parse(vault.open(row.draft, context(hash)).toString()));
    },
    async forget(identity) {
      await query(database, 'delete from sign_up_drafts where identity_hash = :hash', { hash: hashOf(identity) });
    },
  };
}
