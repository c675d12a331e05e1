import type { AdapterPayload } from 'oidc-provider';
import type { ModelName } from '../../config/models.ts';
import { hashId, type Vault } from '../../src/protection/secrets.ts';
import type { FoundRow, Row } from './store.ts';

/** One hundred years: a client may write any `exp` in an assertion, and neither store can hold every number. */
const LONGEST_LIFE = 100 * 365 * 24 * 60 * 60;
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** A model's payload ⇄ what a store may hold: ids hashed, the payload sealed to its row. */
export interface Codec {
  pack(id: string, payload: AdapterPayload, expiresIn: number | undefined): Row;
  unpack(found: FoundRow): AdapterPayload;
  /** Short enough to be guessed from a plain hash, so keyed. */
  userCodeHash(userCode: string): Buffer;
}

export function createCodec(model: ModelName, vault: Vault): Codec {
  // Moved to another row, or to another model, a sealed payload does not open.
  const context = (idHash: Buffer) => `${model}:${idHash.toString('hex')}`;
  const userCodeHash = (userCode: string) => vault.index(userCode, 'user-code');

  return {
    userCodeHash,
    pack(id, payload, expiresIn) {
      const idHash = hashId(id);
      const { grantId, uid, sessionUid, userCode, accountId, clientId } = payload;
      return {
        idHash,
        payload: vault.seal(JSON.stringify(payload), context(idHash)),
        grantHash: grantId ? hashId(grantId) : undefined,
        uidHash: uid ? hashId(uid) : undefined,
        sessionHash: typeof sessionUid === 'string' ? hashId(sessionUid) : undefined,
        userCodeHash: userCode ? userCodeHash(userCode) : undefined,
        accountId: accountId && UUID.test(accountId) ? accountId : undefined,
        clientId,
        life: lifeOf(expiresIn),
      };
    },
    unpack({ idHash, payload: sealed, consumedAt }) {
      const payload = JSON.parse(vault.open(sealed, context(idHash)).toString('utf8')) as AdapterPayload;
      if (consumedAt) payload.consumed = Math.floor(consumedAt.getTime() / 1000);
      return payload;
    },
  };
}

/** Rounded up, so that nothing ends before the library thinks it does (a client writes fractions into `exp`). */
function lifeOf(expiresIn: number | undefined): number | undefined {
  if (expiresIn === undefined) return undefined;
  return Math.min(Math.max(Math.ceil(expiresIn), 1), LONGEST_LIFE);
}
