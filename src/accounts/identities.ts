import type { Storage } from '../storage.ts';
import { type Account, AccountTaken, type LinkedIdentity, NATIONAL_ID } from './account.ts';
import { effective, type Fact, kindOf, type Profile } from './facts.ts';
import type { OutsideIdentity } from './statement.ts';
import type { Replaced } from './undo.ts';

type Linked = Extract<Replaced, { kind: 'identity-linked' }>;
type Removed = Extract<Replaced, { kind: 'identity-removed' }>;

/** Whether what a source said came with identities of that kind: the register speaks by the national id. */
const cameBy =
  (source: string) =>
  (fact: Fact): boolean =>
    source === NATIONAL_ID ? kindOf(fact.source) === 'register' : fact.source === source;

const profileOf = ({ familyName, givenName, title, profession, specialty }: Linked['profile']): Profile => ({
  familyName,
  givenName,
  title,
  profession,
  specialty,
});
const numbersOf = (facts: readonly Fact[]) => facts.flatMap(({ said }) => said.otherNationalIds ?? []);

/** What the account says by such identities, before one comes or goes. */
const saidNow = async (storage: Storage, account: Account, source: string) => ({
  profile: profileOf(account),
  facts: (await storage.facts.of(account.id)).filter(cameBy(source)),
});

/** What linking it replaces. */
export const beforeLinking = async (
  storage: Storage,
  account: Account,
  { source, externalId }: OutsideIdentity,
): Promise<Linked> => ({ kind: 'identity-linked', source, externalId, ...(await saidNow(storage, account, source)) });

const others = (all: readonly LinkedIdentity[], { source, externalId }: OutsideIdentity) =>
  all.filter((one) => one.source === source && one.externalId !== externalId);

/** What removing it replaces. */
export async function beforeRemoving(storage: Storage, account: Account, identity: LinkedIdentity): Promise<Removed> {
  const { source, externalId, road } = identity;
  const same = others(await storage.accounts.identitiesOf(account.id), identity);
  // Other numbers of the same person are found by no more, once the last number of their own is gone.
  const aliases = same.every(({ alias }) => alias) ? same.map((one) => one.externalId) : [];
  const said = await saidNow(storage, account, source);
  return { kind: 'identity-removed', source, externalId, road, aliases, ...said };
}

async function setFacts(tx: Storage, accountId: string, source: string, facts: readonly Fact[]): Promise<void> {
  const now = (await tx.facts.of(accountId)).filter(cameBy(source));
  for (const name of new Set([...now, ...facts].map((fact) => fact.source)))
    await tx.facts.set(
      accountId,
      name,
      facts.find((fact) => fact.source === name),
    );
}

/** As if it had never been linked: with it go the numbers and the facts that it brought, and the person's are back. */
export async function unlink(tx: Storage, accountId: string, was: Linked): Promise<void> {
  const { source, externalId, facts, profile } = was;
  const brought = numbersOf((await tx.facts.of(accountId)).filter(cameBy(source)));
  const own = new Set(numbersOf(facts));
  await tx.accounts.unlinkIdentity(accountId, source, externalId);
  for (const number of brought.filter((one) => !own.has(one)))
    await tx.accounts.unlinkIdentity(accountId, source, number, true);
  await setFacts(tx, accountId, source, facts);
  await tx.accounts.setProfile(accountId, profileOf(profile));
}

/**
 * Takes one away that its person no longer wants. What it vouched for is nobody's word any more: the profession goes with
 * the last identity that said it, the names stay.
 * @returns false when it is not there any more
 */
export async function removeIdentity(tx: Storage, account: Account, was: Removed): Promise<boolean> {
  const { source, externalId, aliases, facts } = was;
  if (!(await tx.accounts.unlinkIdentity(account.id, source, externalId))) return false;
  for (const number of aliases) await tx.accounts.unlinkIdentity(account.id, source, number, true);
  const left = others(await tx.accounts.identitiesOf(account.id), was);
  if (left.length > 0 || facts.length === 0) return true;
  await setFacts(tx, account.id, source, []);
  const unsaid = { ...profileOf(account), profession: undefined, specialty: undefined };
  await tx.accounts.setProfile(account.id, effective(unsaid, await tx.facts.of(account.id)));
  return true;
}

/** @returns false when it is somebody else's meanwhile: nothing of it comes back */
export async function relink(tx: Storage, accountId: string, was: Removed): Promise<boolean> {
  const { source, externalId, road, aliases, facts, profile } = was;
  try {
    await tx.accounts.linkIdentity(accountId, source, externalId, road);
  } catch (error) {
    if (error instanceof AccountTaken) return false;
    throw error;
  }
  for (const number of aliases) await tx.accounts.linkAlias(accountId, source, number);
  await setFacts(tx, accountId, source, facts);
  await tx.accounts.setProfile(accountId, profileOf(profile));
  return true;
}
