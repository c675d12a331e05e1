import type { Storage } from '../storage.ts';
import { type StructureDefinition, secretFileOf, staysAmongHearers, withoutSecret } from './structure.ts';

export type Saved = 'added' | 'changed' | 'unchanged' | 'secret-missing';

/**
 * Keeps a structure as an administrator describes it, its secret sealed apart, with its audit line. Whoever points it at
 * another host gives its secret again: the one that is kept was given for the former, and goes.
 */
export async function saveStructure(storage: Storage, given: StructureDefinition): Promise<Saved> {
  const { definition, secret } = withoutSecret(given);
  const { id, connector } = definition;
  const needed = connector.kind === 'oidc' || connector.bind_dn !== undefined;
  const elsewhere = secretFileOf({ ...definition, enabled: true, version: 0 }) !== undefined;
  return storage.transaction(async (tx) => {
    const before = await tx.structures.byId(id);
    const kept = before !== undefined && staysAmongHearers(before, definition);
    if (needed && !elsewhere && secret === undefined && !(kept && (await tx.structures.secret(id)) !== undefined))
      return 'secret-missing';
    const saved = await tx.structures.save(definition, secret === undefined ? { kept } : { given: secret });
    if (saved !== 'unchanged')
      await tx.audit.write({ event: `structure.${saved}`, details: { structure: id, connector: connector.kind } });
    return saved;
  });
}

/**
 * Opens or closes a structure to sign-ins. What rests on the word of one that is closed opens nothing from then on: see
 * src/assurance/may-open.ts; whoever closes it ends it, too: see `endAll` of the leavers.
 */
export async function enableStructure(storage: Storage, id: string, enabled: boolean): Promise<boolean> {
  return storage.transaction(async (tx) => {
    const changed = await tx.structures.setEnabled(id, enabled);
    if (changed)
      await tx.audit.write({ event: enabled ? 'structure.enabled' : 'structure.disabled', details: { structure: id } });
    return changed;
  });
}
