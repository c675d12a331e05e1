import type { AccountStatus } from './account.ts';

/** Whoever may change what an account is. */
export type StatusActor = 'owner' | 'undo' | 'administrator' | 'help-desk' | 'lifecycle';

/**
 * Who may make an account what, out of what. What is not here is not done: nobody but an administrator, or two agents of
 * the help desk, opens what was blocked. Invitations, recoveries and sign-ups change no status at all, but for a recovery
 * to a moment before its account was closed.
 */
const MAY: Readonly<Record<StatusActor, Partial<Record<AccountStatus, readonly AccountStatus[]>>>> = {
  owner: { closed: ['active'] },
  undo: { active: ['closed'] },
  administrator: { blocked: ['active', 'closed'], active: ['blocked', 'closed'] },
  'help-desk': { active: ['blocked', 'closed'] },
  lifecycle: { blocked: ['active'] },
};

/** Out of which statuses this one may make it `to`; out of none: it may not. */
export const mayBecome = (by: StatusActor, to: AccountStatus): readonly AccountStatus[] => MAY[by][to] ?? [];

export interface StatusChange {
  readonly by: StatusActor;
  readonly to: AccountStatus;
  readonly reason: string;
}
