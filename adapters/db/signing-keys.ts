import type { JWK } from 'jose';
import type { Vault } from '../../src/protection/secrets.ts';
import type { SigningAlg, SigningKey, SigningKeys } from '../../src/provider/keys.ts';
import type { Database } from './database.ts';

interface Row {
  kid: string;
  alg: SigningAlg;
  state: SigningKey['state'];
  private_jwk: Buffer;
}

const context = (kid: string) => `signing-key:${kid}`;
/** RSA, EC and OKP members that are public (RFC 7517, RFC 8037). */
const PUBLIC = ['kty', 'kid', 'alg', 'use', 'n', 'e', 'crv', 'x', 'y'] as const;

export function createSigningKeys(database: Database, vault: Vault): SigningKeys {
  return {
    async list() {
      const { rows } = await database.raw<{ rows: Row[] }>(
        `select kid, alg, state, private_jwk from signing_keys
         order by array_position(array['active', 'next', 'retired'], state), activated_at desc nulls last, kid`,
      );
      return rows.map(({ kid, alg, state, private_jwk }) => ({
        kid,
        alg,
        state,
        privateJwk: JSON.parse(vault.open(private_jwk, context(kid)).toString()) as JWK,
      }));
    },
    async insertFirst({ kid, alg, privateJwk }) {
      const publicJwk = Object.fromEntries(
        PUBLIC.flatMap((name) => (name in privateJwk ? [[name, privateJwk[name]]] : [])),
      );
      await database.raw(
        `insert into signing_keys (kid, alg, state, public_jwk, private_jwk, activated_at)
         values (?, ?, 'active', ?, ?, now()) on conflict (alg) where state = 'active' do nothing`,
        [kid, alg, JSON.stringify(publicJwk), vault.seal(JSON.stringify(privateJwk), context(kid))],
      );
    },
  };
}
