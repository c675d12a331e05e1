import { first, type Queryable } from './query.ts';

/** Whether the database user of this process could change what happened: in production it should not. */
export async function mayChangeAudit(database: Queryable): Promise<boolean> {
  const row = await first<{ may: boolean }>(
    database,
    "select has_table_privilege(current_user, 'audit', 'update') or has_table_privilege(current_user, 'audit', 'delete') as may",
  );
  return row?.may === true;
}
