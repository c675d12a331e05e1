import { CARE } from '../../config/lives.ts';
import type { Account } from '../accounts/account.ts';
import { asItWas } from '../accounts/as-it-was.ts';
import { mailResetEnded } from '../accounts/mail-reset.ts';
import { inWords, type Outcome } from '../accounts/outcomes.ts';
import type { Asking, CareParts, Changing } from '../accounts/telling.ts';
import type { Undo } from '../accounts/undo.ts';
import { masked } from '../challenges/codes.ts';
import { localeOf } from '../delivery/mail-frame.ts';
import { UserError } from '../http/errors.ts';
import type { HelpParams } from './help-desk.ts';

/** What a second agent approved. */
export interface Approval {
  readonly account: Account;
  readonly asking: Asking;
  readonly by: string;
  readonly approvedBy: string;
}

/** The first minute of a day, wherever in the country it begins. */
const momentOf = (day: string): Date => new Date(`${day}T00:00:00+02:00`);

/** @throws {UserError} `moment-too-far` for a day that the journal does not reach, or that has not come */
export function checkMoment(since: string | undefined, now: Date): void {
  if (since === undefined) return;
  const ago = now.getTime() - momentOf(since).getTime();
  if (!(ago >= 0 && ago <= CARE.journal * 1000)) throw new UserError('moment-too-far');
}

/** Of now and of before: the one may be an intruder's, and the other the owner's. */
function mailsOf({ email, emailVerified }: Account, journal: readonly Undo[]): string[] {
  const before = journal.flatMap(({ before: was }) => (was.kind === 'mail' && was.verified ? [was.value] : []));
  return [...new Set([emailVerified ? email : undefined, ...before])].filter((one) => one !== undefined);
}

/** Where the mail is the agent's doing, that of before is nobody's concern. */
const ofTheirMail = (outcome: Outcome) => outcome === 'mail-back' || outcome === 'mail-not-back';

/**
 * A supervised recovery: the account as it was before somebody else had it, or with nothing left that lets anybody in;
 * then the mail that the person gave. Nobody proved it yet: the code of a forgotten password does. Nothing undoes it:
 * whoever had the account reads its mail.
 */
export function createRecovering({ clock }: Pick<CareParts, 'clock'>, change: Changing) {
  return async ({ account, asking, by, approvedBy }: Approval, { email = '', since }: HelpParams): Promise<void> => {
    const { id: accountId } = account;
    const moment = { accountId, since: since === undefined ? undefined : momentOf(since) };
    let outcomes: readonly Outcome[] = [];
    let old: readonly string[] = [];
    await change({
      account,
      asking,
      event: 'help-desk.acted',
      details: () => ({ action: 'recovery', by, approvedBy, did: outcomes }),
      tell: () => [
        ...old.map((to) => ({ template: 'help-desk-recovered', to, params: { to: masked('mail', email) } }) as const),
        {
          template: 'help-desk-recovery',
          to: email,
          params: { what: inWords(outcomes, localeOf(asking.locale)).join(' ') },
        },
      ],
      ending: { which: { accountId }, by: 'help-desk', everything: true, undosToo: true },
      async work(tx) {
        const journal = await tx.undos.since(accountId, moment.since ?? new Date(0));
        old = mailsOf(account, journal);
        const all = await asItWas(tx, { ...moment, now: clock() }, journal);
        outcomes = all.filter((one) => !ofTheirMail(one));
        const done = await tx.care.setContact(accountId, 'mail', { value: email, verified: false });
        if (done !== 'done') throw new UserError('contact-taken');
        await tx.accounts.setMailToProve(accountId, true);
        // Both agents saw who it is: the next password does not rest on the mail alone.
        const { supportCode, address } = asking.request;
        await mailResetEnded(tx, account, 'help-desk', { supportCode, address });
        await tx.accounts.setMailVouched(accountId, clock());
        if (moment.since !== undefined) return;
        const { phone } = (await tx.accounts.byId(accountId)) ?? {};
        await tx.care.setContact(accountId, 'sms', { value: phone, verified: false });
      },
    });
  };
}
