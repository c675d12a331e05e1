import { revokeProofs } from '../accounts/since.ts';
import type { AuditLine } from '../audit/audit.ts';
import type { Clock } from '../clock.ts';
import type { LogoutQueue } from '../delivery/jobs.ts';
import type { Log } from '../log.ts';
import type { Storage } from '../storage.ts';
import type { SessionClient, WhichSessions } from './sign-ins.ts';

/** Every way a session can end. */
export type EndedBy =
  | 'logout'
  | 'switch'
  | 'expired'
  | 'blocked'
  | 'administrator'
  | 'desktop'
  | 'device-revoked'
  | 'left-structure'
  /** The structure gives fewer roles than the session was opened with. */
  | 'roles-lost'
  /** The person, from another session. */
  | 'owner'
  | 'password-changed'
  | 'undone'
  | 'help-desk'
  | 'closed'
  /** The provider that vouched for the person. */
  | 'upstream';

/** The one service that ends sessions, whoever asks. */
export interface Logout {
  /**
   * Ends them in the database with all that rests on them, and has every application told through the queue. Nothing of
   * the outside is awaited. The end of all of an account's sessions, or of all but one, also takes back whatever was
   * proved and waits somewhere: whoever revokes comes by here.
   * @param also runs in the same transaction
   * @returns how many sessions ended
   */
  end(
    which: WhichSessions,
    by: EndedBy,
    options?: {
      everything?: boolean;
      /** Undo codes made before this end too: see src/accounts/since.ts. */
      undosBefore?: Date | 'now';
      also?: (tx: Storage) => Promise<void>;
      line?: Partial<AuditLine>;
    },
  ): Promise<number>;
  /**
   * Ends the session of a desktop application, and the browser sessions that it opened unless they are `kept`.
   * @param also runs first in the same transaction; false: nothing was to be done
   */
  endDesktop(
    device: { deviceId: string; accountId: string },
    by: 'desktop' | 'device-revoked',
    options: {
      kept?: boolean;
      /** The device is taken away as a factor is: all but this session ends, with whatever was proved before. */
      revoking?: { except?: string | undefined };
      also?: (tx: Storage) => Promise<boolean>;
      line?: Partial<AuditLine>;
    },
  ): Promise<boolean>;
  /** Takes back what a person allowed an application: its grants end, it is told, and it will have to ask again. */
  revokeConsent(accountId: string, clientId: string): Promise<void>;
}

const allBut = (accountId: string, except: string | undefined): WhichSessions =>
  except === undefined ? { accountId } : { accountId, except };

const isWholeAccount = (which: WhichSessions): which is Extract<WhichSessions, { except?: string }> =>
  'accountId' in which && !('uidHash' in which) && !('deviceId' in which) && !('signInIds' in which);

export function createLogout({
  storage,
  queue,
  clock,
  log,
}: {
  storage: Storage;
  queue: LogoutQueue;
  clock: Clock;
  log: Log;
}): Logout {
  async function tell(clients: readonly SessionClient[]): Promise<void> {
    for (const { clientId, accountId, sid } of clients) {
      if (!sid) continue;
      try {
        await queue.send({ clientId, accountId, sid });
      } catch (err) {
        // The session has ended all the same: its tokens are dead, which the application learns at their next use.
        log.error({ err, clientId }, 'an application could not be told that a session ended');
      }
    }
  }

  return {
    async end(which, by, { everything = false, undosBefore, also, line = {} } = {}) {
      const { ended, clients } = await storage.transaction(async (tx) => {
        const at = clock();
        const result = await tx.signIns.endSessions(which, by, at, everything);
        if (isWholeAccount(which))
          await revokeProofs(tx, {
            ...which,
            at,
            undosBefore: undosBefore === 'now' ? at : undosBefore,
            offlineGoesOn: !everything,
          });
        await also?.(tx);
        // Where no session was open, what waited elsewhere was taken back all the same.
        if (result.ended > 0 || result.clients.length > 0 || (isWholeAccount(which) && !also)) {
          const accountId = 'accountId' in which ? which.accountId : result.clients[0]?.accountId;
          await tx.audit.write({ event: 'session.ended', accountId, ...line, details: { by, sessions: result.ended } });
        }
        return result;
      });
      await tell(clients);
      return ended;
    },

    async endDesktop(device, by, { kept = false, revoking, also, line = {} }) {
      const { accountId, deviceId } = device;
      const clients = await storage.transaction(async (tx) => {
        if (also && !(await also(tx))) return undefined;
        const now = clock();
        const browsers = kept ? { ended: 0, clients: [] } : await tx.signIns.endSessions(device, by, now);
        const desktop = await tx.signIns.endDesktop(deviceId, now);
        const others = revoking && (await tx.signIns.endSessions(allBut(accountId, revoking.except), by, now, true));
        if (revoking) await revokeProofs(tx, { accountId, at: now, ...revoking });
        const details = { by, device: deviceId, sessions: browsers.ended + (others?.ended ?? 0) };
        await tx.audit.write({ event: 'desktop.session-ended', accountId, ...line, details });
        return [...browsers.clients, ...desktop, ...(others?.clients ?? [])];
      });
      if (!clients) return false;
      await tell(clients);
      return true;
    },

    async revokeConsent(accountId, clientId) {
      const clients = await storage.transaction(async (tx) => {
        await tx.consents.revoke(accountId, clientId);
        await tx.audit.write({ event: 'consent.revoked', accountId, clientId });
        return tx.signIns.endGrants(accountId, clientId);
      });
      await tell(clients);
    },
  };
}
