import { randomUUID } from 'node:crypto';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { CODE } from '../../config/lives.ts';
import { loginKey } from '../accounts/login-key.ts';
import type { AuditEvent } from '../audit/audit.ts';
import type { Clock } from '../clock.ts';
import type { CodeJob, CodeQueue } from '../delivery/jobs.ts';
import { UpstreamError, UserError } from '../http/errors.ts';
import { countedAddress } from '../protection/address.ts';
import type { KnownDevices } from '../protection/known-devices.ts';
import type { Limits } from '../protection/limits.ts';
import type { Storage } from '../storage.ts';
import type { Challenge, Purpose } from './challenge.ts';
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

/** By what a day's sends and wrong codes are counted: the account, else where the code goes, however it is spelled. */
export const countedBy = ({ accountId, destination }: Pick<Challenge, 'accountId' | 'destination'>) =>
  accountId === undefined
    ? ({ sends: 'sends-destination', codes: 'codes-destination', key: loginKey(destination) } as const)
    : ({ sends: 'sends-account', codes: 'codes-account', key: accountId } as const);

export interface SendingParts {
  readonly storage: Storage;
  readonly queue: CodeQueue;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly devices?: KnownDevices;
  /** ISO 3166 codes; none: every number. */
  readonly smsCountries?: ReadonlySet<string>;
}

/** Sends one code: the same rules whoever it is for, and wherever it goes. */
export function createSending({ storage, queue, limits, clock, smsCountries }: SendingParts) {
  /** Each SMS costs: by number, and over all in a day, whatever comes of it. */
  async function payForSms(number: string): Promise<void> {
    const country = parsePhoneNumberFromString(number)?.country;
    if (smsCountries && !(country && smsCountries.has(country))) throw new UserError('sms-unavailable', { country });
    try {
      await limits.take('sms-number', number);
      await limits.take('sms-day', 'all');
    } catch (error) {
      if (error instanceof UserError) throw new UserError('sms-unavailable', error.detail, error);
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

  return async (request: SendToRequest, moving: (tx: Storage, challengeId: string) => Promise<void>) => {
    const { accountId, channel, destination, purpose, flow, locale, clientId, decoy } = request;
    const now = clock();
    const again = await underWay(request);
    if (again?.sentAt && now.getTime() - again.sentAt.getTime() < CODE.resendAfter * 1000) {
      throw new UserError('code-too-soon', {
        retryAfter: CODE.resendAfter - (now.getTime() - again.sentAt.getTime()) / 1000,
      });
    }
    if ((await storage.challenges.sendsOfFlow(flow)) >= CODE.sendsPerInteraction)
      throw new UserError('code-too-many-sends');
    const { sends, key } = countedBy({ accountId, destination });
    await limits.take(sends, key);
    // Somebody who is signed in could otherwise flood an address that is not theirs.
    if (accountId !== undefined && purpose !== 'sign-in') await limits.take('sends-destination', loginKey(destination));
    await limits.take('sends-address', countedAddress(request.request.address));
    if (channel === 'sms' && !decoy) await payForSms(destination);

    const job = await storage.transaction(async (tx): Promise<CodeJob> => {
      const challengeId = again?.id ?? randomUUID();
      if (!again)
        await tx.challenges.insert({
          id: challengeId,
          accountId,
          purpose,
          ...(decoy ? { decoy } : {}),
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
      const { supportCode, address } = request.request;
      await tx.audit.write({
        event: EVENTS[purpose].sent,
        accountId,
        clientId,
        supportCode,
        address,
        details: { channel, counter, ...(decoy ? { decoy } : {}) },
      });
      return { challengeId, counter, requestedAt: Date.now() };
    });
    try {
      await queue.send(job);
    } catch (cause) {
      throw new UpstreamError('delivery-unavailable', {}, cause);
    }
  };
}
