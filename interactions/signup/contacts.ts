import type { RouterContext } from '@koa/router';
import { type Circumstances, wanted } from '../../src/accounts/circumstances.ts';
import { loginKey } from '../../src/accounts/login-key.ts';
import type { Challenge } from '../../src/challenges/challenge.ts';
import type { CheckedCode, Codes } from '../../src/challenges/codes.ts';
import type { Clock } from '../../src/clock.ts';
import { meaningOf, type Told } from '../../src/delivery/answers.ts';
import type { Notifier } from '../../src/delivery/notifier.ts';
import { FlowError, UserError } from '../../src/http/errors.ts';
import { readFields, required } from '../../src/http/form.ts';
import { requestInfo } from '../../src/http/request.ts';
import type { Storage } from '../../src/storage.ts';
import type { Draft } from './draft.ts';
import type { Ground } from './ground.ts';

export type ContactStep = 'mail' | 'phone';
export const CONTACTS = ['mail', 'phone'] as const satisfies readonly ContactStep[];

const DAY = 24 * 60 * 60 * 1000;

export interface ContactParts {
  readonly storage: Storage;
  readonly codes: Codes;
  readonly notifier: Notifier;
  readonly clock: Clock;
  readonly circumstances: Circumstances;
}

const destinationOf = ({ answers }: Draft, step: ContactStep): string => {
  const destination = step === 'mail' ? answers?.email : answers?.phone;
  if (!destination) throw new FlowError('step-out-of-order');
  return destination;
};

/**
 * Why the code does not arrive, as far as the page may tell. Of a mail that is somebody's nothing was sent here, so only
 * what is known of their account can be told of it; and of a mail that is nobody's no more than that, or the difference
 * would tell which is which.
 */
export async function troubleTold(
  storage: Pick<Storage, 'accounts'>,
  { channel, destination, decoy, trouble }: Challenge,
): Promise<Told | undefined> {
  if (decoy) {
    const key = loginKey(destination);
    const account = (await storage.accounts.byLoginKey(key))?.account;
    const dead = account?.emailRefusedAt && account.email !== undefined && loginKey(account.email) === key;
    return dead ? meaningOf('unknown-recipient').told : undefined;
  }
  if (!trouble) return undefined;
  const { remembered, told } = meaningOf(trouble);
  return channel === 'sms' || remembered ? told : undefined;
}

/** Mail and phone, each verified by a code of its own before anything is made with it. */
export function createContacts({ storage, codes, notifier, clock, circumstances }: ContactParts) {
  /**
   * Sends the code of one step. Where the mail is somebody's already, nothing is sent but a word to its owner, and the
   * page does not tell.
   */
  async function send(ctx: RouterContext, ground: Ground, draft: Draft, step: ContactStep): Promise<void> {
    const destination = destinationOf(draft, step);
    const owner = step === 'mail' ? await storage.accounts.byLoginKey(loginKey(destination)) : undefined;
    const current = draft[step].challengeId;
    const request = requestInfo(ctx.req);
    const notices: string[] = [];
    await codes.sendTo(
      {
        channel: step === 'mail' ? 'mail' : 'sms',
        purpose: step === 'mail' ? 'verify-mail' : 'verify-phone',
        destination,
        flow: `${ground.flow}:${step}`,
        locale: ground.lang,
        clientId: ground.clientId,
        application: ground.application,
        request,
        current,
        decoy: owner !== undefined,
      },
      async (tx, challengeId) => {
        await ground.save({ ...draft, [step]: { ...draft[step], challengeId } }, tx);
        if (!owner || challengeId === current) return;
        const { supportCode, address } = request;
        const { account } = owner;
        const template = 'sign-up-mail-used';
        const act = { account, at: clock(), locale: account.locale ?? ground.lang, request };
        const params = wanted(template, await circumstances.of(tx, act));
        const { id: accountId } = account;
        // To the address that was typed, whether its owner has proved it or not.
        const { at, locale } = act;
        notices.push(await tx.notices.write({ template, to: destination, accountId, locale, at, params }));
        const line = { accountId, clientId: ground.clientId, supportCode, address };
        await tx.audit.write({ ...line, event: 'sign-up.mail-used' });
      },
    );
    await notifier.announce(notices);
  }

  return {
    send,

    /** The first time, and when the address changed; a code that is on its way is waited for. */
    async sendUnlessSent(ctx: RouterContext, ground: Ground, draft: Draft, step: ContactStep): Promise<void> {
      const { challengeId } = draft[step];
      const sent = challengeId ? await codes.byId(challengeId) : undefined;
      const waiting =
        sent?.destination === destinationOf(draft, step) && !sent.consumedAt && (sent.expiresAt ?? 0) > clock();
      if (waiting) await ground.save(draft);
      else await send(ctx, ground, draft, step);
    },

    /** @throws {UserError} also for a code that is over: the same page offers another one. */
    async check(ctx: RouterContext, { draft, clientId }: Ground, step: ContactStep): Promise<CheckedCode> {
      const { challengeId } = draft[step];
      const { code } = readFields(ctx, { code: required(40) });
      if (!challengeId) throw new UserError('code-expired');
      try {
        return await codes.check(challengeId, code, clientId, requestInfo(ctx.req));
      } catch (error) {
        if (error instanceof FlowError && (error.code === 'code-expired' || error.code === 'code-too-many-tries'))
          throw new UserError(error.code);
        throw error;
      }
    },

    /** What was verified is found again if this interaction is cut off. */
    async keep(tx: Storage, { identity }: Ground, { typed, mail, phone }: Draft): Promise<void> {
      if (!identity) return;
      const kept = { typed: typed as Record<string, string>, mail: mail.verified, phone: phone.verified };
      await tx.signUpDrafts.keep(identity, kept, new Date(clock().getTime() + DAY));
    },
  };
}

export type Contacts = ReturnType<typeof createContacts>;
