import { Resolver } from 'node:dns/promises';
import { within } from './connection.ts';

/** A record of RFC 2782. */
export interface ServiceRecord {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

/** @param ms by when it has answered, or fails */
export type ResolveSrv = (name: string, ms: number) => Promise<readonly ServiceRecord[]>;

/** Whoever looks at a list of servers has at most so many before them. */
const MOST = 8;

/** Asks the DNS servers of this machine, or these: what they have kept they give for as long as its TTL says. */
export function systemSrv(servers?: readonly string[]): ResolveSrv {
  return (name, ms) => {
    const resolver = new Resolver({ timeout: Math.max(100, Math.floor(ms / 2)), tries: 2 });
    if (servers) resolver.setServers(servers);
    const late = () => {
      resolver.cancel();
      return new Error(`no answer within ${(ms / 1000).toFixed(1)} s`);
    };
    return within(ms, late, (done, fail) => {
      resolver.resolveSrv(name).then(done, fail);
    });
  };
}

/** In the order in which they are tried: by priority, and among equals by chance, as their weights have it (RFC 2782). */
export function inOrder(records: readonly ServiceRecord[], random: () => number = Math.random): ServiceRecord[] {
  const order: ServiceRecord[] = [];
  for (const priority of [...new Set(records.map((one) => one.priority))].sort((a, b) => a - b)) {
    // Those of weight 0 first: they are chosen now and then beside heavier ones.
    const left = records.filter((one) => one.priority === priority).sort((a, b) => a.weight - b.weight);
    while (left.length > 0) {
      const total = left.reduce((sum, { weight }) => sum + weight, 0);
      const drawn = Math.floor(random() * (total + 1));
      let at = 0;
      for (let sum = left[0]?.weight ?? 0; sum < drawn; sum += left[at]?.weight ?? 0) at += 1;
      order.push(...left.splice(at, 1));
    }
  }
  return order;
}

/** `chu.example` of `paris._sites.dc._msdcs.chu.example`. */
export const zoneOf = (domain: string): string =>
  domain
    .slice(domain.lastIndexOf('._') + 1)
    .replace(/^_[^.]*\./, '')
    .toLowerCase();

/**
 * The servers that these records of a domain name. DNS answers whatever somebody on the way wants: the certificate is
 * checked against the name in the record, so that only a host within the domain may be named, whose certificate nobody
 * else gets from an authority that others use too. A server elsewhere is written as it is.
 */
export function serversNamed(
  server: string,
  records: readonly ServiceRecord[],
  random?: () => number,
): { readonly servers: readonly string[]; readonly outside: readonly string[] } {
  const { protocol, hostname, port } = new URL(server);
  const zone = zoneOf(hostname);
  const isInside = ({ name }: ServiceRecord) => name.toLowerCase() === zone || name.toLowerCase().endsWith(`.${zone}`);
  const named = records.filter(({ name }) => name !== '' && name !== '.');
  const inside = inOrder(named.filter(isInside), random).slice(0, MOST);
  return {
    servers: inside.map((record) =>
      // The record is of LDAP, and so is its port: LDAPS has its own.
      protocol === 'ldaps+srv:' ? `ldaps://${record.name}:${port || 636}` : `ldap://${record.name}:${record.port}`,
    ),
    outside: named.filter((record) => !isInside(record)).map(({ name }) => name),
  };
}

export const recordName = (server: string): string => `_ldap._tcp.${new URL(server).hostname.toLowerCase()}`;
