import { rmSync } from 'node:fs';
import { ADMIN_VARIABLE, dropAll, PREFIX_VARIABLE } from '../storage/postgres.ts';
import { RUN_FOLDER } from './left-behind.ts';

/** Drops the template and what tests that died left behind, and whatever is temporary. */
export default async function globalTeardown(): Promise<void> {
  const admin = process.env[ADMIN_VARIABLE];
  const prefix = process.env[PREFIX_VARIABLE];
  if (admin && prefix) await dropAll(admin, prefix);
  const folder = process.env[RUN_FOLDER];
  if (folder) rmSync(folder, { recursive: true, force: true });
}
