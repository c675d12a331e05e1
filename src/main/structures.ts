import { readFileSync } from 'node:fs';
import { openDirectory } from '../../adapters/ldap/directory.ts';
import type { Logout } from '../provider/logout.ts';
import { createStructureDesk, type StructureDesk } from '../structures/desk.ts';
import { type Directories, type Directory, DirectoryDown } from '../structures/directory.ts';
import { type Structure, secretFileOf } from '../structures/structure.ts';
import type { Parts } from './parts.ts';

/** What a structure wants to be asked with: a file is read each time, so that a new secret needs no new start. */
export async function secretOf(
  { storage }: Pick<Parts, 'storage'>,
  structure: Structure,
): Promise<() => string | undefined> {
  const file = secretFileOf(structure);
  if (file === undefined) {
    const secret = await storage.structures.secret(structure.id);
    return () => secret;
  }
  return () => {
    try {
      return readFileSync(file, 'utf8').trim();
    } catch (error) {
      throw new DirectoryDown('misconfigured', 'the file of the secret cannot be read', error);
    }
  };
}

/** One open directory for each structure; a definition that has changed opens another one. */
export function openDirectories(parts: Pick<Parts, 'storage' | 'log'>): Directories {
  const open = new Map<string, { readonly version: number; readonly directory: Directory }>();
  return {
    async of(structure) {
      const known = open.get(structure.id);
      if (known?.version === structure.version) return known.directory;
      const directory = openDirectory(structure, await secretOf(parts, structure), parts.log);
      open.set(structure.id, { version: structure.version, directory });
      await known?.directory.close();
      return directory;
    },
    async close() {
      await Promise.all([...open.values()].map(({ directory }) => directory.close()));
      open.clear();
    },
  };
}

/** Where people of a structure sign in, and what must be closed with it. */
export function openStructureDesk(parts: Parts, logout: Logout): { desk: StructureDesk; close(): Promise<void> } {
  const directories = openDirectories(parts);
  return { desk: createStructureDesk({ ...parts, directories, logout }), close: directories.close };
}
