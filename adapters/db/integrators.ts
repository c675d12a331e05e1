import { loginKey } from '../../src/accounts/login-key.ts';
import type { Integrators } from '../../src/clients/integrators.ts';
import type { Vault } from '../../src/protection/secrets.ts';
import { changed, first, type Queryable, query } from './query.ts';

const CONTEXT = 'integrator';

export function createIntegrators(database: Queryable, vault: Vault): Integrators {
  const hashOf = (mail: string) => vault.index(loginKey(mail), CONTEXT);
  return {
    invite: (mail, at) =>
      changed(
        database,
        'insert into integrators (mail_hash, mail, invited_at) values (:hash, :mail, :at) on conflict do nothing',
        { hash: hashOf(mail), mail: vault.seal(mail.trim(), CONTEXT), at },
      ),
    uninvite: (mail) => changed(database, 'delete from integrators where mail_hash = :hash', { hash: hashOf(mail) }),
    isInvited: async (mail) =>
      (await first(database, 'select 1 from integrators where mail_hash = :hash', { hash: hashOf(mail) })) !==
      undefined,
    async list() {
      const rows = await query<{ mail: Buffer; invited_at: Date }>(
        database,
        'select mail, invited_at from integrators order by invited_at',
      );
      return rows.map((row) => ({ mail: vault.open(row.mail, CONTEXT).toString('utf8'), invitedAt: row.invited_at }));
    },
  };
}
