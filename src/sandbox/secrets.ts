import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const key = () => randomBytes(32).toString('base64');

/**
 * The sandbox's own secrets: made at the first start, kept beside its database, read by the owner alone.
 * Production never comes here.
 */
export function sandboxSecrets(dataDir: string) {
  const file = join(dataDir, 'secrets.json');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (!existsSync(file)) {
    const secrets = {
      COOKIE_KEYS: key(),
      DATA_KEYS: `1:${key()}`,
      INDEX_KEY: key(),
      PAIRWISE_KEY: key(),
      DPOP_KEY: key(),
    };
    try {
      // Exclusive: of two first starts one writes, the other reads.
      writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  chmodSync(file, 0o600);
  return JSON.parse(readFileSync(file, 'utf8')) as Record<
    'COOKIE_KEYS' | 'DATA_KEYS' | 'INDEX_KEY' | 'PAIRWISE_KEY' | 'DPOP_KEY',
    string
  >;
}
