import { escapeFilter } from 'ldapts';
import { domainDnOf, isDomain, type LdapConnector, loginFilterOf } from '../../src/structures/ldap-connector.ts';

/** A filter of the definition with a value in its place, escaped by the library (RFC 4515 §3). */
export const filled = (filter: string, place: '{login}' | '{dn}', value: string): string =>
  filter.replaceAll(place, () => escapeFilter`${value}`);

/** Whoever the filter lets in. */
export const anybodyIn = (connector: LdapConnector): string => loginFilterOf(connector).replaceAll('{login}', '*');

const PERSON = '(objectCategory=person)(objectClass=user)';

/** `chu.example` of `OU=agents,DC=chu,DC=example`. */
export const dnsNameOf = (dn: string): string =>
  [...domainDnOf(dn).matchAll(/dc=([^,]+)/gi)]
    .map(([, label = '']) => label.trim())
    .join('.')
    .toLowerCase();

/** What people write before `\` or after `@` for this domain. */
export function domainNames({ base_dn, domains }: LdapConnector): string[] {
  const dns = dnsNameOf(base_dn);
  return [dns, dns.split('.')[0] ?? '', ...domains].filter(Boolean).map((name) => name.toLowerCase());
}

/**
 * The search for a login as people write it. Active Directory knows a person under several names, and a session on a
 * workstation takes each: `user`, `DOMAIN\user`, `user@chu.example` whether or not the account says so, its own
 * `userPrincipalName`, and by setting the mail address.
 */
export function loginFilter(connector: LdapConnector, typed: string): string {
  const [, domain, user] = /^([^\\]+)\\(.+)$/.exec(typed) ?? [];
  const ours = (name: string) => domainNames(connector).includes(name.toLowerCase());
  const account = isDomain(connector) && domain && user && ours(domain) ? user : typed;
  if (!isDomain(connector) || connector.login_filter !== undefined)
    return filled(loginFilterOf(connector), '{login}', account);
  const forms = [escapeFilter`(sAMAccountName=${account})`, escapeFilter`(userPrincipalName=${account})`];
  const [, local, suffix] = /^([^@]+)@([^@]+)$/.exec(account) ?? [];
  if (local && suffix && ours(suffix)) forms.push(escapeFilter`(sAMAccountName=${local})`);
  if (suffix && connector.login_by_mail) forms.push(escapeFilter`(mail=${account})`);
  return `(&${PERSON}(|${forms.join('')}))`;
}
