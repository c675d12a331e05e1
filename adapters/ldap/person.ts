import type { Entry } from 'ldapts';
import { idAttributeOf, type LdapConnector } from '../../src/structures/ldap-connector.ts';
import { firstOf } from './entry.ts';
import { groupsAttribute } from './roles.ts';
import { standingAttributes } from './standing.ts';

const PRINCIPAL = 'userPrincipalName';

/** Everything that is read of a person. */
export function attributesOf(connector: LdapConnector): string[] {
  const groups = groupsAttribute(connector);
  return [
    idAttributeOf(connector),
    ...Object.values(connector.attributes).filter((name) => name !== undefined),
    ...(groups === undefined ? [] : [groups]),
    ...standingAttributes(connector),
    ...(connector.directory === 'active-directory' ? [PRINCIPAL] : []),
  ];
}

/**
 * Whose a login is. A name that an account was given is its own before it is what another one is called by default, as the
 * domain itself has it; for the rest, which of several would be a guess.
 */
export function ownerAmong(entries: readonly Entry[], login: string): Entry | undefined {
  if (entries.length === 1) return entries[0];
  const named = entries.filter((entry) => firstOf(entry, PRINCIPAL)?.toLowerCase() === login.toLowerCase());
  return named.length === 1 ? named[0] : undefined;
}
