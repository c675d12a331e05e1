import type { Acr } from '../../../config/modes.ts';

/** What an intruder may have to begin with. */
export type Holding = 'password' | 'mailbox' | 'session' | 'passkey' | 'application' | 'desk' | 'address';

export interface Intruder {
  readonly id: string;
  readonly who: string;
  readonly holds: readonly Holding[];
  /** The strongest sign-in to somebody's account that they may ever reach; none: they never sign in to it. */
  readonly most: Acr | undefined;
  /** The same in words, with what ends it. */
  readonly may: string;
}

/** Who may be hostile, and the most that each may ever get: docs/security.md says the same. */
export const INTRUDERS = [
  {
    id: 'nobody',
    who: 'A stranger, who knows the identifier and the mail address of a person.',
    holds: [],
    most: undefined,
    may: 'Nothing: no sign-in, and no way of keeping the person out of a browser that has signed them in with two factors.',
  },
  {
    id: 'address',
    who: 'A stranger behind the same address as the person, such as a hospital’s.',
    holds: ['address'],
    most: undefined,
    may: 'Nothing more than any stranger: known browsers are not counted with the address.',
  },
  {
    id: 'password',
    who: 'Somebody who holds the password.',
    holds: ['password'],
    most: 'eidas1',
    may: 'A sign-in with one factor, until the password changes; no change of a factor, and at most 25 guesses a day at the second one.',
  },
  {
    id: 'mailbox',
    who: 'Somebody who reads the mailbox.',
    holds: ['mailbox'],
    most: 'eidas1',
    may: 'A new password where the account has no other factor, and with it one factor; never two out of the one mailbox.',
  },
  {
    id: 'password-and-mailbox',
    who: 'Somebody who holds the password and reads the mailbox.',
    holds: ['password', 'mailbox'],
    most: 'eidas2',
    may: 'Two factors, since they have them, until the account goes back to a moment before; never the name, the profession or the number of a register that is somebody else’s.',
  },
  {
    id: 'session',
    who: 'Somebody who had an open session with two factors for a minute.',
    holds: ['session'],
    most: 'eidas2',
    may: 'What that session may change, until the owner takes it back by a mail: then none of it is left.',
  },
  {
    id: 'passkey',
    who: 'Somebody whose passkey was once enrolled in the account.',
    holds: ['passkey'],
    most: 'eidas2',
    may: 'What a passkey opens, until it is removed or the account goes back to a moment before it.',
  },
  {
    id: 'integrator',
    who: 'An integrator, with an application of their own.',
    holds: ['application'],
    most: undefined,
    may: 'What the person’s sign-in to their own application says; nothing of another application, and no sign-in.',
  },
  {
    id: 'agent',
    who: 'One agent of the help desk.',
    holds: ['desk'],
    most: undefined,
    may: 'To end sessions and take factors away, each time told to the person; to give access back takes a second agent.',
  },
] as const satisfies readonly Intruder[];

export type IntruderId = (typeof INTRUDERS)[number]['id'];
