import type { RegistrationPolicies, RegistrationPolicy } from '../../src/clients/registration-policy.ts';
import { hashId } from '../../src/protection/secrets.ts';
import { first, type Queryable, query } from './query.ts';

export function createRegistrationPolicies(database: Queryable): RegistrationPolicies {
  return {
    async insert(tokenId, policy, uses, expiresAt) {
      await query(
        database,
        `insert into registration_policies (token_hash, policy, uses, expires_at)
         values (:token, cast(:policy as jsonb), :uses, :expiresAt)`,
        { token: hashId(tokenId), policy: JSON.stringify(policy), uses, expiresAt },
      );
    },
    async take(tokenId) {
      const token = hashId(tokenId);
      const taken = await first<{ policy: RegistrationPolicy }>(
        database,
        'update registration_policies set used = used + 1 where token_hash = :token and used < uses returning policy',
        { token },
      );
      if (taken) return taken.policy;
      const known = await first(database, 'select 1 from registration_policies where token_hash = :token', { token });
      return known ? 'used-up' : undefined;
    },
  };
}
