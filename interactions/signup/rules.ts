import { kindOf } from '../../src/accounts/facts.ts';
import type { Statement } from '../../src/accounts/statement.ts';

/** What the form asks, by what is known already: it follows from who says it, not from the mode. */
export interface Rules {
  /** Said by a register or a structure: shown, and not the person's to change. */
  readonly locked: ReadonlySet<'family_name' | 'given_name'>;
  /** Whether an identifier and a password are chosen: where nothing else signs the person in, they must be. */
  readonly login: 'offered' | 'required';
  /** A structure's staff is asked once for the phone that it did not give; others give it with an identifier. */
  readonly phone: 'with-login' | 'asked';
}

export function rulesOf(statement: Statement | undefined): Rules {
  const kind = kindOf(statement?.source ?? 'person');
  const locked = new Set<'family_name' | 'given_name'>();
  if (kind !== 'person' && statement?.familyName) locked.add('family_name');
  if (kind !== 'person' && statement?.givenName) locked.add('given_name');
  return {
    locked,
    login: kind === 'person' ? 'required' : 'offered',
    phone: kind === 'structure' ? 'asked' : 'with-login',
  };
}
