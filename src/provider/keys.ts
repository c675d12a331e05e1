import { exportJWK, generateKeyPair, type JWK } from 'jose';

export const SIGNING_ALGS = ['RS256', 'ES256', 'EdDSA'] as const;
export type SigningAlg = (typeof SIGNING_ALGS)[number];

export interface SigningKey {
  readonly kid: string;
  readonly alg: SigningAlg;
  readonly state: 'next' | 'active' | 'retired';
  readonly privateJwk: JWK;
}

/** The keys in the database, private parts sealed; implemented by adapters/db/signing-keys.ts. */
export interface SigningKeys {
  /** Every key that may sign or verify: active first, then next, then retired. */
  list(): Promise<SigningKey[]>;
  /** Keeps the key unless its algorithm has an active one already: another replica may have been first. */
  insertFirst(key: Omit<SigningKey, 'state'>): Promise<void>;
}

async function generate(alg: SigningAlg): Promise<Omit<SigningKey, 'state'>> {
  const options = alg === 'RS256' ? { modulusLength: 2048 } : alg === 'EdDSA' ? { crv: 'Ed25519' } : {};
  const { privateKey } = await generateKeyPair(alg, { ...options, extractable: true });
  const kid = `${alg.toLowerCase()}-${crypto.randomUUID().slice(0, 8)}`;
  return { kid, alg, privateJwk: { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' } };
}

/**
 * The private JWKS of oidc-provider: the first suitable key signs, all verify. Missing keys are made once, whoever
 * starts first.
 */
export async function loadJwks(keys: SigningKeys): Promise<{ keys: JWK[] }> {
  let known = await keys.list();
  const missing = SIGNING_ALGS.filter((alg) => !known.some((key) => key.alg === alg && key.state === 'active'));
  if (missing.length > 0) {
    for (const alg of missing) await keys.insertFirst(await generate(alg));
    known = await keys.list();
  }
  return { keys: known.map(({ privateJwk }) => privateJwk) };
}
