import type { Vault } from '../../src/protection/secrets.ts';
import { type Structure, type StructureDefinition, searchable } from '../../src/structures/structure.ts';
import type { Structures } from '../../src/structures/structures.ts';
import { changed, first, type Queryable, query } from './query.ts';

interface Row {
  readonly definition: unknown;
  readonly enabled: boolean;
  readonly version: number;
}

const COLUMNS = 's.definition, s.enabled, s.version';

/** What is stored has no secret: that it must be there was checked when it was added. */
const toStructure = ({ definition, enabled, version }: Row): Structure => ({
  ...(definition as StructureDefinition),
  enabled,
  version,
});
const context = (id: string) => `structure:${id}`;

interface ChecksRow {
  readonly id: string;
  readonly verified_at: Date | null;
  readonly failing_since: Date | null;
  readonly failure: string | null;
  readonly secret_refused: boolean;
}

export function createStructures(database: Queryable, vault: Vault): Structures {
  const secretHash = (id: string, account: string, secret: string) =>
    vault.index(`${account}\n${secret}`, `structure-secret:${id}`);
  return {
    async byId(id) {
      const row = await first<Row>(database, `select ${COLUMNS} from structures s where s.id = :id`, { id });
      return row && toStructure(row);
    },

    async list() {
      const rows = await query<Row>(database, `select ${COLUMNS} from structures s order by s.search_text`);
      return rows.map(toStructure);
    },

    async search(text, limit) {
      const words = searchable(text).split(' ').filter(Boolean);
      const rows = await query<Row>(
        database,
        `select ${COLUMNS} from structures s where s.enabled
           and not exists (select from unnest(cast(:words as text[])) as word where strpos(s.search_text, word) = 0)
         order by s.search_text limit :limit`,
        { words, limit },
      );
      return rows.map(toStructure);
    },

    async byFiness(finess) {
      const rows = await query<Row>(
        database,
        `select ${COLUMNS} from structures s where s.enabled and s.definition->>'finess' = :finess limit 2`,
        { finess },
      );
      return rows.length === 1 && rows[0] ? toStructure(rows[0]) : undefined;
    },

    networks: () =>
      query<{ id: string; network: string }>(
        database,
        `select s.id, n.network from structures s, jsonb_array_elements_text(s.definition->'networks') as n (network)
         where s.enabled`,
      ),

    async save(definition, secret) {
      const { id, name, town, finess } = definition;
      const given = {
        id,
        definition: JSON.stringify(definition),
        secret: 'given' in secret ? vault.seal(secret.given, context(id)) : undefined,
        kept: 'kept' in secret && secret.kept,
        text: searchable([name, town, finess].filter(Boolean).join(' ')),
      };
      const added = await changed(
        database,
        `insert into structures (id, definition, secret, search_text)
         values (:id, cast(:definition as jsonb), :secret, :text) on conflict do nothing`,
        given,
      );
      if (added) return 'added';
      const changes = await changed(
        database,
        `update structures set definition = cast(:definition as jsonb),
           secret = case when :kept then secret else cast(:secret as bytea) end,
           refused_secret = case when :kept then refused_secret end, search_text = :text,
           version = version + 1, updated_at = now()
         where id = :id and (definition <> cast(:definition as jsonb) or not :kept and cast(:secret as bytea) is distinct from secret)`,
        given,
      );
      return changes ? 'changed' : 'unchanged';
    },

    setEnabled: (id, enabled) =>
      changed(
        database,
        `update structures set enabled = :enabled, version = version + 1, updated_at = now()
         where id = :id and enabled <> :enabled`,
        { id, enabled },
      ),

    async secret(id) {
      const row = await first<{ secret: Buffer | null }>(database, 'select secret from structures where id = :id', {
        id,
      });
      return row?.secret ? vault.open(row.secret, context(id)).toString() : undefined;
    },

    claimCheck: (id, now, { begunBefore, workedBefore }) =>
      changed(
        database,
        `update structures set checked_at = :now
         where id = :id and (checked_at is null or checked_at < :begunBefore)
           and (verified_at is null or verified_at < :workedBefore)`,
        { id, now, begunBefore, workedBefore },
      ),

    async checkWorked(id, at) {
      await query(
        database,
        'update structures set verified_at = :at, failing_since = null, failure = null where id = :id',
        { id, at },
      );
    },

    async checkFailed(id, at, said) {
      const row = await first<{ failing_since: Date }>(
        database,
        `update structures set failing_since = coalesce(failing_since, :at), failure = :said where id = :id
         returning failing_since`,
        { id, at, said },
      );
      return row?.failing_since ?? at;
    },

    async checks() {
      const rows = await query<ChecksRow>(
        database,
        `select id, verified_at, failing_since, failure, refused_secret is not null as secret_refused
         from structures order by id`,
      );
      return rows.map(({ id, verified_at, failing_since, failure, secret_refused }) => ({
        id,
        verifiedAt: verified_at ?? undefined,
        failingSince: failing_since ?? undefined,
        failure: failure ?? undefined,
        secretRefused: secret_refused,
      }));
    },

    async isRefused(id, account, secret) {
      const row = await first<{ refused_secret: Buffer | null }>(
        database,
        'select refused_secret from structures where id = :id',
        { id },
      );
      return row?.refused_secret?.equals(secretHash(id, account, secret)) ?? false;
    },

    refuseSecret: (id, account, secret) =>
      changed(
        database,
        'update structures set refused_secret = :refused where id = :id and refused_secret is distinct from :refused',
        { id, refused: secretHash(id, account, secret) },
      ),

    async acceptSecret(id) {
      await query(
        database,
        'update structures set refused_secret = null where id = :id and refused_secret is not null',
        { id },
      );
    },
  };
}
