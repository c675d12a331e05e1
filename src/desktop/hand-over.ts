import { randomUUID } from 'node:crypto';
import { DESKTOP } from '../../config/lives.ts';
import type { Acr } from '../../config/modes.ts';
import type { Clock } from '../clock.ts';
import type { RequestInfo } from '../http/request.ts';
import { coarsePlace, countedAddress } from '../protection/address.ts';
import type { Limits } from '../protection/limits.ts';
import { randomToken } from '../protection/secrets.ts';
import type { Storage } from '../storage.ts';
import { newCode, newNumber } from './number-match.ts';
import type { Approval, BrowserContent, DesktopRequest, RequestState } from './request.ts';
import type { Watch } from './watch.ts';

/** Who asks, in which interaction. */
export interface HandOverOrigin {
  readonly uid: string;
  readonly clientId: string;
  readonly applicationName: string;
  readonly required: Acr;
  readonly maxAge: number | undefined;
  readonly browser: string | undefined;
  readonly request: RequestInfo;
}

/** The browser's side: asks, waits, takes the approval. */
export interface HandOver {
  /** @returns the id of the request. @throws {UserError} `too-many-tries` */
  ask(origin: HandOverOrigin): Promise<string>;
  /** The request of this interaction, and where it stands now. */
  look(
    id: string,
    uid: string,
  ): Promise<{ content: BrowserContent; state: RequestState | 'expired'; left: number } | undefined>;
  /** What was approved, without using it up. */
  approval(id: string): Promise<Approval | undefined>;
  /** Uses the approval up, once. @returns false when somebody did, it is too late, or its device is out */
  redeem(tx: Storage, id: string, uid: string): Promise<boolean>;
  /** The request led to a sign-in: it does not count against the address. */
  succeeded(request: RequestInfo): Promise<void>;
  readonly watch: Watch;
}

export interface HandOverParts {
  readonly storage: Storage;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly watch: Watch;
}

const inSeconds = (from: Date, seconds: number) => new Date(from.getTime() + seconds * 1000);

export function createHandOver({ storage, limits, clock, watch }: HandOverParts): HandOver {
  /** One that belongs to this interaction. */
  async function own(id: string, uid: string): Promise<(DesktopRequest & { content: BrowserContent }) | undefined> {
    const request = await storage.desktopRequests.byId(id);
    if (request?.content.kind !== 'browser' || request.content.uid !== uid) return undefined;
    return { ...request, content: request.content };
  }

  return {
    watch,

    async ask({ uid, clientId, applicationName, required, maxAge, browser, request }) {
      const { address, supportCode } = request;
      const counted = countedAddress(address);
      await limits.take('desktop-asked-address', counted);
      const now = clock();
      const id = randomUUID();
      await storage.transaction(async (tx) => {
        await tx.desktopRequests.supersede(uid, now);
        for (let made = false; !made; ) {
          const content: BrowserContent = {
            kind: 'browser',
            uid,
            clientId,
            applicationName,
            required,
            ...(maxAge === undefined ? {} : { maxAge }),
            place: coarsePlace(address),
            counted,
            token: randomToken(),
            code: newCode(),
            ...newNumber(),
            ...(browser ? { browser } : {}),
          };
          const expiresAt = inSeconds(now, DESKTOP.request);
          made = await tx.desktopRequests.insert({ id, content, uid, createdAt: now, expiresAt });
        }
        await tx.audit.write({ event: 'sign-in.desktop-asked', mode: 'monsisra', clientId, supportCode, address });
      });
      return id;
    },

    async look(id, uid) {
      const request = await own(id, uid);
      if (!request) return undefined;
      const now = clock();
      const left = Math.ceil((request.expiresAt.getTime() - now.getTime()) / 1000);
      const late =
        (request.state === 'waiting' && left <= 0) || (request.state === 'approved' && left + DESKTOP.redeem <= 0);
      return { content: request.content, state: late ? 'expired' : request.state, left };
    },

    async approval(id) {
      const request = await storage.desktopRequests.byId(id);
      return request?.state === 'approved' ? request.approval : undefined;
    },

    async redeem(tx, id, uid) {
      const now = clock();
      const approval = await tx.desktopRequests.redeem(id, uid, inSeconds(now, -DESKTOP.redeem));
      return approval !== undefined && (await tx.desktopDevices.hold(approval.deviceId, now));
    },

    succeeded: ({ address }) => limits.giveBack('desktop-asked-address', countedAddress(address)),
  };
}
