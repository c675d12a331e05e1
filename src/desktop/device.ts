import type { Account } from '../accounts/account.ts';
import type { SignIn } from '../provider/sign-ins.ts';

/** One desktop application of one person: a key that never leaves its machine. */
export interface Device {
  readonly id: string;
  readonly accountId: string;
  readonly clientId: string;
  readonly name: string;
  /** As coarse as src/protection/address.ts makes it. */
  /** The structure in whose network it was registered, in words. */
  readonly place: string | undefined;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly revokedAt: Date | undefined;
}

/** One sign-in of a device. */
export interface DesktopSession {
  readonly device: Device;
  readonly expiresAt: Date;
  readonly endedAt: Date | undefined;
}

/** A desktop application whose person is signed in: who may see and approve requests. */
export interface SignedInDesktop {
  readonly account: Account;
  readonly device: Device;
  readonly signIn: SignIn;
  readonly expiresAt: Date;
  /** Where it calls from. */
  readonly address: string;
  readonly supportCode: string;
}

/** The devices of people, for their account's page too. Grant ids come in clear; the adapter hashes them. */
export interface DesktopDevices {
  /** Those that are not revoked, the last used first. */
  of(accountId: string): Promise<Device[]>;
  /** Those that were made before, and revoked since. */
  revokedSince(accountId: string, since: Date): Promise<Device[]>;
  /** Only a device of that account. */
  byId(id: string, accountId: string): Promise<Device | undefined>;
  /** The device of this key, made when it is not there; a revoked one stays revoked. */
  register(
    device: { id: string; accountId: string; clientId: string; jkt: string; name: string; place: string | undefined },
    now: Date,
  ): Promise<{ device: Device; made: boolean }>;
  rename(id: string, accountId: string, name: string): Promise<boolean>;
  /** @returns false when it was revoked already, or is not of that account. */
  revoke(id: string, accountId: string, now: Date): Promise<boolean>;
  /** The one live session of a device; those before it end. */
  openSession(grantId: string, deviceId: string, now: Date, expiresAt: Date): Promise<void>;
  session(grantId: string): Promise<DesktopSession | undefined>;
  /** Holds the device as it is until the end of the transaction. @returns whether it may still sign somebody in. */
  hold(id: string, now: Date): Promise<boolean>;
}
