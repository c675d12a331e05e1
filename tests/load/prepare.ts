import { randomUUID } from 'node:crypto';
import type { JWK } from 'jose';
import { openDatabase } from '../../adapters/db/database.ts';
import { migrate } from '../../adapters/db/migrate.ts';
import { readSettings } from '../../config/settings.ts';
import { loginKey } from '../../src/accounts/login-key.ts';
import { createPasswords } from '../../src/accounts/passwords.ts';
import { createLog } from '../../src/log.ts';
import { openParts } from '../../src/main/parts.ts';
import { loadJwks } from '../../src/provider/keys.ts';
import { seedPersonas } from '../../src/sandbox/personas.ts';
import type { Person } from './journeys.ts';

const PASSWORD = 'Mire-sandbox-2026!';

export const person = (number: number): Person => ({ login: `soignant${number}`, password: PASSWORD });

/**
 * Brings a database up to date and fills it with people who have one password, hashed once, and those of the sandbox.
 * @returns the RSA key that Mire will sign with, so that the bare provider signs with the same.
 */
export async function prepareDatabase(env: Readonly<Record<string, string>>, people: number): Promise<{ jwk: JWK }> {
  const settings = readSettings({ ...env }, () => {
    throw new Error('the bench gives every secret');
  });
  const log = createLog('warn');
  const url = settings.DATABASE_URL ?? '';
  const database = openDatabase({ url, pool: 2, singleSession: false, log });
  await migrate(database, url, false);
  const hash = await createPasswords({ memory: settings.ARGON2_MEMORY, passes: settings.ARGON2_PASSES }).hash(PASSWORD);
  for (let from = 0; from < people; from += 1000) {
    const rows = Array.from({ length: Math.min(1000, people - from) }, (_, i) => ({
      id: randomUUID(),
      login: person(from + i).login,
      login_key: loginKey(person(from + i).login),
      email: `soignant${from + i}@hopital.example`,
      email_key: `soignant${from + i}@hopital.example`,
      email_verified: true,
      family_name: 'Personne',
      given_name: `Soignant ${from + i}`,
      terms_version: settings.TERMS_VERSION,
      terms_accepted_at: new Date(),
    }));
    await database.batchInsert('accounts', rows, 500);
    await database.batchInsert(
      'passwords',
      rows.map(({ id }) => ({ account_id: id, hash })),
      500,
    );
  }
  await database.raw('analyze');
  await database.destroy();

  const parts = await openParts({ settings, log, databaseUrl: url, singleSession: false });
  await seedPersonas(parts.storage, parts.passwords, { issuer: settings.ISSUER, termsVersion: settings.TERMS_VERSION });
  const { keys } = await loadJwks(parts.signingKeys, new Date());
  await parts.close();
  const jwk = keys.find(({ alg }) => alg === 'RS256');
  if (!jwk) throw new Error('no RSA key');
  return { jwk };
}
