import { type Acr, MODES } from '../../config/modes.ts';
import { atMost, satisfies } from '../assurance/levels.ts';
import type { SignIn } from '../provider/sign-ins.ts';
import type { RequestContent, Unanswered } from './request.ts';

const row = MODES.find(({ id }) => id === 'monsisra');

/** What a desktop's approval proves: what its own sign-in proved, capped, and the key that approves. */
export function provedBy({ acr, amr }: Pick<SignIn, 'acr' | 'amr'>): { acr: Acr; amr: string[] } {
  return { acr: atMost(acr, row?.acr ?? 'eidas1'), amr: [...new Set([...(row?.amr ?? []), ...amr])] };
}

/** Whether the sign-in of the desktop is enough for what is asked, and if not, why. */
export function whyNotEnough(
  signIn: Pick<SignIn, 'acr' | 'amr' | 'authenticatedAt'>,
  { required, maxAge }: Pick<RequestContent, 'required' | 'maxAge'>,
  now: Date,
): Extract<Unanswered, 'too-weak' | 'too-old'> | undefined {
  if (!satisfies(provedBy(signIn).acr, required)) return 'too-weak';
  if (maxAge !== undefined && now.getTime() > signIn.authenticatedAt.getTime() + maxAge * 1000) return 'too-old';
  return undefined;
}
