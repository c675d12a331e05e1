import { type Client, EqualityFilter } from 'ldapts';
import { domainDnOf, type LdapConnector } from '../../src/structures/ldap-connector.ts';
import { saidBy } from './answers.ts';
import type { Add } from './diagnosis.ts';
import { firstOf } from './entry.ts';
import { domainNames } from './login-filter.ts';
import { endsAt } from './standing.ts';

/** Durations of a domain are negative, in hundreds of nanoseconds. */
const minutesOf = (value: string | undefined): number => Math.round(-Number(value ?? 0) / 600_000_000);
const SOON = 30 * 24 * 60 * 60 * 1000;

/** What a domain says of itself: its lockout, its names, and the password of Mire's own account. */
export async function lookAtDomain(client: Client, connector: LdapConnector, add: Add, now: Date): Promise<void> {
  const root = domainDnOf(connector.base_dn);
  try {
    await lookAtLockout(client, connector, root, add);
    await lookAtNames(client, connector, root, add);
    await lookAtService(client, connector, root, add, now);
  } catch (error) {
    add('lockout', true, `${root} cannot be read (${saidBy(error)}): compare lockout with the domain's own policy`);
  }
}

async function lookAtLockout(client: Client, { lockout }: LdapConnector, root: string, add: Add): Promise<void> {
  const names = ['lockoutThreshold', 'lockOutObservationWindow', 'lockoutDuration'];
  const { searchEntries } = await client.search(root, { scope: 'base', attributes: names });
  const [threshold, window, duration] = names.map((name) => searchEntries[0] && firstOf(searchEntries[0], name));
  if (threshold === undefined) return add('lockout', true, `the policy of ${root} cannot be read`);
  if (threshold === '0')
    return add('lockout', true, `the domain locks nobody; Mire stops after ${lockout.attempts - 2} wrong passwords`);
  const minutes = Math.max(minutesOf(window), minutesOf(duration));
  const agrees = lockout.attempts <= Number(threshold) && lockout.minutes >= minutesOf(window);
  const domain = `the domain locks after ${threshold} wrong passwords within ${minutesOf(window)} minutes, for ${minutesOf(duration)}`;
  const ours = `lockout: { attempts: ${lockout.attempts}, minutes: ${lockout.minutes} }`;
  const better = `lockout: { attempts: ${threshold}, minutes: ${Math.max(1, minutes)} }`;
  add(
    'lockout',
    agrees,
    agrees ? `${domain}; ${ours} stops before` : `${domain}; ${ours} does not stop before: write ${better}`,
  );
}

async function lookAtNames(client: Client, connector: LdapConnector, root: string, add: Add): Promise<void> {
  const { searchEntries } = await client.search(`CN=Partitions,CN=Configuration,${root}`, {
    scope: 'one',
    filter: new EqualityFilter({ attribute: 'nCName', value: root }),
    attributes: ['nETBIOSName'],
  });
  const name = searchEntries[0] && firstOf(searchEntries[0], 'nETBIOSName');
  if (name === undefined) return;
  const known = domainNames(connector).includes(name.toLowerCase());
  const example = `${name}\\user`;
  add(
    'login',
    known,
    known ? `people may write ${example}` : `people who write ${example} are not known: add ${name} to domains`,
  );
}

async function lookAtService(
  client: Client,
  { bind_dn }: LdapConnector,
  root: string,
  add: Add,
  now: Date,
): Promise<void> {
  if (bind_dn === undefined) return;
  const forms = ['distinguishedName', 'userPrincipalName'].map(
    (attribute) => new EqualityFilter({ attribute, value: bind_dn }),
  );
  forms.push(new EqualityFilter({ attribute: 'sAMAccountName', value: bind_dn.replace(/^.*\\|@.*$/g, '') }));
  const { searchEntries } = await client.search(root, {
    scope: 'sub',
    filter: `(|${forms.map(String).join('')})`,
    attributes: ['msDS-UserPasswordExpiryTimeComputed'],
    sizeLimit: 2,
  });
  const text = searchEntries[0] && firstOf(searchEntries[0], 'msDS-UserPasswordExpiryTimeComputed');
  const at = text === undefined ? undefined : endsAt('filetime', text);
  if (at === undefined) return;
  if (!Number.isFinite(at)) return add('bind', true, 'the password of the service account never expires');
  const ok = at - now.getTime() > SOON;
  const day = new Date(at).toISOString().slice(0, 10);
  add('bind', ok, `the password of the service account expires on ${day}: nobody signs in after that`);
}
