import pg from 'pg';
import { createCodec } from '../../adapters/oidc/codec.ts';
import type { ModelName } from '../../config/models.ts';
import { hashId, type Vault } from '../../src/protection/secrets.ts';
import { Copy, tokenOf, uuidOf } from './size-copy.ts';
import { accountId } from './size-people.ts';

const HOUR = 60 * 60 * 1000;
const CHUNK = 500;

/** What stands in a payload in place of what differs from one visit to the next. */
const HOLE = /§([^§]+)§/;

interface Template {
  readonly model: ModelName;
  /** Literals and, at odd places, names of what goes between them: `+600` is seconds after the visit began. */
  readonly pieces: readonly string[];
  readonly id: string;
  readonly grant: boolean;
  readonly session: boolean;
  readonly uid: boolean;
  readonly clientId: string | null;
  readonly owned: boolean;
  readonly consumed: boolean;
  /** Seconds after the visit began. */
  readonly expires: number;
}

interface Stored {
  readonly model: ModelName;
  readonly id_hash: Buffer;
  readonly payload: Buffer;
  readonly consumed_at: Date | null;
  readonly expires_at: Date;
  readonly client_id: string | null;
  readonly account_id: string | null;
  readonly grant_hash: Buffer | null;
  readonly uid_hash: Buffer | null;
  readonly session_hash: Buffer | null;
}

/**
 * What one real sign-in, made a moment ago, left in the database: its rows are the pattern of all the others, so that
 * they are what this version of the service writes.
 */
export async function patternOf(url: string, vault: Vault): Promise<{ templates: Template[]; rows: number }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<Stored>('select * from oidc_models order by model');
  const signIn = await client.query<{ id: string; account_id: string }>(
    'select id, account_id from sign_ins where account_id = any ($1) order by created_at desc limit 1',
    [rows.flatMap(({ account_id }) => account_id ?? [])],
  );
  await client.end();
  const read = rows.map((row) => ({
    row,
    payload: createCodec(row.model, vault).unpack({ idHash: row.id_hash, payload: row.payload, consumedAt: undefined }),
  }));
  const names = new Map<string, string>();
  for (const { id, account_id } of signIn.rows) names.set(account_id, 'account').set(id, 'signIn');
  let began = Number.POSITIVE_INFINITY;
  for (const { row, payload } of read) {
    names.set(payload.jti ?? '', row.model);
    if (row.model === 'Session') names.set(String(payload.uid), 'uid');
    for (const { sid } of Object.values((payload.authorizations ?? {}) as Record<string, { sid?: string }>))
      if (sid) names.set(sid, 'sid');
    began = Math.min(began, Number(payload.iat));
  }
  const templates = read.map(({ row, payload }) => {
    const text = JSON.stringify(payload, (_, value: unknown) => {
      if (typeof value === 'string' && names.has(value)) return `§${names.get(value)}§`;
      if (typeof value === 'number' && value > began - 3600 && value < began + 1e8)
        return `§${value < began ? '' : '+'}${value - began}§`;
      return value;
    });
    return {
      model: row.model,
      pieces: text.replaceAll(/"§([+-]\d+)§"/g, '§$1§').split(HOLE),
      id: row.model,
      grant: row.grant_hash !== null,
      session: row.session_hash !== null,
      uid: row.uid_hash !== null,
      clientId: row.client_id,
      owned: row.account_id !== null,
      consumed: row.consumed_at !== null,
      expires: Math.round(row.expires_at.getTime() / 1000 - began),
    } satisfies Template;
  });
  return { templates, rows: templates.length };
}

/** Whose visit it is. */
export const ownerOf = (visit: number, accounts: number): number => (visit * 31) % accounts;

export type Age = 'purgeable' | 'expired' | 'live';
export const ageOf = (visit: number): Age => (['purgeable', 'expired', 'live'] as const)[visit % 3] as Age;

/** Live ones stay live for a day, so that what is measured hours later still finds them. */
function beganAt(visit: number, now: Date): Date {
  const spread = (visit * 7919) % 1000;
  const ago = { purgeable: 2 * 24 * HOUR + spread * 2.2e6, expired: 13 * HOUR + spread * 3e4, live: spread * 500 };
  return new Date(now.getTime() - ago[ageOf(visit)]);
}

export interface ModelParts {
  readonly url: string;
  readonly vault: Vault;
  readonly now: Date;
  readonly accounts: number;
  readonly templates: readonly Template[];
}

/** `visits` sign-ins, with session, grant and everything stored under them. */
export async function seedModels(
  { url, vault, now, accounts, templates }: ModelParts,
  visits: number,
): Promise<number> {
  const models = new Copy(url, 'oidc_models', [
    ...['model', 'id_hash', 'payload', 'grant_hash', 'uid_hash', 'session_hash', 'account_id', 'client_id'],
    ...['created_at', 'expires_at', 'consumed_at'],
  ]);
  const signIns = new Copy(url, 'sign_ins', [
    ...['id', 'account_id', 'client_id', 'mode', 'acr', 'amr', 'authenticated_at', 'created_at', 'password_at'],
  ]);
  const sessions = new Copy(url, 'sessions', [
    'uid_hash',
    'account_id',
    'sign_in_id',
    'user_agent',
    'started_at',
    'ended_at',
  ]);
  const grants = new Copy(url, 'session_grants', [
    ...['grant_hash', 'grant_id', 'session_hash', 'account_id', 'client_id', 'sign_in_id', 'sid', 'created_at'],
  ]);
  const tables = [models, signIns, sessions, grants];

  for (let visit = 0; visit < visits; visit += 1) {
    const began = beganAt(visit, now);
    const start = Math.floor(began.getTime() / 1000);
    const longer = ageOf(visit) === 'live' ? 24 * 3600 : 0;
    const textOf = (name: string): string => {
      if (/^[+-]/.test(name)) return String(start + Number(name) + (Number(name) > 5 ? longer : 0));
      if (name === 'account') return accountId(ownerOf(visit, accounts));
      return name === 'signIn' ? uuidOf('signIn', visit) : tokenOf(name, visit);
    };
    const [account, signIn, grant] = [textOf('account'), textOf('signIn'), textOf('Grant')];
    const [grantHash, uidHash] = [hashId(grant), hashId(textOf('uid'))];
    for (const { model, pieces, id, ...has } of templates) {
      const idHash = hashId(textOf(id));
      const payload = pieces.map((piece, i) => (i % 2 === 0 ? piece : textOf(piece))).join('');
      models.add(
        ...[model, idHash, vault.seal(payload, `${model}:${idHash.toString('hex')}`), has.grant ? grantHash : null],
        ...[has.uid ? uidHash : null, has.session ? uidHash : null, has.owned ? account : null, has.clientId, began],
        ...[new Date((start + has.expires + longer) * 1000), has.consumed ? began : null],
      );
    }
    signIns.add(signIn, account, 'ror', 'login-mdp', 'eidas1', '{pwd}', began, began, began);
    const ended = ageOf(visit) === 'live' || visit % 2 === 0 ? null : new Date(began.getTime() + HOUR);
    sessions.add(uidHash, account, signIn, 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0', began, ended);
    grants.add(grantHash, grant, uidHash, account, 'ror', signIn, tokenOf('sid', visit), began);
    if (visit % CHUNK === 0) for (const table of tables) await table.flush();
  }
  for (const table of tables) await table.end();
  return models.rows;
}

export const MODEL_TABLES = ['oidc_models', 'sign_ins', 'sessions', 'session_grants'] as const;
