import type { ModeId } from '../../config/modes.ts';
import { hashId, type Vault } from '../../src/protection/secrets.ts';
import type { Standings } from '../../src/provider/standing.ts';
import type { CompanionShelf } from '../oidc/companions.ts';
import { COLUMNS as ACCOUNT, type AccountRow, toAccount } from './account-row.ts';
import { first, type Queryable } from './query.ts';
import { SIGN_IN_COLUMNS, type SignInRow, toSignIn } from './sign-in-row.ts';

/** The columns of one sign-in among those of others: `<prefix>_id`, `<prefix>_acr`, … */
const columns = (alias: string, prefix: string) =>
  SIGN_IN_COLUMNS.map((column) => `${alias}.${column} as ${prefix}_${column}`).join(', ');

type Row = AccountRow & { readonly closed_doors: ModeId[] } & Readonly<Record<string, unknown>>;

function signInOf(row: Row, prefix: string, vault: Vault) {
  if (row[`${prefix}_id`] === null) return undefined;
  const own = Object.fromEntries(SIGN_IN_COLUMNS.map((column) => [column, row[`${prefix}_${column}`]]));
  return toSignIn(own as unknown as SignInRow, vault);
}

const OF_GRANT = `
  left join session_grants g on g.grant_hash = :grant
  left join sign_ins gi on gi.id = g.sign_in_id and gi.account_id = a.id`;

/** Ways of signing in that the person closed. */
const DOORS = `array(
  select d.mode from closed_doors d where d.account_id = a.id order by d.mode) as closed_doors`;

/** The Grant itself, which the library asks for next; not where it was read already. */
const GRANT = `(select m.payload from oidc_models m where m.model = 'Grant' and m.id_hash = :grant) as grant_payload`;

const byGrant = (also: string) =>
  `select ${ACCOUNT}, ${DOORS}, ${columns('gi', 'granted')}${also} from accounts a ${OF_GRANT} where a.id = :accountId`;
const BY_GRANT = byGrant('');
const BY_GRANT_WITH_IT = byGrant(`, ${GRANT}`);

const BY_SESSION = `
  select ${ACCOUNT}, ${DOORS}, ${columns('gi', 'granted')}, ${columns('si', 'live')}, ${columns('bi', 'brought')},
    s.account_id as session_account_id, s.started_at, s.ended_at, ${GRANT}
  from accounts a ${OF_GRANT}
  left join sessions s on s.uid_hash = :session
  left join sign_ins si on si.id = s.sign_in_id
  left join sign_ins bi on bi.id = cast(:signInId as uuid) and bi.account_id = a.id
  where a.id = :accountId`;

const OF_ARRIVAL = `
  select ${ACCOUNT}, p.tell_each_sign_in, ${DOORS}
  from accounts a left join account_preferences p on p.account_id = a.id where a.id = :accountId`;

export function createStandings(database: Queryable, vault: Vault, shelf?: CompanionShelf): Standings {
  function keepGrant(row: Row, hash: Buffer | undefined): void {
    const payload = row.grant_payload as Buffer | null;
    if (hash)
      shelf?.keep({ grant: { hash, row: payload ? { idHash: hash, payload, consumedAt: undefined } : undefined } });
  }

  return {
    async ofArrival(accountId) {
      const row = await first<AccountRow & { tell_each_sign_in: boolean | null; closed_doors: ModeId[] }>(
        database,
        OF_ARRIVAL,
        { accountId },
      );
      if (!row) return undefined;
      return { account: toAccount(row), closedDoors: row.closed_doors, tellsEach: row.tell_each_sign_in ?? false };
    },

    async ofGrant(accountId, grantId) {
      const grant = grantId ? hashId(grantId) : undefined;
      const here = !grant || !shelf || shelf.has('Grant', grant);
      const row = await first<Row>(database, here ? BY_GRANT : BY_GRANT_WITH_IT, { accountId, grant });
      if (row && !here) keepGrant(row, grant);
      return (
        row && { account: toAccount(row), ofGrant: signInOf(row, 'granted', vault), closedDoors: row.closed_doors }
      );
    },

    async ofSession(accountId, sessionUid, signInId, grantId) {
      const grant = grantId ? hashId(grantId) : undefined;
      const row = await first<Row>(database, BY_SESSION, { accountId, session: hashId(sessionUid), signInId, grant });
      if (!row) return undefined;
      keepGrant(row, grant);
      const live = signInOf(row, 'live', vault);
      return {
        account: toAccount(row),
        ofGrant: signInOf(row, 'granted', vault),
        closedDoors: row.closed_doors,
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
