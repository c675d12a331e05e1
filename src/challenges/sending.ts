import { randomUUID } from 'node:crypto';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { CODE } from '../../config/lives.ts';
import type { Circumstances } from '../accounts/circumstances.ts';
import { loginKey } from '../accounts/login-key.ts';
import type { AuditEvent } from '../audit/audit.ts';
import type { Clock } from '../clock.ts';
import type { CodeJob, CodeQueue } from '../delivery/jobs.ts';
import { UpstreamError, UserError } from '../http/errors.ts';
import type { Admission } from '../protection/admission.ts';
import type { LimitName, Limits } from '../protection/limits.ts';
import type { Storage } from '../storage.ts';
import type { Asked, Challenge, Purpose } from './challenge.ts';
import type { SendToRequest } from './codes.ts';
import { newSeed } from './hotp.ts';

interface CodeEvents {
  readonly sent: AuditEvent;
  readonly accepted: AuditEvent;
  readonly refused: AuditEvent;
}

const contact = {
  sent: 'contact.code-sent',
  accepted: 'contact.code-accepted',
  refused: 'contact.code-refused',
} as const;

export const EVENTS: Readonly<Record<Purpose, CodeEvents>> = {
  'sign-in': { sent: 'sign-in.code-sent', accepted: 'sign-in.code-accepted', refused: 'sign-in.code-refused' },
  'verify-mail': contact,
  'verify-phone': contact,
  recovery: { sent: 'recovery.code-sent', accepted: 'recovery.code-accepted', refused: 'recovery.code-refused' },
};

type Whose = Pick<Challenge, 'channel' | 'purpose' | 'destination'> & { readonly accountId?: string | undefined };

/** Which doors a code passes, out and back: what a stranger asks for is not counted with what its owner does. */
export function doorsOf({ accountId, channel, purpose }: Whose) {
  if (purpose === 'sign-in') return { send: 'sign-in-send', code: 'second-factor' } as const;
  if (purpose === 'recovery')
    return channel === 'mail'
      ? ({ send: 'recovery-send', code: 'recovery-code' } as const)
      : ({ send: 'recovery-second-send', code: 'recovery-second-factor' } as const);
  return accountId === undefined
    ? ({ send: 'sign-up-send', code: 'sign-up-code' } as const)
    : ({ send: 'own-send', code: 'own-code' } as const);
}

/** By what it is counted: the account, else where the code goes, however it is spelled. */
export const counterOf = ({ accountId, destination }: Whose): string => accountId ?? loginKey(destination);

export interface SendingParts {
  readonly storage: Storage;
  readonly queue: CodeQueue;
  readonly limits: Limits;
  readonly admission: Admission;
  readonly clock: Clock;
  readonly circumstances: Circumstances;
  /** ISO 3166 codes; none: every number. */
  readonly smsCountries?: ReadonlySet<string>;
}

/** What was counted for one code: it can be given back while nothing has left. */
type Counted = (() => Promise<void>)[];

