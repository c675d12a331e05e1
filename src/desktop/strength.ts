import { type Acr, MODES } from '../../config/modes.ts';
import { atMost } from '../assurance/levels.ts';
import { structureBehind } from '../assurance/may-open.ts';
import type { SignIn } from '../provider/sign-ins.ts';
import type { Upstream } from '../provider/upstream.ts';
import type { RequestContent, Unanswered } from './request.ts';

const row = MODES.find(({ id }) => id === 'monsisra');

/** What a desktop's approval proves: what its own sign-in proved, capped, and the key that approves. */
export function provedBy({ acr, amr }: Pick<SignIn, 'acr' | 'amr'>): { acr: Acr; amr: string[] } {
  return { acr: atMost(acr, row?.acr ?? 'eidas1'), amr: [...new Set([...(row?.amr ?? []), ...amr])] };
}

/** The structure's word that an approval rests on, when the desktop is signed in on one; another provider's ends with it. */
export function wordBehind({ upstream }: Pick<SignIn, 'upstream'>): Upstream | undefined {
  if (!upstream || structureBehind(upstream) === undefined) return undefined;
  const { provider, structure, subject } = upstream;
  return { provider, structure, subject };
}

/** Whether the sign-in of the desktop is recent enough for what is asked. */
export function whyTooOld(
  signIn: Pick<SignIn, 'authenticatedAt'>,
  { maxAge }: Pick<RequestContent, 'maxAge'>,
  now: Date,
): Extract<Unanswered, 'too-old'> | undefined {
  if (maxAge !== undefined && now.getTime() > signIn.authenticatedAt.getTime() + maxAge * 1000) return 'too-old';
  return undefined;
}
