import type { DirectoryRefusal } from '../../src/structures/reading.ts';
import type { Meaning } from './answers.ts';

/** What is to be done about the account that Mire searches with, by why it is refused. */
const ADVICE: Readonly<Record<DirectoryRefusal, string>> = {
  wrong: 'unknown, or its password is wrong',
  'password-expired': 'its password has expired: give it a new one, and let it never expire',
  'must-change': 'its password must be changed before it is used: clear "must change password at next logon"',
  locked: 'it is locked after wrong passwords: unlock it',
  disabled: 'it is disabled, or its date of expiry has passed',
  'not-now': 'it may not sign in at this hour',
  'not-here': 'it may not sign in on this server: its list of workstations, or a policy, says so',
  unclear: 'it is refused',
};

/** In a sentence for the structure's administrator. */
export const serviceRefusal = (meaning: Meaning, said: string): string =>
  meaning === 'ill' ? said : `${ADVICE[meaning.refusal ?? 'unclear']} (${said})`;
