import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

const ROOT = new URL('../../../', import.meta.url);

/** Names a schema by all it comes from: our migrations, and the libraries whose tables it has (versions in the lock). */
export function schemaDigest(): string {
  const digest = createHash('sha256').update(readFileSync(new URL('package-lock.json', ROOT)));
  const folder = new URL('migrations/', ROOT);
  for (const name of readdirSync(folder).sort()) digest.update(name).update(readFileSync(new URL(name, folder)));
  return digest.digest('hex').slice(0, 16);
}
