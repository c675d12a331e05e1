import type { Entry } from 'ldapts';
import { firstOf } from './entry.ts';

/** MS-ADTS §2.2.16, as the server computes it. */
const LOCKED = 0x10;
const PASSWORD_EXPIRED = 0x800000;

/** What directories say of a password, and of when and where it is taken; each has some of these. */
export const STATE_ATTRIBUTES = [
  ...['pwdLastSet', 'badPwdCount', 'msDS-User-Account-Control-Computed', 'logonHours', 'userWorkstations'],
  // OpenLDAP's ppolicy, and 389 Directory Server's own.
  ...['pwdAccountLockedTime', 'pwdReset', 'accountUnlockTime', 'nsAccountLock'],
];
export const STATE_BYTES = ['logonHours'];

interface Said {
  readonly ok: boolean;
  readonly said: string;
}

/** A bit for each hour of a week that begins on Sunday, UTC (MS-ADA1 §2.376). */
function takesNow(hours: Buffer, now: Date): boolean {
  const at = now.getUTCDay() * 24 + now.getUTCHours();
  return ((hours[at >> 3] ?? 0) & (1 << (at & 7))) !== 0;
}

function limits(entry: Entry, now: Date): Said[] {
  const said: Said[] = [];
  const hours = entry.logonHours;
  if (Buffer.isBuffer(hours) && hours.length === 21 && !hours.every((byte) => byte === 0xff)) {
    const ok = takesNow(hours, now);
    said.push({ ok, said: `it may sign in at certain hours alone (logonHours), ${ok ? 'this one too' : 'not now'}` });
  }
  const stations = firstOf(entry, 'userWorkstations');
  if (stations)
    said.push({
      ok: false,
      said: `it may sign in from ${stations} alone ("Log On To"): add the domain controllers to that list`,
    });
  return said;
}

/** Of one person's password, for their administrator. */
export function passwordState(entry: Entry, now: Date): Said[] {
  const said: Said[] = [];
  const no = (words: string) => said.push({ ok: false, said: words });
  const computed = Number(firstOf(entry, 'msDS-User-Account-Control-Computed') ?? 0);
  const lockedHere = ['pwdAccountLockedTime', 'accountUnlockTime'].some((name) => firstOf(entry, name) !== undefined);
  if ((computed & LOCKED) !== 0 || lockedHere) no('the account is locked after wrong passwords');
  if (firstOf(entry, 'nsAccountLock')?.toLowerCase() === 'true') no('the account is inactivated (nsAccountLock)');
  if (firstOf(entry, 'pwdLastSet') === '0' || firstOf(entry, 'pwdReset')?.toUpperCase() === 'TRUE')
    no('the password must be changed at the next logon');
  else if ((computed & PASSWORD_EXPIRED) !== 0) no('the password has expired');
  said.push(...limits(entry, now));
  const wrong = Number(firstOf(entry, 'badPwdCount') ?? 0);
  if (wrong > 0) said.push({ ok: true, said: `${wrong} wrong passwords since the last right one` });
  return said;
}