/** Sends one code: the same rules whoever it is for, and wherever it goes. */
export function createSending({ storage, queue, limits, admission, clock, circumstances, smsCountries }: SendingParts) {
  const take = async (name: LimitName, key: string) => {
    await limits.take(name, key);
    return () => limits.giveBack(name, key);
  };

  /** Each SMS costs: by number, and over all in a day, whatever comes of it. */
  async function payForSms(number: string, counted: Counted): Promise<void> {
    const country = parsePhoneNumberFromString(number)?.country;
    if (smsCountries && !(country && smsCountries.has(country))) throw new UserError('sms-unavailable', { country });
    try {
      counted.push(await take('sms-number', number));
      counted.push(await take('sms-day', 'all'));
    } catch (error) {
      if (error instanceof UserError) throw new UserError('sms-unavailable', error.detail, error);
      throw error;
    }
  }

  async function count(request: SendToRequest, counted: Counted): Promise<void> {
    const { accountId, channel, destination, decoy, proven } = request;
    const { send: door } = doorsOf(request);
    const asked = { door, counter: counterOf(request), accountId, request: request.request, proven };
    counted.push((await admission.admit(asked)).giveBack);
    // Somebody who is signed in could otherwise flood an address that is not theirs.
    if (door === 'own-send') counted.push(await take('sends-own-destination', loginKey(destination)));
    if (channel === 'sms' && !decoy) await payForSms(destination, counted);
  }

  /** Does the work, and gives back what was counted for it when it fails. */
  async function counting(request: SendToRequest, work: () => Promise<void>): Promise<void> {
    const counted: Counted = [];
    try {
      await count(request, counted);
      await work();
    } catch (error) {
      await Promise.all(counted.map((giveBack) => giveBack()));
      throw error;
    }
  }

  /** The challenge under way, when this is the same code asked for again. */
  async function underWay(request: SendToRequest): Promise<Challenge | undefined> {
    const old = request.current ? await storage.challenges.byId(request.current) : undefined;
    const same =
      old?.channel === request.channel &&
      old.destination === request.destination &&
      old.accountId === request.accountId &&
      old.purpose === request.purpose;
    return same ? old : undefined;
  }

  const asked = async (tx: Storage, { application, zone, request }: SendToRequest): Promise<Asked> => ({
    application,
    userAgent: request.userAgent,
    place: await circumstances.place(tx, request.address),
    zone: zone ?? circumstances.zoneOf(undefined),
  });

  /** Moves the challenge to its next code. @throws {UserError} `code-too-soon` when another request was faster */
  async function next(
    request: SendToRequest,
    again: Challenge | undefined,
    moving: (tx: Storage, challengeId: string) => Promise<void>,
    now: Date,
  ): Promise<CodeJob> {
    const { accountId, channel, destination, purpose, flow, locale, clientId, decoy } = request;
    return await storage.transaction(async (tx) => {
      const challengeId = again?.id ?? randomUUID();
      const fresh = { id: challengeId, accountId, purpose, channel, destination, locale, flow, seed: newSeed() };
      // A decoy too, so that it takes as long.
      if (!again)
        await tx.challenges.insert({ ...fresh, ...(decoy ? { decoy } : {}), asked: await asked(tx, request) });
      const expiresAt = new Date(now.getTime() + CODE.life * 1000);
      const notSince = new Date(now.getTime() - CODE.resendAfter * 1000);
      const counter = await tx.challenges.nextCode(challengeId, now, expiresAt, notSince);
      if (counter === undefined) throw new UserError('code-too-soon', { retryAfter: CODE.resendAfter });
      await moving(tx, challengeId);
      const { supportCode, address } = request.request;
      await tx.audit.write({
        event: EVENTS[purpose].sent,
        accountId,
        clientId,
        supportCode,
        address,
        details: { channel, counter, ...(decoy ? { decoy } : {}) },
      });
      return { challengeId, counter, requestedAt: Date.now(), kind: { channel, purpose } };
    });
  }

  return async (request: SendToRequest, moving: (tx: Storage, challengeId: string) => Promise<void>) => {
    const now = clock();
    const again = await underWay(request);
    if (again?.sentAt && now.getTime() - again.sentAt.getTime() < CODE.resendAfter * 1000) {
      throw new UserError('code-too-soon', {
        retryAfter: CODE.resendAfter - (now.getTime() - again.sentAt.getTime()) / 1000,
      });
    }
    if ((await storage.challenges.sendsOfFlow(request.flow)) >= CODE.sendsPerInteraction)
      throw new UserError('code-too-many-sends');
    await counting(request, async () => {
      const job = await next(request, again, moving, now);
      try {
        await queue.send(job);
      } catch (cause) {
        throw new UpstreamError('delivery-unavailable', {}, cause);
      }
    });
  };
}
