import { type CardHandovers, cardOutcome, handoverOrigin } from '../../src/cards/handover.ts';
import { hashId, type Vault } from '../../src/protection/secrets.ts';
import { changed, first, type Queryable, query } from './query.ts';

const contextOf = (tokenHash: Buffer, column: 'origin' | 'outcome') =>
  `card-handover:${tokenHash.toString('hex')}:${column}`;

export function createCardHandovers(database: Queryable, vault: Vault): CardHandovers {
  return {
    async insert(token, origin, expiresAt) {
      const hash = hashId(token);
      await query(
        database,
        `with before as (delete from card_handovers where uid_hash = :uid and ticket_hash is null)
         insert into card_handovers (token_hash, uid_hash, origin, expires_at)
         values (:hash, :uid, :origin, :expiresAt)`,
        {
          hash,
          uid: hashId(origin.uid),
          origin: vault.seal(JSON.stringify(origin), contextOf(hash, 'origin')),
          expiresAt,
        },
      );
    },

    async origin(token, now) {
      const hash = hashId(token);
      const row = await first<{ origin: Buffer }>(
        database,
        'select origin from card_handovers where token_hash = :hash and expires_at > :now',
        { hash, now },
      );
      return row && handoverOrigin.parse(JSON.parse(vault.open(row.origin, contextOf(hash, 'origin')).toString()));
    },

    issueTicket(token, ticket, outcome, now, expiresAt) {
      const hash = hashId(token);
      return changed(
        database,
        `update card_handovers set ticket_hash = :ticket, outcome = :outcome, ticket_expires_at = :expiresAt
         where token_hash = :hash and ticket_hash is null and expires_at > :now`,
        {
          hash,
          ticket: hashId(ticket),
          outcome: vault.seal(JSON.stringify(outcome), contextOf(hash, 'outcome')),
          now,
          expiresAt,
        },
      );
    },

    async redeem(ticket, uid, now) {
      const row = await first<{ token_hash: Buffer; outcome: Buffer }>(
        database,
        `update card_handovers set redeemed_at = :now
         where ticket_hash = :ticket and uid_hash = :uid and redeemed_at is null and ticket_expires_at > :now
         returning token_hash, outcome`,
        { ticket: hashId(ticket), uid: hashId(uid), now },
      );
      if (!row) return undefined;
      return cardOutcome.parse(JSON.parse(vault.open(row.outcome, contextOf(row.token_hash, 'outcome')).toString()));
    },
  };
}
