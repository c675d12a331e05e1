import type { ModelName } from '../../config/models.ts';
import { DEFAULT_PREFIX, modelKeys } from '../../config/redis-keys.ts';
import type { Clock } from '../../src/clock.ts';
import type { RedisClient } from '../redis.ts';
import { BY_INDEX, CONSUME, PUT, REMOVE, REMOVE_BY_GRANT } from './redis-scripts.ts';
import type { FoundRow, ModelStore, Row } from './store.ts';

/** Seconds a row outlives its `exp`: the library reads with a tolerance, and answers better about what it still finds. */
const GRACE = 60;

/**
 * Models that may be lost. Every key has an end. A row is read with its index in one step, since a session id that
 * rotates in between would look like no session at all.
 */
export function createRedisStore(
  redis: RedisClient,
  now: Clock,
  model: ModelName,
  prefix = DEFAULT_PREFIX,
): ModelStore {
  // In braces: Redis Cluster keeps all that belongs to one model on one node, where a script reaches it in one step.
  const keys = modelKeys(prefix);
  const rows = `${keys}:{${model}}:`;
  const text = (hash: Buffer) => hash.toString('base64url');
  const rowKey = (idHash: Buffer) => rows + text(idHash);
  const indexKey = (index: 'grant' | 'uid' | 'code', hash: Buffer | undefined) =>
    hash ? `${keys}:${index}:{${model}}:${text(hash)}` : '';
  const run = scriptsOf(redis);

  async function write(row: Row, onlyNew: boolean): Promise<boolean> {
    if (row.life === undefined) throw new TypeError(`a ${model} without an end has no place in Redis`);
    const written = await run(
      'put',
      rowKey(row.idHash),
      text(row.idHash),
      row.payload,
      // A replay row covers the tolerance already, and must make room the moment it ends.
      (row.life + (onlyNew ? 0 : GRACE)) * 1000,
      indexKey('grant', row.grantHash),
      indexKey('uid', row.uidHash),
      indexKey('code', row.userCodeHash),
      onlyNew ? '1' : '',
    );
    return written === 1;
  }

  async function byIndex(key: string): Promise<FoundRow | undefined> {
    const found = (await run('byIndex', key, rows)) as [Buffer, Buffer | null, Buffer | null] | null;
    return found ? foundRow(Buffer.from(found[0].toString(), 'base64url'), found[1], found[2]) : undefined;
  }

  return {
    async put(row) {
      await write(row, false);
    },
    putNew: (row) => write(row, true),
    async byId(idHash) {
      const [payload, consumed] = await redis.hmgetBuffer(rowKey(idHash), 'payload', 'consumed');
      return foundRow(idHash, payload, consumed);
    },
    byUid: (uidHash) => byIndex(indexKey('uid', uidHash)),
    byUserCode: (userCodeHash) => byIndex(indexKey('code', userCodeHash)),
    consume: async (idHash) => (await run('consume', rowKey(idHash), now().getTime())) === 1,
    async remove(idHash) {
      await run('remove', rowKey(idHash), text(idHash));
    },
    async removeByGrant(grantHash) {
      await run('removeByGrant', indexKey('grant', grantHash), rows);
    },
  };
}

const SCRIPTS = { put: PUT, byIndex: BY_INDEX, consume: CONSUME, remove: REMOVE, removeByGrant: REMOVE_BY_GRANT };
type Script = keyof typeof SCRIPTS;
type Run = (script: Script, key: string, ...values: (string | Buffer | number)[]) => Promise<unknown>;

/** By their hash: the client sends a script's text again only to a Redis that does not know it, such as a restarted one. */
function scriptsOf(redis: RedisClient): Run {
  for (const [name, lua] of Object.entries(SCRIPTS)) {
    if (!(commandOf(name) in redis)) redis.defineCommand(commandOf(name), { numberOfKeys: 1, lua });
  }
  const commands = redis as unknown as Record<string, (...values: unknown[]) => Promise<unknown>>;
  return async (script, ...values) => commands[`${commandOf(script)}Buffer`]?.(...values);
}
const commandOf = (script: string) => `mire:${script}`;

function foundRow(
  idHash: Buffer,
  payload: Buffer | null | undefined,
  consumed: Buffer | null | undefined,
): FoundRow | undefined {
  if (!payload) return undefined;
  return { idHash, payload, consumedAt: consumed ? new Date(Number(consumed.toString())) : undefined };
}
