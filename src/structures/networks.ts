import ipaddr from 'ipaddr.js';
import type { Clock } from '../clock.ts';
import type { Structures } from './structures.ts';

/** Every first page of a sign-in asks for the networks: they are read anew this often, in milliseconds. */
const NETWORKS_LIFE = 30_000;

type Range = ReturnType<typeof ipaddr.parseCIDR>;

function rangeOf(network: string): Range {
  if (ipaddr.isValidCIDR(network)) return ipaddr.parseCIDR(network);
  const one = ipaddr.process(network);
  return [one, one.kind() === 'ipv4' ? 32 : 128];
}

/** The id of the structure in whose network an address is: the narrowest network decides. */
export function createNetworks(clock: Clock) {
  let known: { readonly readAt: number; readonly list: readonly { range: Range; id: string }[] } | undefined;

  async function ranges(structures: Pick<Structures, 'networks'>) {
    const now = clock().getTime();
    if (!known || now - known.readAt > NETWORKS_LIFE || now < known.readAt) {
      const all = await structures.networks();
      const list = all.map(({ id, network }) => ({ id, range: rangeOf(network) }));
      known = { readAt: now, list: list.sort((a, b) => b.range[1] - a.range[1]) };
    }
    return known.list;
  }

  /** @param storage of the transaction under way, where there is one */
  return async (
    { structures }: { readonly structures: Pick<Structures, 'networks'> },
    address: string,
  ): Promise<string | undefined> => {
    const list = await ranges(structures);
    if (list.length === 0 || !ipaddr.isValid(address)) return undefined;
    const from = ipaddr.process(address);
    return list.find(({ range }) => range[0].kind() === from.kind() && from.match(range as never))?.id;
  };
}
