import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CryptoKeyPair } from 'openid-client';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };

/**
 * The key that is this device. Here a file that its owner alone reads; a real application keeps it where the system keeps
 * keys (TPM, Secure Enclave, key store), so that it cannot be copied.
 */
export async function deviceKey(folder: string): Promise<CryptoKeyPair> {
  const path = join(folder, 'device-key.json');
  if (existsSync(path)) return read(path);
  const pair = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(path, JSON.stringify(await crypto.subtle.exportKey('jwk', pair.privateKey)), { mode: 0o600 });
  chmodSync(path, 0o600);
  return pair;
}

async function read(path: string): Promise<CryptoKeyPair> {
  const jwk = JSON.parse(readFileSync(path, 'utf8')) as { kty: string; crv: string; x: string; y: string };
  const { kty, crv, x, y } = jwk;
  const [privateKey, publicKey] = await Promise.all([
    crypto.subtle.importKey('jwk', jwk, ALGORITHM, false, ['sign']),
    crypto.subtle.importKey('jwk', { kty, crv, x, y }, ALGORITHM, true, ['verify']),
  ]);
  return { privateKey, publicKey };
}
