import { type Recoveries, type RecoveryState, recoveryState } from '../../src/accounts/recovery.ts';
import { hashId, type Vault } from '../../src/protection/secrets.ts';
import { changed, first, type Queryable, query } from './query.ts';

export function createRecoveries(database: Queryable, vault: Vault): Recoveries {
  const contextOf = (token: string) => `recovery:${hashId(token).toString('hex')}`;
  const sealed = (token: string, state: RecoveryState) => vault.seal(JSON.stringify(state), contextOf(token));
  return {
    async insert(token, state, begunAt, expiresAt) {
      await query(
        database,
        'insert into recoveries (token_hash, state, begun_at, expires_at) values (:token, :state, :begunAt, :expiresAt)',
        { token: hashId(token), state: sealed(token, state), begunAt, expiresAt },
      );
    },

    async find(token, now) {
      const row = await first<{ state: Buffer; version: number; begun_at: Date }>(
        database,
        'select state, version, begun_at from recoveries where token_hash = :token and expires_at > :now',
        { token: hashId(token), now },
      );
      if (!row) return undefined;
      const state = recoveryState.parse(JSON.parse(vault.open(row.state, contextOf(token)).toString()));
      return { state, version: row.version, begunAt: row.begun_at };
    },

    move: (token, from, state) =>
      changed(
        database,
        'update recoveries set state = :state, version = version + 1 where token_hash = :token and version = :from',
        { token: hashId(token), state: sealed(token, state), from },
      ),

    end: (token, from) =>
      changed(database, 'delete from recoveries where token_hash = :token and version = :from', {
        token: hashId(token),
        from,
      }),
  };
}
