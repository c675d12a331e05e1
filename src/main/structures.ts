import { readFileSync } from 'node:fs';
import { openDirectory } from '../../adapters/ldap/directory.ts';
import { createUpstreamProvider } from '../../adapters/upstream/oidc.ts';
import type { Admission } from '../protection/admission.ts';
import type { Logout } from '../provider/logout.ts';
import { createStructureDesk, type StructureDesk } from '../structures/desk.ts';
import { type Directories, type Directory, DirectoryDown, type ServiceSecret } from '../structures/directory.ts';
import type { Providers } from '../structures/provider-sign-in.ts';
import { type LdapStructure, type Structure, secretFileOf, sourceOf } from '../structures/structure.ts';
import type { UpstreamProvider } from '../upstream/provider.ts';
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

/** The secret of a directory's service account, and whether the directory has refused it. */
export async function serviceSecretOf(
  { storage, log }: Pick<Parts, 'storage' | 'log'>,
  structure: LdapStructure,
): Promise<ServiceSecret> {
  const read = await secretOf({ storage }, structure);
  const { id, connector } = structure;
  const account = connector.bind_dn ?? '';
  return {
    read,
    refused: () => storage.structures.isRefused(id, account, read() ?? ''),
    async refuse(said) {
      if (await storage.structures.refuseSecret(id, account, read() ?? ''))
        log.error(
          { structure: id, said },
          'a directory refused its service account: it is not asked again with this secret',
        );
    },
    accept: () => storage.structures.acceptSecret(id),
  };
}

/** One open directory for each structure; a definition that has changed opens another one. */
export function openDirectories(parts: Pick<Parts, 'storage' | 'log' | 'clock'>): Directories {
  const open = new Map<string, { readonly version: number; readonly directory: Directory }>();
  return {
    async of(structure) {
      const known = open.get(structure.id);
      if (known?.version === structure.version) return known.directory;
      const { log, clock } = parts;
      const directory = openDirectory(structure, { secret: await serviceSecretOf(parts, structure), log, clock });
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

const SLASH = /\/$/;

/** One provider for each structure, on the road of Pro Santé Connect. */
export function openProviders(parts: Pick<Parts, 'settings' | 'storage' | 'clock'>): Providers {
  const { settings, storage, clock } = parts;
  const open = new Map<string, { readonly version: number; readonly provider: UpstreamProvider }>();
  return {
    async of(structure) {
      const known = open.get(structure.id);
      if (known?.version === structure.version) return known.provider;
      const { id, connector } = structure;
      const secret = (await secretOf({ storage }, structure))() ?? '';
      const provider = createUpstreamProvider({
        settings: {
          id: sourceOf(structure),
          issuer: connector.issuer,
          metadata: { discoveryUrl: `${connector.issuer.replace(SLASH, '')}/.well-known/openid-configuration` },
          clientId: connector.client_id,
          authentication: { method: 'client_secret_basic', secret },
          redirectUri: `${settings.ISSUER}/callback/structure/${id}`,
          scope: connector.scope,
          ...(connector.acr_values ? { parameters: { acr_values: connector.acr_values } } : {}),
          timeout: connector.timeout,
          loopback: settings.MIRE_ENV === 'sandbox',
        },
        internalHosts: settings.INTERNAL_HOSTS,
        clock,
      });
      open.set(id, { version: structure.version, provider });
      return provider;
    },
  };
}

/** Where people of a structure sign in, and what must be closed with it. */
export function openStructureDesk(
  parts: Parts & { readonly admission: Admission },
  logout: Logout,
  providers: Providers,
): { desk: StructureDesk; close(): Promise<void> } {
  const directories = openDirectories(parts);
  const desk = createStructureDesk({ ...parts, directories, providers, logout });
  return { desk, close: directories.close };
}
