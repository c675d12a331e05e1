import type { Preferences } from '../../src/accounts/preferences.ts';
import { first, type Queryable, query } from './query.ts';

export function createPreferences(database: Queryable): Preferences {
  return {
    async tellsEach(accountId) {
      const row = await first<{ tell_each_sign_in: boolean }>(
        database,
        'select tell_each_sign_in from account_preferences where account_id = :accountId',
        { accountId },
      );
      return row?.tell_each_sign_in ?? false;
    },

    async setTellsEach(accountId, tells) {
      await query(
        database,
        `insert into account_preferences (account_id, tell_each_sign_in) values (:accountId, :tells)
         on conflict (account_id) do update set tell_each_sign_in = excluded.tell_each_sign_in`,
        { accountId, tells },
      );
    },
  };
}
