import { CARE } from '../../config/lives.ts';
import type { Acr } from '../../config/modes.ts';
import type { SignIn } from '../provider/sign-ins.ts';
import { satisfies } from './levels.ts';

/** What a person may do to their own account only with a recent proof. */
export type Sensitive = 'contact' | 'password' | 'factors' | 'doors' | 'export' | 'closing';

/**
 * The proof that something sensitive asks for is at least as strong as what it changes. An address, a number or a factor
 * gives two factors to whoever holds it; the rest opens what the account itself opens.
 */
export function requiredProof(what: Sensitive, { hasSecondFactor } = { hasSecondFactor: true }): Acr {
  if (what === 'contact' || what === 'factors' || what === 'doors') return 'eidas2';
  return hasSecondFactor ? 'eidas2' : 'eidas1';
}

/** Between the library's own age of a sign-in, asked for with `max_age`, and ours: never a loop over a second. */
const SLACK = 60;

/** Whether this session's sign-in proves that much, and recently. */
export const isFreshProof = (signIn: Pick<SignIn, 'acr' | 'authenticatedAt'>, required: Acr, now: Date): boolean =>
  satisfies(signIn.acr, required) &&
  now.getTime() - signIn.authenticatedAt.getTime() <= (CARE.freshProof + SLACK) * 1000;
