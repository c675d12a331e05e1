import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hash,
  hkdfSync,
  randomBytes,
} from 'node:crypto';
import { ConfigError } from '../http/errors.ts';

/**
 * Secrets at rest. Random values of 128 bits or more are looked up by SHA-256; guessable ones (national ids, addresses,
 * user codes) by HMAC under a key. What must be read again is sealed with AES-256-GCM under a versioned key, with the
 * row it belongs to as associated data, so that a sealed value moved to another row does not open.
 */
export interface Vault {
  /** Of the key that seals. */
  readonly version: number;
  /** Whether it has the key of this version. */
  knows(version: number): boolean;
  /** `<version byte × 2><nonce 12><tag 16><ciphertext>` */
  seal(plain: string | Uint8Array, context: string): Buffer;
  /** @throws when the value, its context or its key version is not the one that sealed it. */
  open(sealed: Uint8Array, context: string): Buffer;
  /** Keyed hash of something that could be guessed. */
  index(value: string, context: string): Buffer;
  /** A key of its own for one purpose, derived from the index key (HKDF, RFC 5869). */
  derive(purpose: string): Buffer;
}

/** Ends a start with a sentence; a request that meets it fails like any other. */
export class DataKeyMissing extends ConfigError {
  constructor(version: number) {
    super(
      `DATA_KEYS: no key of version ${version}, which seals what stands in the database. ` +
        'Give it back; when it is lost for good, see docs/operations.md, "What to keep apart"',
    );
  }
}

export const hashId = (value: string): Buffer => hash('sha256', value, 'buffer');

export const randomToken = (bytes = 32): string => randomBytes(bytes).toString('base64url');

/**
 * @param dataKeys `<version>:<base64>` each, the first one seals
 * @param indexKey 32 bytes in base64
 */
export function createVault(dataKeys: readonly string[], indexKey: string): Vault {
  // Key objects: bytes would be made into one at every call, at five times the cost of the call.
  const keys = new Map(
    dataKeys.map((item) => {
      const [version = '', key = ''] = item.split(':', 2);
      return [Number(version), createSecretKey(key, 'base64')] as const;
    }),
  );
  const [current] = keys.keys();
  if (current === undefined) throw new Error('a vault needs a key');
  const index = createSecretKey(indexKey, 'base64');

  const keyOf = (version: number) => {
    const key = keys.get(version);
    if (!key) throw new DataKeyMissing(version);
    return key;
  };

  return {
    version: current,
    knows: (version) => keys.has(version),
    seal(plain, context) {
      const nonce = randomBytes(12);
      const head = Buffer.alloc(2);
      head.writeUInt16BE(current);
      const cipher = createCipheriv('aes-256-gcm', keyOf(current), nonce).setAAD(Buffer.from(context));
      // In this mode everything comes out of `update`; `final` makes the tag.
      const body = cipher.update(plain);
      cipher.final();
      return Buffer.concat([head, nonce, cipher.getAuthTag(), body]);
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      const decipher = createDecipheriv('aes-256-gcm', keyOf(bytes.readUInt16BE(0)), bytes.subarray(2, 14));
      decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(14, 30));
      const plain = decipher.update(bytes.subarray(30));
      // Throws when the tag is not that of what was just read.
      decipher.final();
      return plain;
    },
    index: (value, context) => createHmac('sha256', index).update(context).update('\0').update(value).digest(),
    derive: (purpose) => Buffer.from(hkdfSync('sha256', index, Buffer.alloc(0), purpose, 32)),
  };
}
