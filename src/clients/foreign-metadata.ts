import { z } from 'zod';
import { folded, foreignText, foreignValue, shownText } from '../foreign-text.ts';
import { OWN_CLIENT } from './own-client.ts';
import { PORTAL_CLIENT } from './portal-client.ts';

/** What an application says of itself, or an administrator of it: how much of each, and of which letters. */

const MOST = 50;
const address = foreignValue(2000).regex(/^\S*$/, 'holds spaces');
const several = <T extends z.ZodType>(one: T, most = MOST) =>
  z.array(one, 'is not a list').max(most, `has more than ${most}`);

/** Keys are long (x5c), and nothing of them is shown. */
const keys = z
  .looseObject({ keys: z.array(z.unknown(), 'is not a list').max(20, 'has more than 20') }, 'is not an object')
  .refine((set) => JSON.stringify(set).length <= 60_000, 'is longer than 60000 characters');

/** Metadata that is read by people, or that is a list or an address; what is not here has the form of ANY. */
const FORMS: ReadonlyMap<string, z.ZodType> = new Map(
  Object.entries({
    client_name: foreignText(100),
    step_up_reason: foreignText(300),
    owner: foreignText(200),
    stage_note: foreignText(500),
    purpose: z
      .record(foreignValue(60), foreignText(300), 'is not an object')
      .refine((all) => Object.keys(all).length <= MOST, `has more than ${MOST}`),
    contacts: several(foreignText(254), 10),
    client_uri: address,
    logo_uri: address,
    policy_uri: address,
    tos_uri: address,
    jwks_uri: address,
    sector_identifier_uri: address,
    initiate_login_uri: address,
    backchannel_logout_uri: address,
    backchannel_client_notification_endpoint: address,
    redirect_uris: several(address),
    post_logout_redirect_uris: several(address),
    scope: foreignValue(2000),
    jwks: keys,
  }),
);

/** Any other metadata, known or to come: short values, few of them, not deep. */
const short = z.union([foreignValue(500), z.number(), z.boolean(), z.null(), z.undefined()]);
const ANY = z.union([
  short,
  z.array(short).max(MOST),
  z
    .record(foreignValue(60), z.union([short, z.array(short).max(MOST)]))
    .refine((all) => Object.keys(all).length <= MOST),
]);

/** Names of our own pages: an application that bears one is taken for them. */
const OURS = new Set(
  ['Mire', 'Mon compte', 'My account', 'Portail des intégrateurs', 'Assistance', 'Help desk'].map(folded),
);

/** @param platform its name, which an application of the platform may bear: an administrator says that it is one */
const isReserved = (name: string, platform: string, firstParty: boolean): boolean => {
  const plain = folded(name);
  return OURS.has(plain) || (!firstParty && plain === folded(platform));
};

/** Names of metadata, with their language; `__proto__` is none. */
const NAME = /^[A-Za-z][\w.-]{0,60}(?:#[A-Za-z0-9-]{1,35})?$/;

/** `client_name#fr` (OIDC Registration §2.1) is a `client_name`. */
const baseOf = (name: string): string => name.split('#', 1)[0] ?? name;

export class ForeignMetadataError extends Error {
  override readonly name = 'ForeignMetadataError';
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/**
 * Whatever comes from outside, in the form in which it is kept.
 * @param before what is stored: it was taken under the rules of its day, and saying it again changes nothing
 * @throws {ForeignMetadataError} with a sentence that names the metadata
 */
export function readForeign(
  given: Readonly<Record<string, unknown>>,
  { platform, before = {} }: { platform: string; before?: Readonly<Record<string, unknown>> | undefined },
): Record<string, unknown> {
  const refuse = (name: string, what: string): never => {
    throw new ForeignMetadataError(`${shownText(name, 60)} ${what}`);
  };
  const kept: Record<string, unknown> = {};
  const names = Object.keys(given);
  if (names.length > 100) throw new ForeignMetadataError('the metadata has more than 100 names');
  for (const name of names) {
    const value = given[name];
    if (!NAME.test(name)) refuse(name, 'is not the name of metadata');
    kept[name] = value;
    if (value === undefined || same(value, before[name])) continue;
    const form = FORMS.get(baseOf(name));
    const read = (form ?? ANY).safeParse(value);
    if (!read.success) refuse(name, form ? whatOf(read.error) : 'is too long, or holds control or format characters');
    kept[name] = read.data;
    if (
      baseOf(name) === 'client_name' &&
      isReserved(String(read.data), platform, Object.hasOwn(given, 'first_party') && given.first_party === true)
    )
      refuse(name, 'is a name of the platform itself');
  }
  return kept;
}

const whatOf = ({ issues: [issue] }: z.ZodError): string => {
  const within = issue?.path.length ? ` (${shownText(issue.path.join('.'), 60)})` : '';
  return `${issue?.message ?? 'is not valid'}${within}`;
};

/**
 * How an application is called on a page and in a mail, whatever its name was when it was registered: what pretends to be
 * ours is called by its identifier.
 */
export function shownName(clientId: string, clientName: string | undefined): string {
  const name = shownText(clientName ?? '', 100);
  const pretends = OURS.has(folded(name)) && clientId !== OWN_CLIENT && clientId !== PORTAL_CLIENT;
  return name === '' || pretends ? clientId : name;
}
