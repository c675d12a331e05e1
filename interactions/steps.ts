import { MODES, type ModeId } from '../config/modes.ts';
import type { Settings } from '../config/settings.ts';
import type { Account } from '../src/accounts/account.ts';
import { satisfies } from '../src/assurance/levels.ts';
import { FlowError, type MireError, UserError } from '../src/http/errors.ts';
import type { KnownProof } from './stored-proof.ts';
import type { Visit } from './visit.ts';

/** What a step sees. */
export interface Standing {
  readonly visit: Visit;
  readonly proof: KnownProof;
  readonly account: Account | undefined;
  /** Ways of signing in that the person closed. */
  readonly closedDoors: readonly ModeId[];
  /** The person said yes to taking the place of somebody else's session. */
  readonly switched: boolean;
  readonly settings: Pick<Settings, 'TERMS_VERSION'>;
}

/** Something the person must answer before the sign-in ends; each is a screen. */
export type Question = 'switch' | 'terms';

/** A step lets pass (undefined), refuses, or asks; `more`: for another factor. None names the next one. */
type Answer = undefined | MireError | Question | 'more';

/** A password that is not enough here needs not be typed again where something may be added to it. */
const completable = (visit: Visit): boolean =>
  MODES.some(({ id, completesPassword }) => completesPassword && visit.whyRefused(id) === undefined);

/** Decided after every proof, in this order. */
export const STEPS: readonly (readonly [name: string, decide: (standing: Standing) => Answer])[] = [
  ['found', ({ account }) => (account ? undefined : new UserError('account-unavailable'))],
  ['active', ({ account }) => (account?.status === 'active' ? undefined : new UserError('account-unavailable'))],
  [
    'door open',
    ({ proof, closedDoors }) => (closedDoors.includes(proof.mode) ? new UserError('door-closed') : undefined),
  ],
  [
    'completes its own session',
    ({ proof, visit }) =>
      proof.full || visit.session?.account.id === proof.subject.accountId
        ? undefined
        : new FlowError('step-out-of-order'),
  ],
  [
    'mode accepted',
    ({ proof, visit }) => (visit.whyRefused(proof.mode) ? new FlowError('mode-not-accepted') : undefined),
  ],
  [
    'strong enough',
    ({ proof, visit }) => {
      if (satisfies(proof.acr, visit.requirement.level)) return undefined;
      return proof.passwordAt && completable(visit) ? 'more' : new UserError('level-not-reached');
    },
  ],
  [
    "somebody else's session",
    ({ visit, proof, switched }) =>
      visit.session && visit.session.account.id !== proof.subject.accountId && !switched ? 'switch' : undefined,
  ],
  [
    'terms accepted',
    ({ account, settings }) => (account?.termsVersion === settings.TERMS_VERSION ? undefined : 'terms'),
  ],
];
