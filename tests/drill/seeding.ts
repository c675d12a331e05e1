import type { Database } from '../../adapters/db/database.ts';
import { createAdapterFactory } from '../../adapters/oidc/adapter.ts';
import { createPasswords } from '../../src/accounts/passwords.ts';
import type { Vault } from '../../src/protection/secrets.ts';
import type { Storage } from '../../src/storage.ts';
import { CALLBACK } from '../support/clients/application.ts';

export const ISSUER = 'https://mire.test';
export const SECRET = 'a secret of the applications of the drill';
export const PASSWORD = 'Onze pommes sur la table 7';
export const mailOf = (index: number): string => `personne${index}@hopital.test`;

/** Everybody of the drill has the same. */
export const hashOfPassword = (): Promise<string> => createPasswords({ memory: 19 * 1024, passes: 2 }).hash(PASSWORD);

export async function insertAccount(tx: Storage, hash: string, login: string, email: string): Promise<string> {
  const id = crypto.randomUUID();
  await tx.accounts.insert({
    id,
    login,
    email,
    emailVerified: true,
    familyName: 'Drill',
    givenName: login,
    termsVersion: 'drill',
  });
  await tx.accounts.setPasswordHash(id, hash);
  await tx.audit.write({ event: 'account.created', accountId: id, details: { by: 'drill' } });
  return id;
}

/** One that a password is enough for, and one that wants two factors. */
export async function insertApplications(database: Database, vault: Vault): Promise<void> {
  const clients = createAdapterFactory({ database, vault, now: () => new Date() })('Client');
  for (const [id, acr] of [
    ['ror', 'eidas1'],
    ['messagerie', 'eidas2'],
  ] as const) {
    const metadata = {
      client_id: id,
      client_name: id,
      client_secret: SECRET,
      redirect_uris: [CALLBACK],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
      scope: 'openid profile email',
      first_party: true,
      minimum_acr: acr,
    };
    await clients.upsert(id, metadata as never, 0);
  }
}
