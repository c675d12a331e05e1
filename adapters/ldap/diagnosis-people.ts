import { type Client, type Entry, FilterParser } from 'ldapts';
import { domainDnOf, idAttributeOf, type LdapConnector, loginFilterOf } from '../../src/structures/ldap-connector.ts';
import { statementOf } from '../../src/structures/statement.ts';
import type { LdapStructure } from '../../src/structures/structure.ts';
import { isAnswer, isTooMany, saidBy } from './answers.ts';
import type { Add } from './diagnosis.ts';
import { BINARY, firstOf, toEntry } from './entry.ts';
import { anybodyIn, loginFilter } from './login-filter.ts';
import { passwordState, STATE_ATTRIBUTES, STATE_BYTES } from './password-state.ts';
import { attributesOf, ownerAmong } from './person.ts';
import { rolesOf } from './roles.ts';
import { standingOf } from './standing.ts';

/** How many entries are looked at where no login is given. */
const SAMPLE = 5;

async function search(client: Client, connector: LdapConnector, filter: string): Promise<Entry[]> {
  try {
    const { searchEntries } = await client.search(connector.base_dn, {
      scope: 'sub',
      filter,
      attributes: [...attributesOf(connector), ...STATE_ATTRIBUTES],
      explicitBufferAttributes: [...BINARY, ...STATE_BYTES],
      sizeLimit: SAMPLE,
    });
    return searchEntries;
  } catch (error) {
    if (isTooMany(error)) return [];
    throw error;
  }
}

/** What is read of people: of one, or of the first few. */
export async function lookAtPeople(
  client: Client,
  structure: LdapStructure,
  login: string | undefined,
  add: Add,
  now: Date,
): Promise<void> {
  const { connector } = structure;
  const template = loginFilterOf(connector);
  const filter = login === undefined ? anybodyIn(connector) : loginFilter(connector, login);
  try {
    FilterParser.parseString(filter);
  } catch {
    return add('filter', false, `login_filter is no filter: ${template}`);
  }
  let entries: Entry[];
  try {
    entries = await search(client, connector, filter);
  } catch (error) {
    return add('filter', false, `${connector.base_dn}: ${saidBy(error)}`);
  }
  if (entries.length === 0) {
    add('filter', false, `no entry under ${connector.base_dn} matches ${template} that this account may see`);
    if (login !== undefined) await lookElsewhere(client, connector, login, add);
    return;
  }
  add('filter', true, `${entries.length}${login === undefined ? ' at least' : ''} found under ${connector.base_dn}`);
  lookAtAttributes(entries, connector, add);
  lookAtStandings(entries, connector, add, now);
  if (login !== undefined) await lookAtOne(client, structure, entries, login, add, now);
  await lookForGroups(client, connector, add);
}

/** Why somebody whom the directory has is not found: left out by the filter, or somewhere else in it. */
async function lookElsewhere(client: Client, connector: LdapConnector, login: string, add: Add): Promise<void> {
  const { login_filter: own, base_dn } = connector;
  const byDefault = { ...connector, login_filter: undefined };
  const places = [
    ...(own === undefined
      ? []
      : [{ base: base_dn, filter: byDefault, said: 'is there, and login_filter leaves it out' }]),
    { base: domainDnOf(base_dn), filter: connector, said: `is not under ${base_dn}` },
    { base: domainDnOf(base_dn), filter: byDefault, said: `is not under ${base_dn}, nor in login_filter` },
  ];
  for (const { base, filter, said } of places) {
    try {
      const { searchEntries } = await client.search(base, {
        scope: 'sub',
        filter: loginFilter(filter, login),
        attributes: ['1.1'],
        sizeLimit: 1,
      });
      const [found] = searchEntries;
      if (found) return add('login', false, `${found.dn} ${said}`);
    } catch (error) {
      // Where this account may not look, nothing is said.
      if (!isAnswer(error)) throw error;
    }
  }
}

function lookAtAttributes(entries: readonly Entry[], connector: LdapConnector, add: Add): void {
  const id = idAttributeOf(connector);
  const without = entries.filter((entry) => firstOf(entry, id) === undefined);
  add('attribute', without.length === 0, without.length === 0 ? id : `${id} (id_attribute) is not on every entry`);
  for (const [field, name] of Object.entries(connector.attributes)) {
    if (name === undefined) continue;
    const seen = entries.some((entry) => firstOf(entry, name) !== undefined);
    const needed = field === 'family_name' || field === 'given_name';
    add('attribute', seen || !needed, seen ? name : `${name} (${field}) is on none of the entries looked at`);
  }
}

function lookAtStandings(entries: readonly Entry[], connector: LdapConnector, add: Add, now: Date): void {
  const unknown = entries.flatMap((entry) => {
    const standing = standingOf(entry, connector, now);
    return standing.is === 'unknown' ? [standing.why] : [];
  });
  for (const why of new Set(unknown))
    add(
      'standing',
      false,
      `${why} on ${unknown.filter((one) => one === why).length} of the ${entries.length} entries looked at: they are not let in, and are not seen to leave`,
    );
  if (unknown.length === 0) add('standing', true, 'whether accounts are disabled or have expired can be read');
}

/** The state of one person, and what becomes of what the directory says of them. */
async function lookAtOne(
  client: Client,
  structure: LdapStructure,
  entries: readonly Entry[],
  login: string,
  add: Add,
  now: Date,
): Promise<void> {
  const { connector } = structure;
  const owner = ownerAmong(entries, login);
  if (!owner) return add('login', false, `${login} is the login of several entries: nobody is let in with it`);
  const standing = standingOf(owner, connector, now);
  if (standing.is === 'barred') add('login', false, `${owner.dn} may not sign in: ${standing.why}`);
  const password = passwordState(owner, now);
  if (standing.is === 'here')
    add(
      'login',
      true,
      `${owner.dn} ${password.every(({ ok }) => ok) ? 'may sign in' : 'is neither disabled nor expired'}`,
    );
  for (const { ok, said } of password) add('login', ok, said);
  const roles = await rolesOf(client, owner, connector);
  add('groups', true, roles.length > 0 ? `roles: ${roles.join(', ')}` : 'no role');
  const entry = toEntry(owner, roles, connector);
  if (!entry) return;
  const { familyName, givenName, email, phone, profession, claimedNationalId } = statementOf(structure, entry);
  const kept: Record<string, unknown> = {
    familyName,
    givenName,
    email,
    phone,
    profession,
    nationalId: claimedNationalId,
  };
  for (const [field, value] of Object.entries(entry)) {
    if (!(field in kept)) continue;
    const right = kept[field] !== undefined;
    add(
      'attribute',
      right,
      right ? `${field}: ${value}` : `${field}: "${value}" is not of the right form, and is left out`,
    );
  }
}

async function lookForGroups(client: Client, { roles }: LdapConnector, add: Add): Promise<void> {
  for (const dn of Object.keys(roles)) {
    try {
      await client.search(dn, { scope: 'base', attributes: ['1.1'] });
      add('groups', true, dn);
    } catch (error) {
      add('groups', false, `${dn}: ${saidBy(error)}`);
    }
  }
}
