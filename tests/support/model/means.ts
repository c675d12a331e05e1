import type { Acr, ModeId } from '../../../config/modes.ts';
import type { SoftAuthenticator } from '../factors/soft-authenticator.ts';

export type Owner = 'alice' | 'bob';
export type Who = Owner | 'mallory';

/** Where a proof comes from in the end: a password that a mailbox gave is the mailbox, unless two agents saw whose it is. */
export type Root = 'password' | 'agents' | 'mail' | 'sms' | 'totp' | 'paper' | 'passkey' | 'psc' | 'cps';

/** `at` is the step in which it was made; `sure`: the owner may count on it. */
interface Made {
  readonly at: number;
  readonly by: Who;
}
export interface Password extends Made {
  readonly value: string;
  readonly knownBy: readonly Who[];
  readonly roots: readonly Root[];
  readonly sure: boolean;
}
export interface Reach extends Made {
  readonly value: string;
  readonly sure: boolean;
  /** False: nobody has answered from there. */
  readonly proved: boolean;
  /** Until when the word of two agents stands that it is its owner's, for one new password. */
  readonly vouchedUntil?: number | undefined;
}
export interface Key extends Made {
  readonly soft: SoftAuthenticator;
  /** On the page; no two are alike. */
  readonly name: string;
}
export interface App extends Made {
  readonly seed: string;
}
export interface Paper extends Made {
  readonly codes: readonly string[];
}
export interface Identity extends Made {
  readonly number: string;
}

/** Everything that opens one account, as the reference model sees it. */
export interface Means {
  readonly password?: Password | undefined;
  readonly mail?: Reach | undefined;
  readonly phone?: Reach | undefined;
  readonly keys: readonly Key[];
  readonly app?: App | undefined;
  readonly paper?: Paper | undefined;
  readonly identities: readonly Identity[];
}

/** Who proved what for an account, in one browser. It is upheld by changes of the session that makes them. */
export interface Proof {
  readonly who: Who;
  readonly account: Owner;
  readonly mode: ModeId;
  readonly roots: ReadonlySet<Root>;
  readonly amr: ReadonlySet<string>;
  at: number;
  /** The browser in which it signed in. */
  seat?: string;
}

/** The most that these may count for: two factors are two things, wherever each was typed. */
export function levelOf(roots: ReadonlySet<Root>): Acr {
  if (roots.has('cps')) return 'eidas3';
  const alone = roots.has('psc') || roots.has('passkey');
  return alone || roots.size > 1 ? 'eidas2' : 'eidas1';
}
