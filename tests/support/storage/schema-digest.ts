import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

const ROOT = new URL('../../../', import.meta.url);

/**
 * Names a schema by all it comes from: our migrations, the libraries whose tables it has (versions in the lock), and the
 * month in which it was made, from which the audit's months are counted.
 */
export function schemaDigest(now = new Date()): string {
  const digest = createHash('sha256').update(readFileSync(new URL('package-lock.json', ROOT)));
  const folder = new URL('migrations/', ROOT);
  for (const name of readdirSync(folder).sort()) digest.update(name).update(readFileSync(new URL(name, folder)));
  digest.update(now.toISOString().slice(0, 7));
  return digest.digest('hex').slice(0, 16);
}
