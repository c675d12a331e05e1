import { openDirectories } from '../../../src/main/structures.ts';
import { type Checked, createLeavers } from '../../../src/structures/leavers.ts';
import { checkNow } from '../../../src/structures/nightly-check.ts';
import type { LdapStructure } from '../../../src/structures/structure.ts';
import type { RunningMire } from '../mire.ts';

/** The check of a night, of one structure, now. */
export async function checkedNow({ sandbox: { parts, logout } }: RunningMire, id = 'chu'): Promise<Checked> {
  const directories = openDirectories(parts);
  try {
    const structure = (await parts.storage.structures.byId(id)) as LdapStructure;
    const leavers = createLeavers({ ...parts, directories, logout });
    return await checkNow({ ...parts, leavers }, structure);
  } finally {
    await directories.close();
  }
}
