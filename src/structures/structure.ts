import { z } from 'zod';
import { foreignText } from '../foreign-text.ts';
import { addressMatcher } from '../protection/address.ts';
import { isBySrv, type LdapConnector, ldapConnector } from './ldap-connector.ts';
import { type OidcConnector, oidcConnector } from './oidc-connector.ts';

const network = z.string().refine((text) => {
  try {
    addressMatcher([text]);
    return true;
  } catch {
    return false;
  }
}, 'must be an address or a CIDR');

/** A hospital, practice or service whose own directory vouches for its staff ("Porte 5"), as an administrator writes it. */
export const structureDefinition = z
  .strictObject({
    /** Never changes: people are known by it and their entry. */
    id: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'must be 1 to 40 of a-z, 0-9 and -'),
    finess: z
      .string()
      .regex(/^\d[\dAB]\d{7}$/, 'must be 9 characters')
      .optional(),
    name: foreignText(120),
    town: foreignText(80).optional(),
    logo: z
      .strictObject({ type: z.enum(['image/png', 'image/jpeg', 'image/svg+xml']), base64: z.base64().max(90_000) })
      .optional(),
    /** The most that a sign-in there is worth. */
    assurance: z.enum(['eidas1', 'eidas2']).default('eidas1'),
    /** From where the structure is offered first. */
    networks: z.array(network).max(100).default([]),
    connector: z.discriminatedUnion('kind', [ldapConnector, oidcConnector]),
  })
  .superRefine(({ assurance, connector }, context) => {
    const add = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (assurance === 'eidas1') return;
    if (connector.kind === 'ldap') add('assurance', 'a directory proves a password alone: eidas1');
    else if (!connector.second_factor || [...connector.second_factor.acr, ...connector.second_factor.amr].length === 0)
      add('assurance', 'eidas2 needs connector.second_factor: by which acr or amr the provider says it');
  });
export type StructureDefinition = z.infer<typeof structureDefinition>;

/** A structure as it is kept. */
export interface Structure extends StructureDefinition {
  readonly enabled: boolean;
  /** One more at each change: what was opened for an older one is closed. */
  readonly version: number;
}

export type LdapStructure = Structure & { readonly connector: LdapConnector };
export type OidcStructure = Structure & { readonly connector: OidcConnector };

export const isLdap = (structure: Structure): structure is LdapStructure => structure.connector.kind === 'ldap';
export const isOidc = (structure: Structure): structure is OidcStructure => structure.connector.kind === 'oidc';

/** The source of an identity that is an entry of this structure's directory. */
export const sourceOf = ({ id }: Pick<Structure, 'id'>): string => `structure:${id}`;

/** The definition as it is stored, and the secret that is sealed beside it. */
export function withoutSecret(given: StructureDefinition): { definition: StructureDefinition; secret?: string } {
  const { connector } = given;
  if (connector.kind === 'ldap') {
    const { bind_password: secret, ...rest } = connector;
    return { definition: { ...given, connector: rest }, ...(secret === undefined ? {} : { secret }) };
  }
  const { client_secret: secret, ...rest } = connector;
  return { definition: { ...given, connector: rest }, ...(secret === undefined ? {} : { secret }) };
}

export const secretFileOf = ({ connector }: Structure): string | undefined =>
  connector.kind === 'ldap' ? connector.bind_password_file : connector.client_secret_file;

/** Who hears the secret: the servers of a directory, the issuer of a provider. */
const hearersOf = ({ connector }: Pick<StructureDefinition, 'connector'>): readonly string[] =>
  connector.kind === 'ldap'
    ? // Whom records name is not the host of the same name.
      connector.servers.map((server) => `${isBySrv(server) ? 'srv:' : ''}${new URL(server).host}`)
    : [new URL(connector.issuer).href];

/** A secret was given for those who heard it: nobody else may hear it unless it is given again. */
export function staysAmongHearers(before: StructureDefinition, after: StructureDefinition): boolean {
  const known = hearersOf(before);
  return before.connector.kind === after.connector.kind && hearersOf(after).every((one) => known.includes(one));
}

/** What an application reads in the claim `structure`. */
export const structureClaim = ({ id, finess, name }: Structure, roles: readonly string[]) => ({
  id,
  ...(finess ? { finess } : {}),
  name,
  roles: [...roles],
});

/** For searches: without capitals, accents or punctuation. */
export const searchable = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
