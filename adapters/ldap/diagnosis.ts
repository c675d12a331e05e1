import { type Client, type Entry, FilterParser } from 'ldapts';
import type { Finding } from '../../src/structures/directory.ts';
import { idAttributeOf, type LdapConnector, loginFilterOf } from '../../src/structures/ldap-connector.ts';
import { saidBy } from './answers.ts';
import { connect, NotConnected } from './connection.ts';
import { attributesOf, BINARY, filled, firstOf } from './entry.ts';

type Add = (step: Finding['step'], ok: boolean, said: string, server?: string) => void;

/** How many entries are looked at where no login is given. */
const SAMPLE = 5;

/** Looks at everything a sign-in needs, server by server, and says what is right and what is wrong. */
export async function diagnose(
  connector: LdapConnector,
  secret: () => string | undefined,
  login: string | undefined,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const add: Add = (step, ok, said, server) => findings.push({ step, ok, said, ...(server ? { server } : {}) });
  let looked = false;
  for (const server of connector.servers) {
    try {
      const { client, close } = await connect(server, connector);
      add('tls', true, 'the certificate leads to the pinned authority', server);
      try {
        if ((await bound(client, connector, secret, server, add)) && !looked) {
          looked = true;
          await look(client, connector, login, add);
        }
      } finally {
        close();
      }
    } catch (error) {
      if (!(error instanceof NotConnected)) throw error;
      add(error.step, false, error.message, server);
    }
  }
  return findings;
}

async function bound(
  client: Client,
  { bind_dn }: LdapConnector,
  secret: () => string | undefined,
  server: string,
  add: Add,
): Promise<boolean> {
  if (bind_dn === undefined) {
    add('bind', true, 'none: searches are anonymous', server);
    return true;
  }
  try {
    const password = secret();
    if (!password) {
      add('secret', false, 'bind_password is not known', server);
      return false;
    }
    await client.bind(bind_dn, password);
    add('bind', true, bind_dn, server);
    return true;
  } catch (error) {
    add('bind', false, `${bind_dn}: ${saidBy(error)}`, server);
    return false;
  }
}

async function look(client: Client, connector: LdapConnector, login: string | undefined, add: Add): Promise<void> {
  const template = loginFilterOf(connector);
  const filter = login === undefined ? template.replaceAll('{login}', '*') : filled(template, '{login}', login);
  try {
    FilterParser.parseString(filter);
  } catch {
    return add('filter', false, `login_filter is no filter: ${template}`);
  }
  let entries: Entry[];
  try {
    const { searchEntries } = await client.search(connector.base_dn, {
      scope: 'sub',
      filter,
      attributes: attributesOf(connector),
      explicitBufferAttributes: BINARY,
      sizeLimit: SAMPLE,
    });
    entries = searchEntries;
  } catch (error) {
    return add('filter', false, `${connector.base_dn}: ${saidBy(error)}`);
  }
  if (entries.length === 0)
    return add('filter', false, `no entry under ${connector.base_dn} matches ${template} that this account may see`);
  add('filter', true, `${entries.length}${login === undefined ? ' at least' : ''} found under ${connector.base_dn}`);
  lookAtAttributes(entries, connector, add);
  await lookForGroups(client, connector, add);
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
