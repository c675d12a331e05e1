import { createPublicKey, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { ExternalSigningKey, errors } from 'oidc-provider';

/**
 * Signing keys that never leave a KMS or an HSM. By default there is none, and the keys in the database sign; an adapter
 * in adapters/signer/ implements it.
 */
export interface Signer {
  /** Public keys, each with `kid` and `alg`; the first of an algorithm signs. */
  keys(): Promise<readonly JWK[]>;
  /** The signature in the form of a JWS (RFC 7518 §3): for ECDSA r and s side by side. */
  sign(alg: string, kid: string, bytes: Uint8Array): Promise<Uint8Array>;
}

/** What oidc-provider signs with in place of a private key. */
class SignerKey extends ExternalSigningKey {
  readonly #signer: Signer;
  readonly #public: KeyObject;
  readonly #names: { readonly kid: string; readonly alg: string };

  constructor(signer: Signer, jwk: JWK & { kid: string; alg: string }) {
    super();
    this.#signer = signer;
    this.#public = createPublicKey({ key: jwk as never, format: 'jwk' });
    this.#names = { kid: jwk.kid, alg: jwk.alg };
    Object.assign(this, this.#names);
  }

  override keyObject(): KeyObject {
    return this.#public;
  }

  override async sign(data: Uint8Array): Promise<Uint8Array> {
    try {
      return await this.#signer.sign(this.#names.alg, this.#names.kid, data);
    } catch (cause) {
      // The application may try again: nothing was issued.
      const away = new errors.TemporarilyUnavailable('the service cannot sign at the moment, try again', { cause });
      throw Object.assign(away, { status: 503, statusCode: 503 });
    }
  }
}

/** Keys for the front of the provider's JWKS. @throws when the signer offers none that can be used. */
export async function signerKeys(signer: Signer): Promise<ExternalSigningKey[]> {
  const keys = await signer.keys();
  return keys.map((jwk) => {
    if (!jwk.kid || !jwk.alg) throw new Error('each key of the signer needs kid and alg');
    return new SignerKey(signer, { ...jwk, kid: jwk.kid, alg: jwk.alg });
  });
}
