import type { Storage } from '../storage.ts';
import { type StructureDefinition, secretFileOf, withoutSecret } from './structure.ts';

export type Saved = 'added' | 'changed' | 'unchanged' | 'secret-missing';

/** Keeps a structure as an administrator describes it, its secret sealed apart, with its audit line. */
export async function saveStructure(storage: Storage, given: StructureDefinition): Promise<Saved> {
  const { definition, secret } = withoutSecret(given);
  const { id, connector } = definition;
  const needed = connector.kind === 'oidc' || connector.bind_dn !== undefined;
  const elsewhere = secretFileOf({ ...definition, enabled: true, version: 0 }) !== undefined;
  return storage.transaction(async (tx) => {
    if (needed && !elsewhere && secret === undefined && (await tx.structures.secret(id)) === undefined)
      return 'secret-missing';
    const saved = await tx.structures.save(definition, secret);
    if (saved !== 'unchanged')
      await tx.audit.write({ event: `structure.${saved}`, details: { structure: id, connector: connector.kind } });
    return saved;
  });
}

/**
 * Opens or closes a structure to sign-ins. Sessions that came from it stay, since its people are still who they were, and
 * open nothing until it is open again: see src/assurance/may-open.ts.
 */
export async function enableStructure(storage: Storage, id: string, enabled: boolean): Promise<boolean> {
  return storage.transaction(async (tx) => {
    const changed = await tx.structures.setEnabled(id, enabled);
    if (changed)
      await tx.audit.write({ event: enabled ? 'structure.enabled' : 'structure.disabled', details: { structure: id } });
    return changed;
  });
}
