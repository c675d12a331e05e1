import { randomUUID } from 'node:crypto';
import { type Client, type Entry, EqualityFilter, OrFilter } from 'ldapts';
import type { Log } from '../../src/log.ts';
import type { Directory } from '../../src/structures/directory.ts';
import { disabledMarkOf, idAttributeOf, loginFilterOf } from '../../src/structures/ldap-connector.ts';
import type { LdapStructure } from '../../src/structures/structure.ts';
import { downBecause, refusalOf } from './answers.ts';
import { diagnose } from './diagnosis.ts';
import { attributesOf, BINARY, entryIdOf, filled, groupsOn, idValue, isDisabled, toEntry } from './entry.ts';
import { createPool } from './pool.ts';

/** Entries asked for in one search. */
const BATCH = 100;

/** A structure's LDAP directory: search as Mire, then bind as the person. */
export function openDirectory(structure: LdapStructure, secret: () => string | undefined, log: Log): Directory {
  const { connector } = structure;
  const pool = createPool(connector, secret);

  async function groupsOf(client: Client, entry: Entry): Promise<string[]> {
    const { groups, roles } = connector;
    if (Object.keys(roles).length === 0) return [];
    if ('attribute' in groups) return groupsOn(entry, groups.attribute);
    const filter = filled(groups.filter, '{dn}', entry.dn);
    const { searchEntries } = await client.search(groups.base_dn, { scope: 'sub', filter, attributes: ['1.1'] });
    return searchEntries.map(({ dn }) => dn);
  }

  return {
    find: (login) =>
      pool.search(async (client) => {
        const { searchEntries } = await client.search(connector.base_dn, {
          scope: 'sub',
          filter: filled(loginFilterOf(connector), '{login}', login),
          attributes: attributesOf(connector),
          explicitBufferAttributes: BINARY,
          sizeLimit: 2,
        });
        const [entry, other] = searchEntries;
        if (!entry) return undefined;
        // Which of them would be a guess.
        if (other) {
          log.warn({ structure: structure.id }, 'a login is that of several entries: nobody is let in with it');
          return undefined;
        }
        return toEntry(entry, await groupsOf(client, entry), connector);
      }),

    async check(entry, password) {
      // RFC 4513 §5.1.2: a bind without a password succeeds and proves nothing.
      if (password === '') return 'wrong';
      const connection = await pool.open();
      try {
        await connection.client.bind(entry?.dn ?? `cn=${randomUUID()},${connector.base_dn}`, password);
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal) return entry ? refusal : 'wrong';
        // Some directories say of an unknown name that there is no such object.
        if (!entry) return 'wrong';
        throw downBecause(error);
      } finally {
        connection.close();
      }
      if (!entry) return 'wrong';
      return entry.disabled ? 'disabled' : undefined;
    },

    async standing(entryIds) {
      const attribute = idAttributeOf(connector);
      const mark = disabledMarkOf(connector);
      const found = new Map<string, 'active' | 'disabled'>();
      for (let from = 0; from < entryIds.length; from += BATCH) {
        const filters = entryIds
          .slice(from, from + BATCH)
          .map((id) => new EqualityFilter({ attribute, value: idValue(id, connector) }));
        const { searchEntries } = await pool.search((client) =>
          client.search(connector.base_dn, {
            scope: 'sub',
            filter: new OrFilter({ filters }),
            attributes: [attribute, ...(mark ? [mark.attribute] : [])],
            explicitBufferAttributes: BINARY,
          }),
        );
        for (const entry of searchEntries)
          found.set(entryIdOf(entry, connector), isDisabled(entry, connector) ? 'disabled' : 'active');
      }
      return found;
    },

    diagnose: (login) => diagnose(connector, secret, login),

    async close() {
      pool.close();
    },
  };
}
