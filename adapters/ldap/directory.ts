import { randomUUID } from 'node:crypto';
import { AndFilter, type Client, type Entry, EqualityFilter, type Filter, FilterParser } from 'ldapts';
import type { Clock } from '../../src/clock.ts';
import type { Log } from '../../src/log.ts';
import { type Directory, deadlineOf, type Found, type ServiceSecret } from '../../src/structures/directory.ts';
import { idAttributeOf, isDomain } from '../../src/structures/ldap-connector.ts';
import type { Standing } from '../../src/structures/reading.ts';
import type { LdapStructure } from '../../src/structures/structure.ts';
import { isTooMany } from './answers.ts';
import { diagnose } from './diagnosis.ts';
import { BINARY, entryIdOf, firstOf, toEntry } from './entry.ts';
import { anybodyIn, loginFilter } from './login-filter.ts';
import { inBatches, withIds } from './many.ts';
import { attributesOf, ownerAmong } from './person.ts';
import { createPool } from './pool.ts';
import { rolesOf } from './roles.ts';
import { readRoles } from './roles-of-many.ts';
import { createServerList } from './server-list.ts';
import { type ResolveSrv, systemSrv } from './srv-records.ts';
import { standingAttributes, standingOf } from './standing.ts';

export interface DirectoryParts {
  readonly secret: ServiceSecret;
  readonly log: Log;
  readonly clock: Clock;
  /** How SRV records are looked up: by the system's own DNS servers unless said. */
  readonly resolveSrv?: ResolveSrv;
}

/** A structure's LDAP directory: search as Mire, then bind as the person. */
export function openDirectory(
  structure: LdapStructure,
  { secret, log, clock, resolveSrv = systemSrv() }: DirectoryParts,
): Directory {
  const { connector } = structure;
  const list = createServerList(structure, { resolveSrv, log });
  const pool = createPool(connector, secret, list);
  const byDefault = () => deadlineOf(structure);

  async function entriesOf(client: Client, login: string): Promise<Entry[]> {
    try {
      const { searchEntries } = await client.search(connector.base_dn, {
        scope: 'sub',
        filter: loginFilter(connector, login),
        attributes: attributesOf(connector),
        explicitBufferAttributes: BINARY,
        sizeLimit: 3,
      });
      return searchEntries;
    } catch (error) {
      if (isTooMany(error)) return [];
      throw error;
    }
  }

  return {
    find: (login, by = byDefault()) =>
      pool.search(async (client): Promise<Found | undefined> => {
        const entries = await entriesOf(client, login);
        const entry = ownerAmong(entries, login);
        if (!entry) {
          if (entries.length > 0)
            log.warn({ structure: structure.id }, 'a login is that of several entries: nobody is let in with it');
          return undefined;
        }
        const roles = await rolesOf(client, entry, connector);
        return {
          dn: entry.dn,
          standing: standingOf(entry, connector, clock()),
          entry: toEntry(entry, roles, connector),
        };
      }, by),

    async check(found, password, by = byDefault()) {
      // RFC 4513 §5.1.2: a bind without a password succeeds and proves nothing.
      if (password === '') return { password: 'wrong', refusal: 'wrong', sent: 0 };
      const answer = await pool.bind(found?.dn ?? `cn=${randomUUID()},${connector.base_dn}`, password, by);
      return found ? answer : { password: 'wrong', refusal: 'wrong', sent: answer.sent };
    },

    async counted(found, by = byDefault()) {
      if (!isDomain(connector)) return undefined;
      const dn = found?.dn ?? `cn=${randomUUID()},${connector.base_dn}`;
      const value = await pool.search(async (client) => {
        const filter = new EqualityFilter({ attribute: 'distinguishedName', value: dn });
        const { searchEntries } = await client.search(connector.base_dn, {
          scope: 'sub',
          filter,
          attributes: ['badPwdCount'],
        });
        return searchEntries[0] && firstOf(searchEntries[0], 'badPwdCount');
      }, by);
      return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
    },

    async standing(entryIds) {
      const attribute = idAttributeOf(connector);
      const attributes = [attribute, ...standingAttributes(connector)];
      const now = clock();
      const found = new Map<string, Standing>();
      const search = (filter: Filter) =>
        pool.search(async (client) => {
          const options = { scope: 'sub', filter, attributes, explicitBufferAttributes: BINARY } as const;
          return (await client.search(connector.base_dn, options)).searchEntries;
        }, byDefault());
      const inside = FilterParser.parseString(anybodyIn(connector));
      for (const ids of inBatches(entryIds)) {
        for (const id of ids) found.set(id, { is: 'gone' });
        const these = withIds(ids, connector);
        for (const entry of await search(these)) {
          const id = entryIdOf(entry, connector);
          if (id !== undefined) found.set(id, { is: 'barred', why: 'outside' });
        }
        for (const entry of await search(new AndFilter({ filters: [these, inside] }))) {
          const id = entryIdOf(entry, connector);
          if (id !== undefined) found.set(id, standingOf(entry, connector, now));
        }
      }
      return found;
    },

    roles: (entryIds) => readRoles(connector, entryIds, (work) => pool.search(work, byDefault())),

    diagnose: (login) => diagnose(structure, { secret, resolveSrv, clock }, login),

    async close() {
      pool.close();
    },
  };
}
