import { randomUUID } from 'node:crypto';
import { Attribute, Change } from 'ldapts';
import type { NewAccount } from '../../../src/accounts/account.ts';
import { saveStructure } from '../../../src/structures/saving.ts';
import { structureDefinition } from '../../../src/structures/structure.ts';
import type { Browser, Visited } from '../http/browser.ts';
import type { RunningMire } from '../mire.ts';
import { BASE, dnOf, type Entry, GROUPS, type OwnSlapd, READER } from '../servers/own-slapd.ts';

export const NURSE: Entry = {
  uid: 'l.moulin',
  given: 'Lucie',
  family: 'Moulin',
  password: 'Garde-de-nuit-2026',
  more: ['mail: lucie.moulin@hopital.example', 'mobile: 06 39 98 77 01', 'employeeNumber: 99700000012'],
};
export const DOCTOR: Entry = {
  uid: 'p.garnier',
  given: 'Paul',
  family: 'Garnier',
  password: 'Bloc-operatoire-2026',
  more: ['mail: paul.garnier@hopital.example'],
};
/** Gone, and marked so; the directory still takes the password. */
export const RETIRED: Entry = {
  uid: 'r.blanc',
  given: 'Rose',
  family: 'Blanc',
  password: 'Retraite-2026-enfin',
  more: ['employeeType: parti'],
};

/** A hospital that is there for its network alone: whoever comes from it is said to. */
export const ON_ITS_NETWORK = {
  id: 'chu',
  name: 'CHU des Trois Vallées',
  town: 'Annecy',
  networks: ['198.51.100.0/24'],
  connector: {
    kind: 'ldap',
    servers: ['ldaps://127.0.0.1:9'],
    ca: '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n',
    base_dn: 'dc=example',
  },
};

/** A hospital's definition, as its administrator would write it. */
export const hospital = (slapd: OwnSlapd, changes: Record<string, unknown> = {}, connector: object = {}) => ({
  id: 'chu',
  finess: '690000001',
  name: 'CHU des Trois Vallées',
  town: 'Saint-Étienne',
  ...changes,
  connector: {
    kind: 'ldap',
    servers: [slapd.ldaps],
    ca: slapd.certificate.ca,
    bind_dn: READER.dn,
    bind_password: READER.password,
    base_dn: BASE,
    attributes: { national_id: 'employeeNumber' },
    roles: { [`CN=DIM, ${GROUPS}`]: 'dim' },
    disabled: { attribute: 'employeeType', equals: 'parti' },
    timeout: 3,
    ...connector,
  },
});

export async function addStructure({ sandbox }: RunningMire, definition: unknown): Promise<void> {
  const saved = await saveStructure(sandbox.parts.storage, structureDefinition.parse(definition));
  if (saved === 'secret-missing') throw new Error('the structure has no secret');
}

/** What the directory itself says of an entry's id. */
export async function entryIdOf(slapd: OwnSlapd, uid: string): Promise<string> {
  const { searchEntries } = await slapd.administer((client) =>
    client.search(dnOf(uid), { scope: 'base', attributes: ['entryUUID'] }),
  );
  return String(searchEntries[0]?.entryUUID);
}

/** One attribute of an entry gets another value. */
export const replaceIn = (slapd: OwnSlapd, uid: string, type: string, value: string): Promise<void> =>
  slapd.administer((client) =>
    client.modify(
      dnOf(uid),
      new Change({ operation: 'replace', modification: new Attribute({ type, values: [value] }) }),
    ),
  );

/** An account that this entry opens; the same one the next time. */
export async function linked(
  { sandbox, settings }: RunningMire,
  structureId: string,
  entryId: string,
  familyName = 'Moulin',
  more: Partial<NewAccount> = {},
): Promise<string> {
  const { storage } = sandbox.parts;
  const source = `structure:${structureId}`;
  const known = await storage.accounts.byIdentity(source, entryId);
  if (known) return known.id;
  const id = randomUUID();
  await storage.transaction(async (tx) => {
    await tx.accounts.insert({ id, familyName, givenName: 'Lucie', termsVersion: settings.TERMS_VERSION, ...more });
    await tx.accounts.linkIdentity(id, source, entryId);
  });
  return id;
}

/** From any page of an interaction: chooses the structure, and types its account. */
export async function signInAt(
  browser: Browser,
  structureId: string,
  { uid, password }: Pick<Entry, 'uid' | 'password'>,
): Promise<Visited> {
  const uidOf = browser.current?.url.pathname.split('/')[2];
  await browser.get(`/interaction/${uidOf}/compte-local/s/${structureId}`);
  return browser.submit({ login: uid, password });
}
