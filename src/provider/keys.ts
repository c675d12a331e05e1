import { exportJWK, generateKeyPair, type JWK } from 'jose';

export const SIGNING_ALGS = ['RS256', 'ES256', 'EdDSA'] as const;
export type SigningAlg = (typeof SIGNING_ALGS)[number];

/** A key as everybody may see it. */
export interface ListedKey {
  readonly kid: string;
  readonly alg: SigningAlg;
  readonly state: 'next' | 'active' | 'retired';
  readonly createdAt: Date;
  /** When one that waits will sign. */
  readonly activateAt: Date | undefined;
  readonly activatedAt: Date | undefined;
  readonly retiredAt: Date | undefined;
}

export interface NewKey {
  readonly kid: string;
  readonly alg: SigningAlg;
  readonly privateJwk: JWK;
}

/**
 * The keys in the database, private parts sealed; implemented by adapters/db/signing-keys.ts. Every change is a
 * compare-and-set that leaves its audit line in the same transaction: several workers and an administrator may act at
 * once.
 */
export interface SigningKeys {
  /** Every key that may sign or verify: active first, then next, then retired. */
  list(): Promise<ListedKey[]>;
  /** The same, ready to sign. */
  open(): Promise<JWK[]>;
  /** Keeps the key unless its algorithm has an active one already: another replica may have been first. */
  insertFirst(key: NewKey, at: Date): Promise<void>;
  /** @returns false when a key of the algorithm waits already. */
  insertNext(key: NewKey, at: Date, activateAt: Date): Promise<boolean>;
  /** A key that waits signs at `at` if it was to sign later. */
  hasten(kid: string, at: Date): Promise<boolean>;
  /** `next` signs from now on, `active` only verifies. @returns false when either has moved meanwhile. */
  turn(active: string, next: string, at: Date): Promise<boolean>;
  /** @returns false unless the key was retired by then: a process that has not looked yet may sign with it still. */
  remove(kid: string, retiredBy: Date): Promise<boolean>;
}

export async function generateKey(alg: SigningAlg): Promise<NewKey> {
  const options = alg === 'RS256' ? { modulusLength: 2048 } : alg === 'EdDSA' ? { crv: 'Ed25519' } : {};
  const { privateKey } = await generateKeyPair(alg, { ...options, extractable: true });
  const kid = `${alg.toLowerCase()}-${crypto.randomUUID().slice(0, 8)}`;
  return { kid, alg, privateJwk: { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' } };
}

/**
 * The private JWKS of oidc-provider: the first suitable key signs, all verify. Missing keys are made once, whoever
 * starts first.
 */
export async function loadJwks(keys: SigningKeys, now: Date): Promise<{ keys: JWK[] }> {
  const known = await keys.list();
  for (const alg of SIGNING_ALGS) {
    if (!known.some((key) => key.alg === alg && key.state === 'active'))
      await keys.insertFirst(await generateKey(alg), now);
  }
  return { keys: await keys.open() };
}
