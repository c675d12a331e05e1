import type { Pace } from '../../config/pace.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Admission } from '../protection/admission.ts';
import type { Vault } from '../protection/secrets.ts';
import type { Logout } from '../provider/logout.ts';
import type { Storage } from '../storage.ts';
import { createBreaker } from './breaker.ts';
import type { Directories } from './directory.ts';
import { createLeavers } from './leavers.ts';
import { createNetworks } from './networks.ts';
import { createPasswordCheck, type PasswordCheck } from './password-check.ts';
import { createProviderSignIn, type ProviderSignIn, type Providers } from './provider-sign-in.ts';
import type { Structure } from './structure.ts';

/** Where the structures of this deployment are asked about their people. */
export interface StructureDesk {
  readonly passwords: PasswordCheck;
  readonly provider: ProviderSignIn;
  /** The open structure in whose network this address is: the narrowest network decides. */
  near(address: string): Promise<Structure | undefined>;
  /** Open ones, by id or FINESS. */
  named(idOrFiness: string): Promise<Structure | undefined>;
}

export interface StructureDeskParts {
  readonly storage: Storage;
  readonly directories: Directories;
  readonly providers: Providers;
  readonly vault: Vault;
  readonly admission: Admission;
  readonly logout: Logout;
  readonly clock: Clock;
  readonly log: Log;
  readonly pace: Pick<Pace, 'refusal' | 'directoryTurn'>;
}

export function createStructureDesk(parts: StructureDeskParts): StructureDesk {
  const { storage, clock } = parts;
  const network = createNetworks(clock);

  const open = async (id: string) => {
    const structure = await storage.structures.byId(id);
    return structure?.enabled ? structure : undefined;
  };

  return {
    passwords: createPasswordCheck({
      ...parts,
      breaker: createBreaker(clock, parts.pace),
      leavers: createLeavers(parts),
    }),

    provider: createProviderSignIn(parts),

    async near(address) {
      const id = await network(storage, address);
      return id === undefined ? undefined : open(id);
    },

    async named(idOrFiness) {
      if (idOrFiness.length > 40) return undefined;
      return (await open(idOrFiness)) ?? (await storage.structures.byFiness(idOrFiness));
    },
  };
}
