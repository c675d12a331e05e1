import { z } from 'zod';
import { ACR_VALUES } from '../../config/modes.ts';
import { upstream } from '../provider/upstream.ts';

/** What a request is made of, sealed in its row. */
const asked = {
  clientId: z.string(),
  applicationName: z.string(),
  /** The least level the application accepts. */
  required: z.enum(ACR_VALUES),
  maxAge: z.number().optional(),
  /** Where the browser, or the practice's software, stands: coarse for the person, counted to compare. */
  place: z.string().optional(),
  counted: z.string(),
};

export const requestContent = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('browser'),
    ...asked,
    uid: z.string(),
    /** In the link that opens the desktop application, and typed there by hand. */
    token: z.string(),
    code: z.string(),
    number: z.int(),
    choices: z.array(z.int()),
    browser: z.string().optional(),
  }),
  z.object({
    kind: z.literal('ciba'),
    ...asked,
    authReqId: z.string(),
    bindingMessage: z.string().optional(),
    scope: z.string(),
  }),
]);
export type RequestContent = z.infer<typeof requestContent>;
export type BrowserContent = Extract<RequestContent, { kind: 'browser' }>;
export type CibaContent = Extract<RequestContent, { kind: 'ciba' }>;

/** How a request ended without a sign-in; each has its sentence. */
export const UNANSWERED = ['refused', 'wrong-number', 'too-weak', 'too-old', 'superseded'] as const;
export type Unanswered = (typeof UNANSWERED)[number];
export type RequestState = 'waiting' | 'approved' | 'redeemed' | Unanswered;

export const approval = z.object({
  accountId: z.uuid(),
  deviceId: z.uuid(),
  acr: z.enum(ACR_VALUES),
  amr: z.array(z.string()),
  at: z.iso.datetime(),
  /** The structure on whose word the desktop is signed in. */
  upstream: upstream.optional(),
  /** From when it counts: see src/accounts/since.ts. Its desktop stood then, whenever that had signed in. */
  approvedAt: z.iso.datetime().optional(),
});
export type Approval = z.infer<typeof approval>;

export interface DesktopRequest {
  readonly id: string;
  readonly content: RequestContent;
  readonly state: RequestState;
  /** Whom it is for, when that is known before an answer. */
  readonly askedAccountId: string | undefined;
  /** The device that opened it: no other may answer. */
  readonly deviceId: string | undefined;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly approval: Approval | undefined;
}

export interface NewRequest {
  readonly id: string;
  readonly content: RequestContent;
  readonly uid?: string;
  readonly askedAccountId?: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** Tokens, codes and uids come in clear; the adapter hashes them. Every change is a compare-and-set. */
export interface DesktopRequests {
  /** @returns false, and keeps nothing, when its code is somebody's. */
  insert(request: NewRequest): Promise<boolean>;
  byId(id: string): Promise<DesktopRequest | undefined>;
  /** One that waits still. */
  find(by: { token: string } | { code: string }, now: Date): Promise<DesktopRequest | undefined>;
  /** Requests without a browser that wait for this person. */
  waitingFor(accountId: string, now: Date): Promise<DesktopRequest[]>;
  /** The first device to open it keeps it. */
  claim(id: string, deviceId: string, now: Date): Promise<boolean>;
  /** Ends the wait, once, by the device that claimed it. */
  answer(id: string, deviceId: string, state: RequestState, now: Date, approval?: Approval): Promise<boolean>;
  /** Takes an approval, once, for the interaction it was asked in. */
  redeem(id: string, uid: string, approvedAfter: Date): Promise<Approval | undefined>;
  /** An approval that led nowhere may be given again. */
  reopen(id: string): Promise<void>;
  /** A newer request of the same interaction takes the place of those that wait. */
  supersede(uid: string, now: Date): Promise<void>;
  /** Those of the given ones that nobody waits for any more. */
  settled(ids: readonly string[], now: Date): Promise<string[]>;
}
