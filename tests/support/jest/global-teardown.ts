import { ADMIN_VARIABLE, dropAll, PREFIX_VARIABLE } from '../storage/postgres.ts';

/** Drops the template, and what tests that died left behind. */
export default async function globalTeardown(): Promise<void> {
  const admin = process.env[ADMIN_VARIABLE];
  const prefix = process.env[PREFIX_VARIABLE];
  if (admin && prefix) await dropAll(admin, prefix);
}
