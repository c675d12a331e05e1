import { CODE } from '../../config/lives.ts';
import type { Account, Channel } from '../accounts/account.ts';
import { stands } from '../accounts/since.ts';
import { FlowError, UserError } from '../http/errors.ts';
import type { RequestInfo } from '../http/request.ts';
import type { Storage } from '../storage.ts';
import type { Challenge, Purpose } from './challenge.ts';
import { isCode, readCode } from './hotp.ts';
import { counterOf, createSending, doorsOf, EVENTS, type SendingParts } from './sending.ts';

interface Sent {
  readonly channel: Channel;
  /** The interaction, or whatever else the code is asked for in: three are sent in it at most. */
  readonly flow: string;
  readonly locale: string;
  readonly clientId?: string | undefined;
  /** What it opens, in the message; undefined where its purpose says it. */
  readonly application?: string | undefined;
  /** Whose clock the message tells the hour by; the deployment's, unless said. */
  readonly zone?: string | undefined;
  readonly request: RequestInfo;
  /** The challenge under way: sending to the same place again moves it to its next code. */
  readonly current?: string | undefined;
  /** Whether somebody human proved to be one with this request; undefined where there is no way to. */
  readonly proven?: (() => Promise<boolean>) | undefined;
}

export interface SendRequest extends Sent {
  readonly account: Account;
}

export interface SendToRequest extends Sent {
  /** Whose code it is; nobody's while the address belongs to no account. */
  readonly accountId?: string | undefined;
  /** A mail address or an E.164 number, verified or not. */
  readonly destination: string;
  readonly purpose: Purpose;
  /** Goes through everything and sends nothing: for an address that nobody has, so that the page does not tell. */
  readonly decoy?: boolean;
}

export interface Codes {
  /**
   * Sends a code for a sign-in, to a verified channel. `moving` runs in the same transaction, so that the flow knows the
   * challenge if and only if it exists.
   * @throws {UserError} `code-too-soon`, `code-too-many-sends`, `no-channel`
   * @throws {UpstreamError} `delivery-unavailable` when the queue cannot take it
   */
  send(request: SendRequest, moving: (storage: Storage, challengeId: string) => Promise<void>): Promise<void>;
  /** The same to any address or number, by the same rules: to verify it, or to give back access. */
  sendTo(request: SendToRequest, moving: (storage: Storage, challengeId: string) => Promise<void>): Promise<void>;
  /**
   * Checks what was typed and says how to use the code up: with what it proves, in one transaction.
   * @throws {UserError} `code-wrong`, `field-invalid`, `too-many-tries`; {FlowError} `code-expired`, `code-too-many-tries`
   */
  check(
    challengeId: string,
    typed: string,
    clientId: string | undefined,
    request: RequestInfo,
    proven?: () => Promise<boolean>,
  ): Promise<CheckedCode>;
  byId(challengeId: string): Promise<Challenge | undefined>;
}

export interface CheckedCode {
  readonly challenge: Challenge;
  /** @throws {FlowError} `code-expired` when a concurrent request used it first. */
  spend(storage: Storage): Promise<void>;
  succeeded(): Promise<void>;
}

export function createCodes(parts: SendingParts): Codes {
  const { storage, admission, clock } = parts;
  const sendTo = createSending(parts);
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
    sendTo,

    async send({ account, ...request }, moving) {
      const { channel, clientId } = request;
      const destination = destinationOf(account, channel);
      const { supportCode, address } = request.request;
      const zone = parts.circumstances.zoneOf(account);
      await sendTo(
        { ...request, accountId: account.id, destination, purpose: 'sign-in', zone },
        async (tx, challengeId) => {
          await moving(tx, challengeId);
          if (account.preferredChannel === channel) return;
          const line = { accountId: account.id, clientId, supportCode, address };
          await tx.accounts.setPreferredChannel(account.id, channel);
          await tx.audit.write({ event: 'account.channel-preferred', ...line, details: { channel } });
        },
      );
    },

    async check(challengeId, typed, clientId, request, proven) {
      const { supportCode, address } = request;
      const code = readCode(typed);
      if (code === undefined) throw new UserError('code-malformed');
      const challenge = await storage.challenges.byId(challengeId);
      const now = clock();
      if (!challenge) throw new FlowError('code-expired');
      if (!stands(challenge, challenge.sentAt ?? now)) throw new FlowError('proof-overtaken');
      const { channel, purpose } = challenge;
      const line = { accountId: challenge.accountId, clientId, supportCode, address };
      const { accountId } = challenge;
      const doors = doorsOf(challenge);
      const asked = { counter: counterOf(challenge), accountId, request, proven };
      const tried = await admission.admit({ ...asked, door: doors.code });
      const attempt = await storage.challenges.takeTry(challengeId, CODE.tries, now);
      if (!attempt) {
        await tried.giveBack();
        throw await deadReason(challengeId, now);
      }
      // A decoy is compared all the same, so that it takes as long.
      if (!isCode(code, attempt.seed, attempt.counter) || challenge.decoy) {
        await storage.audit.write({ event: EVENTS[purpose].refused, ...line, details: { channel } });
        throw new UserError('code-wrong');
      }
      return {
        challenge,
        async spend(tx) {
          if (!(await tx.challenges.consume(challengeId, attempt.counter, clock())))
            throw new FlowError('code-expired');
          if (channel === 'mail' && challenge.accountId && purpose !== 'verify-mail')
            await tx.lifecycles.mailChecked(challenge.accountId, clock());
          if (channel === 'sms' && challenge.accountId)
            await tx.lifecycles.phoneReached(challenge.accountId, challenge.destination, clock());
          await tx.audit.write({ event: EVENTS[purpose].accepted, ...line, details: { channel } });
        },
        async succeeded() {
          // Each code that was sent for it was used.
          await Promise.all([tried.succeeded(), admission.giveBack({ ...asked, door: doors.send }, challenge.counter)]);
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
