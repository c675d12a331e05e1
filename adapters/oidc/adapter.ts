import Provider, { type Adapter, type AdapterFactory, type AdapterPayload, errors } from 'oidc-provider';
import { MODELS, type ModelName } from '../../config/models.ts';
import type { Clock } from '../../src/clock.ts';
import { hashId, type Vault } from '../../src/protection/secrets.ts';
import type { Database } from '../db/database.ts';
import type { RedisClient } from '../redis.ts';
import { reach } from '../unavailable.ts';
import { createClientStore } from './client-store.ts';
import { type Codec, createCodec } from './codec.ts';
import { CompanionShelf } from './companions.ts';
import { createPostgresStore } from './postgres.ts';
import { createRedisStore } from './redis.ts';
import { Rotations } from './rotations.ts';
import { SessionTouch } from './session-touch.ts';
import type { FoundRow, ModelStore } from './store.ts';

export interface AdapterParts {
  readonly database: Database;
  /** Without it, short-lived models stand in PostgreSQL too. */
  readonly redis?: RedisClient | undefined;
  readonly redisPrefix?: string;
  readonly vault: Vault;
  readonly now: Clock;
  /** The request being answered, when the library is answering one. */
  readonly request?: () => object | undefined;
  /** Where others leave rows that they read along with theirs. */
  readonly shelf?: CompanionShelf;
}

/** oidc-provider's storage: each model where config/models.ts says. */
export function createAdapterFactory({
  database,
  redis,
  redisPrefix,
  vault,
  now,
  request = () => Provider.ctx,
  shelf = new CompanionShelf(request),
}: AdapterParts): AdapterFactory {
  const storeOf = (name: ModelName): ModelStore => {
    if (name === 'Client') return createClientStore(database, now, request);
    return redis && MODELS[name] === 'short-lived'
      ? createRedisStore(redis, now, name, redisPrefix)
      : createPostgresStore(database, now, name, redis === undefined);
  };
  return (name) => {
    if (!isModel(name)) throw new TypeError(`config/models.ts does not say where a ${name} lives`);
    const store = storeOf(name);
    const touch = name === 'Session' ? new SessionTouch(request) : undefined;
    const rotations = name === 'RefreshToken' && store.succeed ? new Rotations(request, store.succeed) : undefined;
    return new ModelAdapter({ model: name, store, codec: createCodec(name, vault), touch, shelf, rotations });
  };
}

const isModel = (name: string): name is ModelName => Object.hasOwn(MODELS, name);

interface ModelParts {
  readonly model: ModelName;
  readonly store: ModelStore;
  readonly codec: Codec;
  readonly touch: SessionTouch | undefined;
  readonly shelf: CompanionShelf;
  readonly rotations: Rotations | undefined;
}

class ModelAdapter implements Adapter {
  readonly #model: ModelName;
  readonly #store: ModelStore;
  readonly #codec: Codec;
  readonly #touch: SessionTouch | undefined;
  readonly #shelf: CompanionShelf;
  readonly #rotations: Rotations | undefined;

  constructor({ model, store, codec, touch, shelf, rotations }: ModelParts) {
    this.#model = model;
    this.#store = store;
    this.#codec = codec;
    this.#touch = touch;
    this.#shelf = shelf;
    this.#rotations = rotations;
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    if (this.#touch?.isNeedless(id, payload)) return;
    const row = this.#codec.pack(id, payload, expiresIn);
    const rotated = this.#rotations?.save(row);
    if (rotated) {
      if (!(await reach(rotated))) throw this.#spent();
    } else if (this.#model !== 'ReplayDetection') await reach(this.#store.put(row));
    // The library looks, then saves: of two that looked at once only the insert can tell which came first.
    else if (!(await reach(this.#store.putNew(row)))) throw replayed();
    this.#touch?.remember(id, payload);
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const payload = this.#read(await this.#found(hashId(id)));
    if (payload) this.#touch?.remember(id, payload);
    return payload;
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    const hash = hashId(uid);
    const kept = this.#model === 'Session' ? this.#shelf.take('Session', hash) : undefined;
    return this.#read(kept ? kept.row : await reach(this.#store.byUid(hash)));
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.#read(await reach(this.#store.byUserCode(this.#codec.userCodeHash(userCode))));
  }

  /**
   * The loser of a race gets an error and nothing else happens. The library revokes the whole family when it *reads*
   * `consumed`, so whoever presents the value again, the loser included, ends it; revoking here already would sign out
   * people whose own browser sent one request twice in the same instant.
   */
  async consume(id: string): Promise<void> {
    const hash = hashId(id);
    if (this.#rotations?.note(hash)) return;
    if (!(await reach(this.#store.consume(hash)))) throw this.#spent();
  }

  async destroy(id: string): Promise<void> {
    this.#touch?.forget();
    await reach(this.#store.remove(hashId(id)));
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await reach(this.#store.removeByGrant(hashId(grantId)));
  }

  #spent(): Error {
    // A pushed request is consumed at /authorize, where invalid_grant means nothing (RFC 9126 §4).
    if (this.#model === 'PushedAuthorizationRequest')
      return new errors.InvalidRequestUri('request_uri is invalid, expired, or was already used');
    return new errors.InvalidGrant(`${this.#model} was already used, or is gone`);
  }

  async #found(hash: Buffer): Promise<FoundRow | undefined> {
    const kept = this.#model === 'Grant' ? this.#shelf.take('Grant', hash) : undefined;
    if (kept) return kept.row;
    const found = await reach(this.#store.byId(hash));
    if (found?.companions) this.#shelf.keep(found.companions);
    return found;
  }

  #read(found: FoundRow | undefined): AdapterPayload | undefined {
    return found && this.#codec.unpack(found);
  }
}

/** What the library itself answers when it sees the second use: RFC 7523 §3.2 for assertions, RFC 9449 §5 for proofs. */
function replayed(): Error {
  return Provider.ctx?.oidc.params?.client_assertion
    ? new errors.InvalidClientAuth('client assertion tokens must only be used once')
    : new errors.InvalidDpopProof('DPoP proof JWT Replay detected');
}
