import type { Log } from '../log.ts';
import type { Logout } from '../provider/logout.ts';
import type { SignIn } from '../provider/sign-ins.ts';
import type { Storage } from '../storage.ts';
import type { Directory, RolesRead } from './directory.ts';
import type { LdapStructure } from './structure.ts';
import type { Member } from './structures.ts';
import { isDoubtful, vouchedBy } from './vouched.ts';

interface RoleParts {
  readonly storage: Storage;
  readonly logout: Logout;
  readonly log: Log;
}

/** What a sign-in said of a person's roles, and what the directory says now. */
interface Change {
  readonly accountId: string;
  readonly signIn: SignIn;
  readonly now: readonly string[];
  readonly lost: readonly string[];
  readonly gained: readonly string[];
}

const without = (all: readonly string[], those: readonly string[]) => all.filter((one) => !those.includes(one));

function changeOf(signIn: SignIn, { entryId, accountId }: Member, read: RolesRead): Change | undefined {
  const had = signIn.upstream?.structure?.roles;
  const has = read.of.get(entryId);
  if (!had || !has) return undefined;
  const now = [...new Set([...has, ...had.filter((role) => read.unknown.has(role))])].sort();
  return { accountId, signIn, now, lost: without(had, now), gained: without(now, had) };
}

async function apply({ storage, logout }: RoleParts, structure: LdapStructure, change: Change): Promise<void> {
  const { accountId, signIn, now, lost, gained } = change;
  const written = (tx: Storage) =>
    tx.audit.write({
      event: 'structure.roles-changed',
      accountId,
      details: { structure: structure.id, lost: [...lost], gained: [...gained] },
    });
  if (lost.length > 0) {
    // No token says less than it did: the applications are told that the session ended, and ask anew.
    const which = { accountId, signInIds: [signIn.id] };
    await logout.end(which, 'roles-lost', {
      everything: true,
      also: async (tx) => void (await written(tx)),
      line: { accountId },
    });
    return;
  }
  const { upstream } = signIn;
  if (!upstream?.structure) return;
  const said = { ...upstream, structure: { ...upstream.structure, roles: [...now] } };
  await storage.transaction(async (tx) => {
    await tx.signIns.reword({ id: signIn.id, upstream: said });
    await written(tx);
  });
}

/**
 * Brings the roles of those who are signed in up to date. Whoever lost one signs in again, with what the structure says
 * now; what was gained shows in the next answer of UserInfo and the next refreshed ID token.
 * @param members those of whom the directory says that they are there
 * @throws {DirectoryDown}
 */
export async function checkRoles(
  parts: RoleParts,
  structure: LdapStructure,
  directory: Directory,
  members: readonly Member[],
): Promise<{ readonly changed: number; readonly doubtful: boolean }> {
  const { storage, log } = parts;
  const signedIn: { member: Member; signIns: SignIn[] }[] = [];
  for (const member of members) {
    const signIns = await vouchedBy(storage, structure, member.accountId);
    if (signIns.length > 0) signedIn.push({ member, signIns });
  }
  if (signedIn.length === 0) return { changed: 0, doubtful: false };
  const read = await directory.roles(signedIn.map(({ member }) => member.entryId));
  if (read.unknown.size > 0)
    log.warn(
      { structure: structure.id, roles: [...read.unknown] },
      'the groups of some roles cannot be read: who had such a role keeps it until the next sign-in',
    );
  const changes = signedIn.flatMap(({ member, signIns }) =>
    signIns.flatMap((signIn) => changeOf(signIn, member, read) ?? []),
  );
  const moved = changes.filter(({ lost, gained }) => lost.length + gained.length > 0);
  if (losesTooMany(structure, changes)) {
    log.error({ structure: structure.id }, 'a structure takes the roles of too many people to be believed: they stay');
    return { changed: 0, doubtful: true };
  }
  for (const change of moved) await apply(parts, structure, change);
  return { changed: new Set(moved.map(({ accountId }) => accountId)).size, doubtful: false };
}

/** Roles that the definition gives no more are the administrator's own word, and beyond doubt. */
function losesTooMany({ connector }: LdapStructure, changes: readonly Change[]): boolean {
  const given = Object.values(connector.roles);
  const people = (which: (change: Change) => readonly string[]) =>
    new Set(changes.filter((change) => which(change).some((role) => given.includes(role))).map((one) => one.accountId));
  return isDoubtful(
    people(({ lost }) => lost).size,
    people(({ signIn }) => signIn.upstream?.structure?.roles ?? []).size,
  );
}
