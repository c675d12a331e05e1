import { hashId, type Vault } from '../../src/protection/secrets.ts';
import type { Standings } from '../../src/provider/standing.ts';
import { COLUMNS as ACCOUNT, type AccountRow, toAccount } from './account-row.ts';
import { first, type Queryable } from './query.ts';
import { SIGN_IN_COLUMNS, type SignInRow, toSignIn } from './sign-in-row.ts';

/** The columns of one sign-in among those of others: `<prefix>_id`, `<prefix>_acr`, … */
const columns = (alias: string, prefix: string) =>
  SIGN_IN_COLUMNS.map((column) => `${alias}.${column} as ${prefix}_${column}`).join(', ');

type Row = AccountRow & Readonly<Record<string, unknown>>;

function signInOf(row: Row, prefix: string, vault: Vault) {
  if (row[`${prefix}_id`] === null) return undefined;
  const own = Object.fromEntries(SIGN_IN_COLUMNS.map((column) => [column, row[`${prefix}_${column}`]]));
  return toSignIn(own as unknown as SignInRow, vault);
}

const OF_GRANT = `
  left join session_grants g on g.grant_hash = :grant
  left join sign_ins gi on gi.id = g.sign_in_id and gi.account_id = a.id`;

const BY_GRANT = `select ${ACCOUNT}, ${columns('gi', 'granted')} from accounts a ${OF_GRANT} where a.id = :accountId`;

const BY_SESSION = `
  select ${ACCOUNT}, ${columns('gi', 'granted')}, ${columns('si', 'live')}, ${columns('bi', 'brought')},
    s.account_id as session_account_id, s.started_at, s.ended_at
  from accounts a ${OF_GRANT}
  left join sessions s on s.uid_hash = :session
  left join sign_ins si on si.id = s.sign_in_id
  left join sign_ins bi on bi.id = cast(:signInId as uuid) and bi.account_id = a.id
  where a.id = :accountId`;

export function createStandings(database: Queryable, vault: Vault): Standings {
  return {
    async ofGrant(accountId, grantId) {
      const row = await first<Row>(database, BY_GRANT, { accountId, grant: grantId ? hashId(grantId) : undefined });
      return row && { account: toAccount(row), ofGrant: signInOf(row, 'granted', vault) };
    },

    async ofSession(accountId, sessionUid, signInId, grantId) {
      const row = await first<Row>(database, BY_SESSION, {
        accountId,
        session: hashId(sessionUid),
        signInId,
        grant: grantId ? hashId(grantId) : undefined,
      });
      if (!row) return undefined;
      const live = signInOf(row, 'live', vault);
      return {
        account: toAccount(row),
        ofGrant: signInOf(row, 'granted', vault),
        brought: signInOf(row, 'brought', vault),
        session: live && {
          accountId: row.session_account_id as string,
          startedAt: row.started_at as Date,
          endedAt: (row.ended_at as Date | null) ?? undefined,
          signIn: live,
        },
      };
    },
  };
}
