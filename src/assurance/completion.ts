import type { Acr } from '../../config/modes.ts';
import { strongest } from './levels.ts';

export interface Proved {
  readonly acr: Acr;
  readonly amr: readonly string[];
}

/**
 * What a session is worth once a code (or a TOTP, or a passkey) completes the password proof that lives in it: the
 * higher level, and the union of the factors. `auth_time` becomes that of the last factor.
 */
export function completed(before: Proved, added: Proved): Proved {
  return {
    acr: strongest([before.acr, added.acr]) ?? added.acr,
    amr: [...new Set([...before.amr, ...added.amr])],
  };
}
