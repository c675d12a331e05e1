import { randomUUID } from 'node:crypto';
import type { Settings } from '../../config/settings.ts';
import type { Account } from '../accounts/account.ts';
import type { Circumstances } from '../accounts/circumstances.ts';
import type { Clock } from '../clock.ts';
import type { Notifier } from '../delivery/notifier.ts';
import { FlowError } from '../http/errors.ts';
import type { RequestInfo } from '../http/request.ts';
import type { Logout } from '../provider/logout.ts';
import type { Storage } from '../storage.ts';
import type { DesktopCaller } from './caller.ts';
import type { Device, SignedInDesktop } from './device.ts';

export interface DesktopSessionParts {
  readonly storage: Storage;
  readonly logout: Logout;
  readonly notifier: Notifier;
  readonly circumstances: Circumstances;
  readonly settings: Pick<Settings, 'DESKTOP_SESSION' | 'DESKTOP_LOGOUT_ENDS_BROWSERS'>;
  readonly clock: Clock;
}

/** The sessions of desktop applications and the devices they make: opened, signed out of, revoked. */
export interface DesktopSessions {
  /**
   * The desktop application is signed in: its device appears in the account.
   * @throws {FlowError} `desktop-device-revoked`, `desktop-from-desktop`, `desktop-session` when its sign-in is too old
   */
  open(caller: DesktopCaller, name: string): Promise<SignedInDesktop>;
  /** The person signs out in the desktop application. */
  signOut(desktop: SignedInDesktop): Promise<void>;
  rename(accountId: string, deviceId: string, name: string, request: RequestInfo): Promise<boolean>;
  /** What the device opened ends too, and every session but `except`, as for any factor. @returns false when there is no such device, or it was revoked already */
  revoke(accountId: string, deviceId: string, request: RequestInfo, except?: string): Promise<boolean>;
}

export function createDesktopSessions({
  storage,
  logout,
  notifier,
  circumstances,
  settings,
  clock,
}: DesktopSessionParts): DesktopSessions {
  /** Its owner is told at once, wherever the device stands. @returns the ids of the notices */
  function tellOwner(tx: Storage, account: Account, device: Device, request: RequestInfo) {
    const act = { account, at: device.createdAt, locale: account.locale ?? 'fr', request };
    return circumstances.tell(tx, act, 'device-added', { device: device.name });
  }

  return {
    async open({ account, clientId, grantId, jkt, signIn, call }, name) {
      const { address, supportCode } = call.request;
      const now = clock();
      // A desktop vouched for by another would go on when that one is revoked, and lengthen its life for ever.
      if (signIn.mode === 'monsisra') throw new FlowError('desktop-from-desktop');
      const expiresAt = new Date(signIn.authenticatedAt.getTime() + settings.DESKTOP_SESSION * 1000);
      if (expiresAt <= now) throw new FlowError('desktop-session');
      const told: string[] = [];
      const device = await storage.transaction(async (tx): Promise<Device> => {
        const place = await circumstances.place(tx, address);
        const registration = { id: randomUUID(), accountId: account.id, clientId, jkt, name, place };
        const { device, made } = await tx.desktopDevices.register(registration, now);
        if (device.revokedAt) throw new FlowError('desktop-device-revoked');
        // Asked again with the same grant: it is open already, or was signed out of and stays so.
        const known = await tx.desktopDevices.session(grantId);
        if (known?.endedAt) throw new FlowError('desktop-session');
        if (known) return device;
        await tx.desktopDevices.openSession(grantId, device.id, now, expiresAt);
        const line = { accountId: account.id, clientId, supportCode, address, details: { device: device.id } };
        if (made) {
          await tx.audit.write({ event: 'device.added', ...line });
          told.push(...(await tellOwner(tx, account, device, call.request)));
        }
        await tx.audit.write({ event: 'desktop.session-opened', acr: signIn.acr, ...line });
        return device;
      });
      await notifier.announce(told);
      return { account, device, signIn, expiresAt, address, supportCode };
    },

    async signOut({ device, address, supportCode }) {
      await logout.endDesktop({ deviceId: device.id, accountId: device.accountId }, 'desktop', {
        kept: !settings.DESKTOP_LOGOUT_ENDS_BROWSERS,
        line: { clientId: device.clientId, supportCode, address },
      });
    },

    rename: (accountId, deviceId, name, { supportCode, address }) =>
      storage.transaction(async (tx) => {
        const renamed = await tx.desktopDevices.rename(deviceId, accountId, name);
        const details = { device: deviceId };
        if (renamed) await tx.audit.write({ event: 'device.renamed', accountId, supportCode, address, details });
        return renamed;
      }),

    revoke: (accountId, deviceId, { supportCode, address }, except) =>
      logout.endDesktop({ deviceId, accountId }, 'device-revoked', {
        revoking: { except },
        line: { supportCode, address },
        async also(tx) {
          const revoked = await tx.desktopDevices.revoke(deviceId, accountId, clock());
          const details = { device: deviceId };
          if (revoked) await tx.audit.write({ event: 'device.revoked', accountId, supportCode, address, details });
          return revoked;
        },
      }),
  };
}
