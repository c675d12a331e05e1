import type { Log } from '../../src/log.ts';
import { type Deadline, DirectoryDown } from '../../src/structures/directory.ts';
import { isBySrv } from '../../src/structures/ldap-connector.ts';
import type { LdapStructure } from '../../src/structures/structure.ts';
import { remaining } from './servers.ts';
import { type ResolveSrv, recordName, serversNamed } from './srv-records.ts';

/** The servers to ask, in their order. @throws {DirectoryDown} when none is known */
export type ServerList = (by: Deadline) => Promise<readonly string[]>;

/**
 * Records are asked for again after so long, in milliseconds. Node.js does not say how long one lives; the DNS server that
 * is asked keeps it for as long as its TTL says, and no longer.
 */
const AGAIN = 60_000;
/** What looking them up may take of a sign-in. */
const SHARE = 0.25;

interface Known {
  readonly servers: readonly string[];
  readonly until: number;
}

export interface ListParts {
  readonly resolveSrv: ResolveSrv;
  readonly log: Pick<Log, 'warn'>;
  /** Milliseconds that only go forward. */
  readonly now?: () => number;
}

/** The servers of a structure, where need be by the records of their domain: the last ones known, while DNS does not answer. */
export function createServerList(structure: LdapStructure, parts: ListParts): ServerList {
  const { servers } = structure.connector;
  if (!servers.some(isBySrv)) return async () => servers;
  const looked = servers.map((server) =>
    isBySrv(server) ? lookedUp(structure.id, server, parts) : async () => [server],
  );
  let before: readonly string[] = [];
  return async (by) => {
    const all = [...new Set((await Promise.all(looked.map((one) => one(by)))).flat())];
    if (all.length === 0)
      throw new DirectoryDown('unreachable', `dns: ${servers.map(recordName).join(', ')} names no server`);
    // The same array means that nothing was looked up anew: see servers.ts.
    if (all.join() !== before.join()) before = all;
    return before;
  };
}

function lookedUp(
  id: string,
  server: string,
  { resolveSrv, log, now = () => performance.now() }: ListParts,
): ServerList {
  let known: Known = { servers: [], until: Number.NEGATIVE_INFINITY };
  let underWay: Promise<void> | undefined;

  async function lookUp(ms: number): Promise<void> {
    const line = { structure: id, record: recordName(server) };
    try {
      const named = serversNamed(server, await resolveSrv(line.record, ms));
      if (named.outside.length > 0)
        log.warn({ ...line, outside: named.outside }, 'servers outside of their domain are not asked');
      if (named.servers.length === 0) throw new Error('names no server');
      known = { servers: named.servers, until: now() + AGAIN };
    } catch (error) {
      log.warn(
        { ...line, said: (error as Error).message, asked: known.servers },
        'the servers of a directory could not be looked up: those known last are asked',
      );
      // Nobody waits for DNS again while there is somebody to ask.
      if (known.servers.length > 0) known = { ...known, until: now() + AGAIN };
    }
  }

  return async (by) => {
    if (now() >= known.until) {
      underWay ??= lookUp(remaining(by) * SHARE).finally(() => {
        underWay = undefined;
      });
      await underWay;
    }
    return known.servers;
  };
}
