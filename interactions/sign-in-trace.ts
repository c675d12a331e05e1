import { randomUUID } from 'node:crypto';
import type { Context } from 'koa';
import type { Account } from '../src/accounts/account.ts';
import type { Circumstances } from '../src/accounts/circumstances.ts';
import { mailResetEnded } from '../src/accounts/mail-reset.ts';
import { isBesideOwn } from '../src/assurance/mailbox.ts';
import type { AuditLine } from '../src/audit/audit.ts';
import type { Clock } from '../src/clock.ts';
import { UserError } from '../src/http/errors.ts';
import { requestInfo } from '../src/http/request.ts';
import type { Limits } from '../src/protection/limits.ts';
import type { SignIn } from '../src/provider/sign-ins.ts';
import type { Arrival } from '../src/provider/standing.ts';
import type { Storage } from '../src/storage.ts';
import { texts } from './modes/texts.ts';
import type { KnownProof } from './stored-proof.ts';
import type { Visit } from './visit.ts';

type Line = Pick<AuditLine, 'clientId' | 'supportCode' | 'address'>;

/**
 * What is kept of a proof that was accepted.
 * @param place the structure in whose network it was given, in words, for its owner
 */
export const signInOf = (ctx: Context, visit: Visit, proof: KnownProof, place: string | undefined): SignIn => ({
  id: randomUUID(),
  accountId: proof.subject.accountId,
  clientId: visit.application.clientId,
  mode: proof.mode,
  acr: proof.acr,
  amr: proof.amr,
  passwordAt: proof.passwordAt,
  authenticatedAt: proof.at,
  provedAt: proof.provedAt,
  upstream: proof.upstream,
  deviceId: proof.deviceId,
  passkeyId: proof.passkeyId,
  userAgent: requestInfo(ctx.req).userAgent,
  place,
});

export type NewBrowserMail = 'new-browser' | 'new-browsers';

/** Which mail tells of a new browser: a few in an hour, then one that tells of all the rest, then none. */
export async function newBrowserMail(limits: Limits, accountId: string): Promise<NewBrowserMail | undefined> {
  for (const [limit, mail] of [
    ['new-browser-mails', 'new-browser'],
    ['new-browser-sums', 'new-browsers'],
  ] as const) {
    try {
      await limits.take(limit, accountId);
      return mail;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }
  return undefined;
}

/** In the transaction of a sign-in: where it proved more beside the password than the mailbox that gave it. */
export async function endsMailReset(tx: Storage, proof: KnownProof, account: Account, line: Line): Promise<void> {
  if (!isBesideOwn(proof)) return;
  const { clientId, supportCode, address } = line;
  await mailResetEnded(tx, account, proof.beside ?? proof.mode, { clientId, supportCode, address });
}

/**
 * In the transaction of a sign-in: its owner is told of a browser that they never used before, or of each if they wish.
 * @returns the notices to announce once it is committed
 */
export async function tellOfSignIn(
  tx: Storage,
  ctx: Context,
  {
    visit,
    proof,
    clock,
    circumstances,
    mail,
    arrival: { account, tellsEach },
  }: {
    visit: Visit;
    proof: KnownProof;
    clock: Clock;
    circumstances: Circumstances;
    mail: NewBrowserMail | undefined;
    arrival: Arrival;
  },
): Promise<readonly string[]> {
  const template = mail ?? (tellsEach ? 'signed-in' : undefined);
  if (!template) return [];
  const locale = account.locale?.startsWith('en') ? 'en' : visit.lang;
  const act = { account, at: clock(), locale, request: requestInfo(ctx.req) };
  return circumstances.tell(tx, act, template, {
    application: visit.application.name,
    mode: texts[locale][`mode.${proof.mode}.label`],
  });
}
