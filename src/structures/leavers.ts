import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Logout } from '../provider/logout.ts';
import type { Storage } from '../storage.ts';
import { type Directories, DirectoryDown } from './directory.ts';
import { type Bar, type Standing, whyLeft } from './reading.ts';
import { checkRoles } from './roles-check.ts';
import type { LdapStructure, Structure } from './structure.ts';
import type { Member } from './structures.ts';
import { isDoubtful, vouchedBy } from './vouched.ts';

export interface LeaverParts {
  readonly storage: Storage;
  readonly directories: Directories;
  readonly logout: Logout;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Checked {
  readonly checked: number;
  readonly left: number;
  /** People of whom the directory does not let us read whether they are still there: they stay. */
  readonly unknown: number;
  /** Those whose roles changed since they signed in. */
  readonly roles: number;
  readonly doubtful: boolean;
}

export interface Leavers {
  /** The structure no longer vouches for somebody: the sessions that came from it end, the others go on. */
  leave(structure: Structure, member: Member, reason: 'gone' | Bar): Promise<void>;
  /** Nobody has this login there any more: was it somebody who is gone? @param login in its normal form */
  missing(structure: LdapStructure, login: string): Promise<void>;
  /** Looks for everybody the structure ever vouched for. @throws {DirectoryDown} */
  check(structure: LdapStructure): Promise<Checked>;
  /** Whatever came from this structure ends, of everybody. @returns how many people that was */
  endAll(structure: Structure): Promise<number>;
}

const GONE: Standing = { is: 'gone' };

export function createLeavers({ storage, directories, logout, clock, log }: LeaverParts): Leavers {
  /** Idempotent: what ended before is not found again. @returns whether anything was left to end */
  async function endSessions(structure: Structure, accountId: string): Promise<boolean> {
    const signInIds = (await vouchedBy(storage, structure, accountId)).map(({ id }) => id);
    if (signInIds.length === 0) return false;
    // What outlives a session on the structure's word ends with the structure's word.
    await logout.end({ accountId, signInIds }, 'left-structure', { everything: true, line: { accountId } });
    return true;
  }

  async function leave(structure: Structure, { accountId, entryId }: Member, reason: 'gone' | Bar): Promise<void> {
    await endSessions(structure, accountId);
    // Only then: cut off in between, it begins again.
    await storage.transaction(async (tx) => {
      if (!(await tx.structureMembers.left(structure.id, entryId, clock()))) return;
      await tx.audit.write({ event: 'structure.left', accountId, details: { structure: structure.id, reason } });
    });
  }

  return {
    leave,

    async missing(structure, login) {
      const member = await storage.structureMembers.byLogin(structure.id, login);
      if (!member) return;
      try {
        const directory = await directories.of(structure);
        const reason = whyLeft((await directory.standing([member.entryId])).get(member.entryId) ?? GONE);
        // Renamed, it is there under another login.
        if (reason) await leave(structure, member, reason);
      } catch (error) {
        // The night's check asks again.
        if (!(error instanceof DirectoryDown)) throw error;
      }
    },

    async check(structure) {
      const members = await storage.structureMembers.present(structure.id);
      if (members.length === 0) return { checked: 0, left: 0, unknown: 0, roles: 0, doubtful: false };
      const directory = await directories.of(structure);
      const standing = await directory.standing(members.map(({ entryId }) => entryId));
      const of = ({ entryId }: Member) => standing.get(entryId) ?? GONE;
      const leaving = members.flatMap((member) => {
        const reason = whyLeft(of(member));
        return reason ? [{ member, reason }] : [];
      });
      const unknown = members.filter((member) => of(member).is === 'unknown').length;
      const doubtful = isDoubtful(leaving.length, members.length);
      if (doubtful) {
        log.error(
          { structure: structure.id, members: members.length, missing: leaving.length },
          'a structure knows too few of its people to be believed: nobody was signed out',
        );
        return { checked: members.length, left: 0, unknown, roles: 0, doubtful };
      }
      for (const { member, reason } of leaving) await leave(structure, member, reason);
      const here = members.filter((member) => of(member).is === 'here');
      const roles = await checkRoles({ storage, logout, log }, structure, directory, here);
      return { checked: members.length, left: leaving.length, unknown, roles: roles.changed, doubtful: roles.doubtful };
    },

    async endAll(structure) {
      let people = 0;
      for (const { accountId } of await storage.structureMembers.present(structure.id))
        if (await endSessions(structure, accountId)) people += 1;
      return people;
    },
  };
}
