import { z } from 'zod';
import { ACR_VALUES } from '../../../config/modes.ts';
import { partialOf, seenAt } from '../../stored-proof.ts';
import type { Visit } from '../../visit.ts';

/** Where a person stands in this mode: the password is proved, and a channel or a code is awaited. */
const proved = {
  accountId: z.uuid(),
  passwordAt: z.iso.datetime(),
  /** The proof of the session that the code completes; absent when the password was typed here. */
  completes: z.object({ acr: z.enum(ACR_VALUES), amr: z.array(z.string()) }).optional(),
};

const state = z.discriminatedUnion('step', [
  z.object({ step: z.literal('channel'), ...proved }),
  z.object({ step: z.literal('code'), ...proved, challengeId: z.uuid() }),
]);

export type CodeState = z.infer<typeof state>;
export type Proved = Pick<CodeState, 'accountId' | 'passwordAt' | 'completes'>;

export const ID = 'code-ephemere';

/** The state of this mode, if the flow is in it. */
export function stateOf({ flow }: Visit): CodeState | undefined {
  return flow.stage === 'in-mode' && flow.mode === ID ? state.parse(flow.state) : undefined;
}

/** The password that counts here: typed in this interaction, or living in the session. */
export function provedOf(visit: Visit): Proved | undefined {
  const current = stateOf(visit);
  if (current) return current;
  const living = visit.livingPassword;
  return (
    living && {
      accountId: living.account.id,
      passwordAt: living.at.toISOString(),
      completes: { acr: living.acr, amr: [...living.amr] },
    }
  );
}

/** When the password of this interaction was seen; one that lives in the session counts as long as the session does. */
export function seenIn({ flow, session }: Visit, { completes, passwordAt }: Proved): Date | undefined {
  const partial = completes && partialOf(flow);
  if (partial) return seenAt(partial);
  return completes && session ? undefined : new Date(passwordAt);
}

export const inMode = (next: CodeState) => ({ stage: 'in-mode', mode: ID, state: next }) as const;
