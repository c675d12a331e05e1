import type { Entry } from 'ldapts';
import { firstOf } from './entry.ts';

/** MS-ADTS §2.2.16, as the server computes it. */
const LOCKED = 0x10;
const PASSWORD_EXPIRED = 0x800000;

/** What Active Directory says of a password; other directories have none of these. */
export const STATE_ATTRIBUTES = ['pwdLastSet', 'badPwdCount', 'msDS-User-Account-Control-Computed'];

/** Of one person's password, for their administrator. */
export function passwordState(entry: Entry): { ok: boolean; said: string }[] {
  const said: { ok: boolean; said: string }[] = [];
  const computed = Number(firstOf(entry, 'msDS-User-Account-Control-Computed') ?? 0);
  if ((computed & LOCKED) !== 0) said.push({ ok: false, said: 'the account is locked after wrong passwords' });
  if (firstOf(entry, 'pwdLastSet') === '0')
    said.push({ ok: false, said: 'the password must be changed at the next logon' });
  else if ((computed & PASSWORD_EXPIRED) !== 0) said.push({ ok: false, said: 'the password has expired' });
  const wrong = Number(firstOf(entry, 'badPwdCount') ?? 0);
  if (wrong > 0) said.push({ ok: true, said: `${wrong} wrong passwords since the last right one` });
  return said;
}
