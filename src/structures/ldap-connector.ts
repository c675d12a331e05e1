import { z } from 'zod';
import { foreignSecret, foreignValue } from '../foreign-text.ts';
import { secretFile } from './definition-types.ts';

const attribute = z.string().regex(/^[A-Za-z][A-Za-z0-9.;-]{0,63}$/, 'is not the name of an attribute');
const distinguishedName = foreignValue(1000).regex(/=/, 'is not a distinguished name');
/** A simple bind to Active Directory takes `user@domain` and `DOMAIN\\user` too. */
const account = foreignValue(1000).regex(
  /[=@\\]/,
  'is neither a distinguished name, nor user@domain, nor DOMAIN\\user',
);
/** A domain whose servers its SRV records name; `_sites` and `_msdcs` of Active Directory are labels of it. */
const SRV_DOMAIN = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
const ADDRESS = /^[\d.]+$/;
const server = z.string().refine((text) => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, port, pathname, search, username } = new URL(text);
  if (!/^ldaps?(?:\+srv)?:$/.test(protocol) || hostname === '' || !['', '/'].includes(pathname) || search || username)
    return false;
  if (!protocol.includes('+srv')) return true;
  return SRV_DOMAIN.test(hostname) && !ADDRESS.test(hostname) && !(protocol === 'ldap+srv:' && port);
}, 'must be ldaps://host:port, ldap://host:port with start_tls, ldaps+srv://domain, or ldap+srv://domain with start_tls');

/** Whether SRV records say which servers these are. */
export const isBySrv = (text: string): boolean => /^ldaps?\+srv:/.test(text);

/** What marks an entry whose owner may not sign in any more. */
const disabled = z.union([
  z.strictObject({ attribute, bit: z.int().min(1) }),
  z.strictObject({ attribute, equals: foreignValue(200) }),
  z.strictObject({ attribute, present: z.literal(true) }),
]);

/** When the account of an entry ends. */
const expires = z.strictObject({
  attribute,
  /** `filetime`: Active Directory's; `time`: generalized time (RFC 4517 §3.3.13); `days`: since 1970, as `shadowExpire`. */
  as: z.enum(['filetime', 'time', 'days']),
});

const attributes = z.strictObject({
  family_name: attribute.default('sn'),
  given_name: attribute.default('givenName'),
  email: attribute.default('mail'),
  // A code reaches no desk.
  phone: attribute.default('mobile'),
  national_id: attribute.optional(),
  profession: attribute.optional(),
});

/** Where the groups of a person are read: on the entry, or by looking for those that name it. */
const groups = z.union([
  z.strictObject({ attribute: attribute.default('memberOf') }),
  z.strictObject({
    base_dn: distinguishedName,
    filter: foreignValue(500).includes('{dn}', 'must contain {dn}').default('(|(member={dn})(uniqueMember={dn}))'),
  }),
]);

/** A structure's LDAP directory or Active Directory. */
export const ldapConnector = z
  .strictObject({
    kind: z.literal('ldap'),
    /** Gives the defaults of what follows. */
    directory: z.enum(['openldap', 'active-directory']).default('openldap'),
    /** Tried in this order; `ldaps+srv://chu.example` stands for those that `_ldap._tcp.chu.example` names. */
    servers: z.array(server).min(1).max(4),
    start_tls: z.boolean().default(false),
    /** PEM of what the servers' certificates must lead to, and of nothing else: an authority, or a server's own certificate. */
    ca: z
      .string()
      .includes(
        '-----BEGIN CERTIFICATE-----',
        'holds no certificate: export it as Base64 (PEM) or as DER, not as PKCS #7',
      )
      .max(64_000),
    /** None: an anonymous search. */
    bind_dn: account.optional(),
    bind_password: foreignSecret(1000).min(1).optional(),
    bind_password_file: secretFile.optional(),
    base_dn: distinguishedName,
    login_filter: foreignValue(1000).includes('{login}', 'must contain {login}').optional(),
    /** Never changes while the entry lives, and is never given to another one. */
    id_attribute: attribute.optional(),
    attributes: attributes.default(attributes.parse({})),
    groups: groups.optional(),
    /** The role given, by the distinguished name of a group. */
    roles: z.record(distinguishedName, foreignValue(40).min(1)).default({}),
    disabled: disabled.optional(),
    expires: expires.optional(),
    /** Active Directory: the domain's names in `DOMAIN\\user` and `user@domain`, where `base_dn` does not tell them. */
    domains: z.array(foreignValue(255).min(1)).max(10).default([]),
    /** Active Directory: a mail address is a login too. */
    login_by_mail: z.boolean().default(false),
    /** Seconds for a whole sign-in, however many servers are asked. */
    timeout: z.number().min(0.1).max(20).default(5),
    /** When the directory locks an account: we stop two tries before. */
    lockout: z
      .strictObject({ attempts: z.int().min(3).max(50), minutes: z.int().min(1).max(1440) })
      .default({ attempts: 5, minutes: 30 }),
  })
  .superRefine(({ servers, start_tls, bind_dn, bind_password, bind_password_file }, context) => {
    const add = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (servers.some((text) => /^ldap(?:\+srv)?:/.test(text)) && !start_tls)
      add('servers', 'ldap:// needs start_tls: a password never crosses a network in clear');
    if (servers.some((text) => text.startsWith('ldaps')) && start_tls) add('start_tls', 'is for ldap:// servers only');
    if (bind_password !== undefined && bind_password_file !== undefined)
      add('bind_password', 'and bind_password_file cannot both be given');
    const secret = bind_password !== undefined || bind_password_file !== undefined;
    if (bind_dn === undefined && secret) add('bind_dn', 'is missing for this bind_password');
  });
export type LdapConnector = z.infer<typeof ldapConnector>;

const DEFAULTS = {
  openldap: {
    loginFilter: '(&(objectClass=person)(uid={login}))',
    idAttribute: 'entryUUID',
    disabled: undefined,
    expires: undefined,
  },
  'active-directory': {
    loginFilter: '(&(objectCategory=person)(objectClass=user)(|(sAMAccountName={login})(userPrincipalName={login})))',
    idAttribute: 'objectGUID',
    // ADS_UF_ACCOUNTDISABLE
    disabled: { attribute: 'userAccountControl', bit: 2 },
    // How most contracts end: the account is not marked as disabled then.
    expires: { attribute: 'accountExpires', as: 'filetime' },
  },
} as const;

export const loginFilterOf = ({ login_filter, directory }: LdapConnector): string =>
  login_filter ?? DEFAULTS[directory].loginFilter;
export const idAttributeOf = ({ id_attribute, directory }: LdapConnector): string =>
  id_attribute ?? DEFAULTS[directory].idAttribute;
export const disabledMarkOf = ({ disabled: mark, directory }: LdapConnector): z.infer<typeof disabled> | undefined =>
  mark ?? DEFAULTS[directory].disabled;
export const expiryOf = ({ expires: end, directory }: LdapConnector): z.infer<typeof expires> | undefined =>
  end ?? DEFAULTS[directory].expires;
export const isDomain = ({ directory }: LdapConnector): boolean => directory === 'active-directory';

/** Of the domain that a distinguished name is in: `DC=chu,DC=example`. */
export const domainDnOf = (dn: string): string => /(?:^|,)\s*(dc=.*)$/i.exec(dn)?.[1] ?? dn;
