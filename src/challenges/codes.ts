import { randomUUID } from 'node:crypto';
import { CODE } from '../../config/lives.ts';
import type { Account, Channel } from '../accounts/account.ts';
import type { Clock } from '../clock.ts';
import type { CodeJob, CodeQueue } from '../delivery/jobs.ts';
import { FlowError, UpstreamError, UserError } from '../http/errors.ts';
import type { RequestInfo } from '../http/request.ts';
import { countedAddress } from '../protection/address.ts';
import type { Limits } from '../protection/limits.ts';
import type { Storage } from '../storage.ts';
import type { Challenge } from './challenge.ts';
import { isCode, newSeed, readCode } from './hotp.ts';

export interface SendRequest {
  readonly account: Account;
  readonly channel: Channel;
  /** The interaction that the code is for. */
  readonly flow: string;
  readonly locale: string;
  readonly clientId: string;
  readonly request: RequestInfo;
  /** The challenge under way: sending to the same place again moves it to its next code. */
  readonly current?: string | undefined;
}

export interface Codes {
  /**
   * Sends a code. `moving` runs in the same transaction, so that the flow knows the challenge if and only if it exists.
   * @throws {UserError} `code-too-soon`, `code-too-many-sends`, `no-channel`
   * @throws {UpstreamError} `delivery-unavailable` when the queue cannot take it
   */
  send(request: SendRequest, moving: (storage: Storage, challengeId: string) => Promise<void>): Promise<void>;
  /**
   * Checks what was typed and says how to use the code up: with the sign-in it proves, in one transaction.
   * @throws {UserError} `code-wrong`, `field-invalid`, `too-many-tries`; {FlowError} `code-expired`, `code-too-many-tries`
   */
  check(challengeId: string, typed: string, clientId: string, request: RequestInfo): Promise<CheckedCode>;
  byId(challengeId: string): Promise<Challenge | undefined>;
}

export interface CheckedCode {
  readonly challenge: Challenge;
  /** @throws {FlowError} `code-expired` when a concurrent request used it first. */
  spend(storage: Storage): Promise<void>;
  succeeded(): Promise<void>;
}

export function createCodes({
  storage,
  queue,
  limits,
  clock,
}: {
  storage: Storage;
  queue: CodeQueue;
  limits: Limits;
  clock: Clock;
}): Codes {
  const destinationOf = (account: Account, channel: Channel): string => {
    const verified =
      channel === 'mail' ? account.emailVerified && account.email : account.phoneVerified && account.phone;
    if (!verified) throw new UserError('no-channel');
    return verified;
  };

  async function deadReason(challengeId: string, now: Date): Promise<FlowError> {
    const challenge = await storage.challenges.byId(challengeId);
    const spent = challenge && !challenge.consumedAt && challenge.expiresAt && challenge.expiresAt > now;
    return new FlowError(spent ? 'code-too-many-tries' : 'code-expired');
  }

  return {
    byId: (challengeId) => storage.challenges.byId(challengeId),

    async send({ account, channel, flow, locale, clientId, request, current }, moving) {
      const destination = destinationOf(account, channel);
      const now = clock();
      const old = current ? await storage.challenges.byId(current) : undefined;
      const again = old?.channel === channel && old.accountId === account.id ? old : undefined;
      if (again?.sentAt && now.getTime() - again.sentAt.getTime() < CODE.resendAfter * 1000) {
        throw new UserError('code-too-soon', {
          retryAfter: CODE.resendAfter - (now.getTime() - again.sentAt.getTime()) / 1000,
        });
      }
      if ((await storage.challenges.sendsOfFlow(flow)) >= CODE.sendsPerInteraction)
        throw new UserError('code-too-many-sends');
      await limits.take('sends-account', account.id);
      await limits.take('sends-address', countedAddress(request.address));

      const job = await storage.transaction(async (tx): Promise<CodeJob> => {
        const challengeId = again?.id ?? randomUUID();
        if (!again)
          await tx.challenges.insert({
            id: challengeId,
            accountId: account.id,
            channel,
            destination,
            locale,
            flow,
            seed: newSeed(),
          });
        const expiresAt = new Date(now.getTime() + CODE.life * 1000);
        const notSince = new Date(now.getTime() - CODE.resendAfter * 1000);
        const counter = await tx.challenges.nextCode(challengeId, now, expiresAt, notSince);
        if (counter === undefined) throw new UserError('code-too-soon', { retryAfter: CODE.resendAfter });
        await moving(tx, challengeId);
        const { supportCode, address } = request;
        const line = { accountId: account.id, clientId, supportCode, address };
        if (account.preferredChannel !== channel) {
          await tx.accounts.setPreferredChannel(account.id, channel);
          await tx.audit.write({ event: 'account.channel-preferred', ...line, details: { channel } });
        }
        await tx.audit.write({ event: 'sign-in.code-sent', ...line, details: { channel, counter } });
        return { challengeId, counter, requestedAt: Date.now() };
      });
      try {
        await queue.send(job);
      } catch (cause) {
        throw new UpstreamError('delivery-unavailable', {}, cause);
      }
    },

    async check(challengeId, typed, clientId, { supportCode, address }) {
      const code = readCode(typed);
      if (code === undefined) throw new UserError('code-malformed');
      const challenge = await storage.challenges.byId(challengeId);
      const now = clock();
      if (!challenge) throw new FlowError('code-expired');
      const line = { accountId: challenge.accountId, clientId, supportCode, address };
      await limits.take('codes-account', challenge.accountId);
      const attempt = await storage.challenges.takeTry(challengeId, CODE.tries, now);
      if (!attempt) {
        await limits.giveBack('codes-account', challenge.accountId);
        throw await deadReason(challengeId, now);
      }
      if (!isCode(code, attempt.seed, attempt.counter)) {
        await storage.audit.write({ event: 'sign-in.code-refused', ...line, details: { channel: challenge.channel } });
        throw new UserError('code-wrong');
      }
      return {
        challenge,
        async spend(tx) {
          if (!(await tx.challenges.consume(challengeId, attempt.counter, clock())))
            throw new FlowError('code-expired');
          await tx.audit.write({ event: 'sign-in.code-accepted', ...line, details: { channel: challenge.channel } });
        },
        async succeeded() {
          await Promise.all([
            limits.giveBack('codes-account', challenge.accountId),
            limits.forget('sends-account', challenge.accountId),
            limits.giveBack('sends-address', countedAddress(address)),
          ]);
        },
      };
    },
  };
}

const MASK = '•••••';

/** `m•••••@hopital.example`, `•• •• •• •• 42`: enough to recognise, not enough to learn. */
export function masked(channel: Channel, destination: string): string {
  if (channel === 'sms') return `•• •• •• •• ${destination.slice(-2)}`;
  const at = destination.lastIndexOf('@');
  return `${destination.slice(0, 1)}${MASK}${destination.slice(at)}`;
}
