import type { Settings } from '../config/settings.ts';
import type { Account } from '../src/accounts/account.ts';
import { isMailToAsk } from '../src/accounts/dead-mail.ts';
import { stands } from '../src/accounts/since.ts';
import { isFreshProof, requiredProof } from '../src/assurance/fresh-proof.ts';
import { isMailboxTwice } from '../src/assurance/mailbox.ts';
import { isCompletable, type Missing, type Rules } from '../src/assurance/may-open.ts';
import { OWN_CLIENT, OWN_CONTACT } from '../src/clients/own-client.ts';
import { FlowError, type MireError, UserError } from '../src/http/errors.ts';
import type { KnownProof } from './stored-proof.ts';
import type { Visit } from './visit.ts';

/** What a step sees. */
export interface Standing {
  readonly visit: Visit;
  readonly proof: KnownProof;
  readonly account: Account | undefined;
  /** What stands against this proof opening the application: one answer, which the steps say in their order. */
  readonly missing: Missing | undefined;
  readonly rules: Rules;
  /** The person said yes to taking the place of somebody else's session. */
  readonly switched: boolean;
  readonly settings: Pick<Settings, 'TERMS_VERSION'>;
  readonly now: Date;
}

/** Something the person must answer before the sign-in ends; each is a screen. */
export type Question = 'switch' | 'terms' | 'mail';

/**
 * What changes the mail is stronger than a password, is not that mailbox itself, and was not old when it came, as what a
 * desktop says may be.
 */
const mayChangeMail = ({ acr, beside, at, provedAt = at }: KnownProof): boolean =>
  beside !== 'mail' && isFreshProof({ acr, authenticatedAt: at }, requiredProof('contact'), provedAt);

/** The sign-in leads to the very page that changes it. */
const goesToContact = ({ application, interaction }: Visit): boolean =>
  application.clientId === OWN_CLIENT && interaction.params.state === OWN_CONTACT;

/** A step lets pass (undefined), refuses, or asks; `more`: for another factor. None names the next one. */
type Answer = undefined | MireError | Question | 'more';

/** Decided after every proof, in this order. */
export const STEPS: readonly (readonly [name: string, decide: (standing: Standing) => Answer])[] = [
  ['found', ({ account }) => (account ? undefined : new UserError('account-unavailable'))],
  ['active', ({ account }) => (account?.status === 'active' ? undefined : new UserError('account-unavailable'))],
  [
    'still stands',
    ({ account, proof }) =>
      account && !stands(account, proof.provedAt ?? proof.at) ? new FlowError('proof-overtaken') : undefined,
  ],
  ['door open', ({ missing }) => (missing?.what === 'door' ? new UserError('door-closed') : undefined)],
  [
    'completes its own session',
    ({ proof, visit }) =>
      proof.full || visit.session?.account.id === proof.subject.accountId
        ? undefined
        : new FlowError('step-out-of-order'),
  ],
  ['mode accepted', ({ missing }) => (missing?.what === 'mode' ? new FlowError('mode-not-accepted') : undefined)],
  ['structure open', ({ missing }) => (missing?.what === 'structure' ? new UserError('structure-unknown') : undefined)],
  [
    'strong enough',
    ({ proof, missing, rules, account }) => {
      if (missing?.what !== 'level') return undefined;
      if (account && isMailboxTwice(account, proof)) return new UserError('mailbox-twice');
      // A password that is not enough here needs not be typed again where something may be added to it.
      return proof.passwordAt && isCompletable(proof, rules) ? 'more' : new UserError('level-not-reached');
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
  [
    'mail that works',
    ({ account, proof, visit, now }) =>
      account && isMailToAsk(account, now) && mayChangeMail(proof) && !goesToContact(visit) ? 'mail' : undefined,
  ],
];
