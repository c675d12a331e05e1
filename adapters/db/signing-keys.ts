import type { JWK } from 'jose';
import type { AuditLine } from '../../src/audit/audit.ts';
import type { Vault } from '../../src/protection/secrets.ts';
import type { ListedKey, NewKey, SigningAlg, SigningKeys } from '../../src/provider/keys.ts';
import { reach } from '../unavailable.ts';
import { createAudit } from './audit.ts';
import { atomically, changed, type Queryable, query } from './query.ts';

interface Row {
  readonly kid: string;
  readonly alg: SigningAlg;
  readonly state: ListedKey['state'];
  readonly created_at: Date;
  readonly activate_at: Date | null;
  readonly activated_at: Date | null;
  readonly retired_at: Date | null;
}

const context = (kid: string) => `signing-key:${kid}`;
/** RSA, EC and OKP members that are public (RFC 7517, RFC 8037). */
const PUBLIC = ['kty', 'kid', 'alg', 'use', 'n', 'e', 'crv', 'x', 'y'] as const;
const ORDER = `order by array_position(array['active', 'next', 'retired'], state), activated_at desc nulls last, kid`;

export function createSigningKeys(database: Queryable, vault: Vault): SigningKeys {
  /** One change and its audit line, or neither. */
  const audited = (change: (tx: Queryable) => Promise<boolean>, line: AuditLine): Promise<boolean> =>
    reach(
      atomically(database, async (tx) => {
        const done = await change(tx);
        if (done) await createAudit(tx, vault).write(line);
        return done;
      }),
    );

  const insert = (
    tx: Queryable,
    { kid, alg, privateJwk }: NewKey,
    columns: { state: 'active' | 'next'; at: Date; activateAt?: Date; activatedAt?: Date },
  ) =>
    changed(
      tx,
      `insert into signing_keys (kid, alg, state, public_jwk, private_jwk, created_at, activate_at, activated_at)
       values (:kid, :alg, :state, cast(:publicJwk as jsonb), :privateJwk, :at, :activateAt, :activatedAt)
       on conflict (alg) where state = '${columns.state}' do nothing`,
      {
        state: columns.state,
        at: columns.at,
        activateAt: columns.activateAt,
        activatedAt: columns.activatedAt,
        kid,
        alg,
        publicJwk: JSON.stringify(
          Object.fromEntries(PUBLIC.flatMap((name) => (name in privateJwk ? [[name, privateJwk[name]]] : []))),
        ),
        privateJwk: vault.seal(JSON.stringify(privateJwk), context(kid)),
      },
    );

  return {
    async list() {
      const rows = await query<Row>(
        database,
        `select kid, alg, state, created_at, activate_at, activated_at, retired_at from signing_keys ${ORDER}`,
      );
      return rows.map(({ kid, alg, state, ...row }) => ({
        kid,
        alg,
        state,
        createdAt: row.created_at,
        activateAt: row.activate_at ?? undefined,
        activatedAt: row.activated_at ?? undefined,
        retiredAt: row.retired_at ?? undefined,
      }));
    },

    async open() {
      const rows = await query<{ kid: string; private_jwk: Buffer }>(
        database,
        `select kid, private_jwk from signing_keys ${ORDER}`,
      );
      return rows.map(({ kid, private_jwk }) => JSON.parse(vault.open(private_jwk, context(kid)).toString()) as JWK);
    },

    async insertFirst(key, at) {
      await audited((tx) => insert(tx, key, { state: 'active', at, activatedAt: at }), {
        event: 'key.activated',
        details: { kid: key.kid },
      });
    },

    insertNext: (key, at, activateAt) =>
      audited((tx) => insert(tx, key, { state: 'next', at, activateAt }), {
        event: 'key.published',
        details: { kid: key.kid },
      }),

    hasten: (kid, at) =>
      changed(
        database,
        `update signing_keys set activate_at = :at where kid = :kid and state = 'next' and activate_at > :at`,
        { kid, at },
      ),

    turn: (active, next, at) =>
      audited(
        // In this order: of one algorithm, one key signs.
        async (tx) =>
          (await changed(
            tx,
            `update signing_keys set state = 'retired', retired_at = :at where kid = :active and state = 'active'
               and exists (select 1 from signing_keys where kid = :next and state = 'next')`,
            { active, next, at },
          )) &&
          changed(
            tx,
            `update signing_keys set state = 'active', activated_at = :at where kid = :next and state = 'next'`,
            { next, at },
          ),
        { event: 'key.activated', details: { kid: next, retired: active } },
      ),

    remove: (kid, retiredBy) =>
      audited(
        (tx) =>
          changed(tx, `delete from signing_keys where kid = :kid and state = 'retired' and retired_at <= :retiredBy`, {
            kid,
            retiredBy,
          }),
        {
          event: 'key.removed',
          details: { kid },
        },
      ),
  };
}
