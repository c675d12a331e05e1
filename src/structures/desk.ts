import ipaddr from 'ipaddr.js';
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

/** Every first page of a sign-in asks for the networks: they are read anew this often, in milliseconds. */
const NETWORKS_LIFE = 30_000;

type Range = ReturnType<typeof ipaddr.parseCIDR>;

function rangeOf(network: string): Range {
  if (ipaddr.isValidCIDR(network)) return ipaddr.parseCIDR(network);
  const one = ipaddr.process(network);
  return [one, one.kind() === 'ipv4' ? 32 : 128];
}

export function createStructureDesk(parts: StructureDeskParts): StructureDesk {
  const { storage, clock } = parts;
  let networks: { readonly readAt: number; readonly list: readonly { range: Range; id: string }[] } | undefined;

  async function ranges() {
    const now = clock().getTime();
    if (!networks || now - networks.readAt > NETWORKS_LIFE || now < networks.readAt) {
      const all = await storage.structures.networks();
      const list = all.map(({ id, network }) => ({ id, range: rangeOf(network) }));
      networks = { readAt: now, list: list.sort((a, b) => b.range[1] - a.range[1]) };
    }
    return networks.list;
  }

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
      const list = await ranges();
      if (list.length === 0 || !ipaddr.isValid(address)) return undefined;
      const from = ipaddr.process(address);
      const found = list.find(({ range }) => range[0].kind() === from.kind() && from.match(range as never));
      return found && open(found.id);
    },

    async named(idOrFiness) {
      if (idOrFiness.length > 40) return undefined;
      return (await open(idOrFiness)) ?? (await storage.structures.byFiness(idOrFiness));
    },
  };
}
