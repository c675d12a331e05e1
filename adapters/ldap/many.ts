import { EqualityFilter, OrFilter } from 'ldapts';
import { idAttributeOf, type LdapConnector } from '../../src/structures/ldap-connector.ts';
import { idValue } from './entry.ts';

/** Entries asked for in one search. */
const BATCH = 100;

export function* inBatches(ids: readonly string[]): Generator<readonly string[]> {
  for (let from = 0; from < ids.length; from += BATCH) yield ids.slice(from, from + BATCH);
}

/** An id may be bytes, which no filter in writing holds. */
export const withIds = (ids: readonly string[], connector: LdapConnector): OrFilter =>
  new OrFilter({
    filters: ids.map(
      (id) => new EqualityFilter({ attribute: idAttributeOf(connector), value: idValue(id, connector) }),
    ),
  });
