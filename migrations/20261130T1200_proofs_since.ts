import type { Knex } from 'knex';

/** Since when what proves somebody counts: see src/accounts/since.ts. Nothing is enumerated when it moves. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Nothing proved before counts; null: nothing was taken back yet.
    alter table accounts add column proofs_since timestamptz;
    -- No undo made before counts.
    alter table accounts add column undos_since timestamptz;
    -- When this service saw the proof, or a change of the account upheld it; null: authenticated_at.
    alter table sign_ins add column proved_at timestamptz;
    alter table recoveries add column begun_at timestamptz not null default now();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table recoveries drop column begun_at;
    alter table sign_ins drop column proved_at;
    alter table accounts drop column undos_since, drop column proofs_since;
  `);
}
