import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { Vault } from '../protection/secrets.ts';

/** Signs what the audit promises. Kept apart from the keys of tokens, which come and go. */
export interface CheckpointKey {
  sign(bytes: Uint8Array): Buffer;
  verify(bytes: Uint8Array, signature: Uint8Array): boolean;
  /** For an auditor, who checks without any secret of ours. */
  readonly publicKey: string;
}

/** RFC 8410 §7: an Ed25519 private key is this, then its 32 bytes. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Ed25519, derived from INDEX_KEY, which never changes: a line sealed years ago is still checked by the same key. */
export function createCheckpointKey(vault: Pick<Vault, 'derive'>): CheckpointKey {
  const secret = Buffer.concat([PKCS8, vault.derive('audit-checkpoint')]);
  const privateKey = createPrivateKey({ key: secret, format: 'der', type: 'pkcs8' });
  const publicKey: KeyObject = createPublicKey(privateKey);
  return {
    sign: (bytes) => sign(null, bytes, privateKey),
    verify: (bytes, signature) => verify(null, bytes, publicKey, signature),
    publicKey: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
  };
}
