import type { SmsMessages } from '../../src/delivery/sms-receipts.ts';
import { hashId } from '../../src/protection/secrets.ts';
import { changed, first, type Queryable, query } from './query.ts';

interface MessageRow {
  readonly challenge_id: string;
  readonly counter: number;
  readonly sent_at: Date;
  readonly reached: boolean;
}

export function createSmsMessages(database: Queryable): SmsMessages {
  return {
    async sent({ provider, messageId, challengeId, counter, at }) {
      // A provider that gives one name twice is believed about the first message.
      await query(
        database,
        `insert into sms_messages (provider, message_hash, challenge_id, counter, sent_at)
         values (:provider, :hash, :challengeId, :counter, :at) on conflict do nothing`,
        { provider, hash: hashId(messageId), challengeId, counter, at },
      );
    },

    async byId(provider, messageId) {
      // Two receipts of one message wait for each other.
      const row = await first<MessageRow>(
        database,
        `select challenge_id, counter, sent_at, reached from sms_messages
         where provider = :provider and message_hash = :hash for update`,
        { provider, hash: hashId(messageId) },
      );
      return row && { challengeId: row.challenge_id, counter: row.counter, sentAt: row.sent_at, reached: row.reached };
    },

    markReached: (provider, messageId) =>
      changed(
        database,
        `update sms_messages set reached = true
         where provider = :provider and message_hash = :hash and not reached`,
        { provider, hash: hashId(messageId) },
      ),
  };
}
