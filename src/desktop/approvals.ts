import type { Settings } from '../../config/settings.ts';
import { stands } from '../accounts/since.ts';
import type { ApplicationPolicy } from '../assurance/accepted-modes.ts';
import { strongest } from '../assurance/levels.ts';
import { type Missing, whyNotOpen } from '../assurance/may-open.ts';
import type { Clock } from '../clock.ts';
import { FlowError, UserError } from '../http/errors.ts';
import type { Limits } from '../protection/limits.ts';
import { vouchingOf } from '../provider/opening.ts';
import type { Storage } from '../storage.ts';
import type { SignedInDesktop } from './device.ts';
import { CODE_FORM, normalCode } from './number-match.ts';
import type { Approval, CibaContent, DesktopRequest, RequestState } from './request.ts';
import { provedBy, whyTooOld, wordBehind } from './strength.ts';

/** Ends a request of a client without a browser; implemented beside the provider, which issues the tokens. */
export interface CibaAnswers {
  approved(id: string, request: CibaContent, approval: Approval): Promise<void>;
  refused(id: string, request: CibaContent): Promise<void>;
}

/** The desktop's side: opens a request, approves it or refuses it. */
export interface Approvals {
  /** @throws {FlowError} `desktop-request` @throws {UserError} `desktop-too-weak`, `desktop-too-old`, `too-many-tries` */
  open(desktop: SignedInDesktop, by: { token: string } | { code: string }): Promise<DesktopRequest>;
  /** Requests without a browser, for this person. */
  waiting(desktop: SignedInDesktop): Promise<DesktopRequest[]>;
  /** @throws {UserError} `desktop-wrong-number`, which ends the request @throws {FlowError} `desktop-request` */
  approve(desktop: SignedInDesktop, id: string, number: number | undefined): Promise<void>;
  refuse(desktop: SignedInDesktop, id: string): Promise<void>;
}

export interface ApprovalParts {
  readonly storage: Storage;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly ciba: CibaAnswers;
  readonly settings: Pick<Settings, 'MODES'>;
  /** What an application accepts now; undefined when it is gone. */
  readonly applicationOf: (clientId: string) => Promise<ApplicationPolicy | undefined>;
}

export function createApprovals(parts: ApprovalParts): Approvals {
  const { storage, limits, clock, ciba } = parts;
  /** Ends the wait, once, with its audit line. @throws {FlowError} when it ended already, or is not this device's. */
  async function settle(
    { device, supportCode, address }: SignedInDesktop,
    { id, content }: DesktopRequest,
    state: RequestState,
    approval?: Approval,
  ): Promise<void> {
    const { clientId } = content;
    await storage.transaction(async (tx) => {
      // A device that is revoked in this instant approves nothing.
      if (approval && !(await tx.desktopDevices.hold(device.id, clock()))) throw new FlowError('desktop-session');
      if (!(await tx.desktopRequests.answer(id, device.id, state, clock(), approval)))
        throw new FlowError('desktop-request');
      await tx.audit.write({
        event: approval ? 'sign-in.desktop-approved' : 'sign-in.desktop-refused',
        accountId: device.accountId,
        clientId,
        mode: 'monsisra',
        acr: approval?.acr,
        supportCode,
        address,
        details: { device: device.id, kind: content.kind, ...(approval ? {} : { reason: state }) },
      });
    });
  }

  /** A request that waits and that this device opened, or may open. */
  async function mine({ account, device }: SignedInDesktop, id: string): Promise<DesktopRequest> {
    const request = await storage.desktopRequests.byId(id);
    const opened = request?.deviceId === device.id || request?.askedAccountId === device.accountId;
    if (
      !request ||
      !opened ||
      !stands(account, request.createdAt) ||
      request.state !== 'waiting' ||
      request.expiresAt <= clock()
    )
      throw new FlowError('desktop-request');
    if (!(await storage.desktopRequests.claim(id, device.id, clock()))) throw new FlowError('desktop-request');
    return request;
  }

  /** What an approval would lack to open the application: its rules may have changed since it asked. */
  async function lacking(
    { signIn, device }: SignedInDesktop,
    { content }: DesktopRequest,
  ): Promise<Missing | 'gone' | undefined> {
    const [application, closed, structure] = await Promise.all([
      parts.applicationOf(content.clientId),
      storage.care.closedDoors(device.accountId),
      vouchingOf(storage, signIn),
    ]);
    if (!application) return 'gone';
    const required = strongest([content.required, application.minimumAcr]) ?? content.required;
    const closedDoors = closed.map(({ mode }) => mode);
    const rules = { offered: parts.settings.MODES, application, required, closedDoors, structure };
    return whyNotOpen({ mode: 'monsisra', ...provedBy(signIn), upstream: wordBehind(signIn) }, rules);
  }

  /** Ends a request that this session is not enough for, or whose application does not take a desktop's answer. */
  async function checkEnough(desktop: SignedInDesktop, request: DesktopRequest): Promise<void> {
    const { content, id } = request;
    const missing = await lacking(desktop, request);
    const weak = missing !== 'gone' && missing?.what === 'level';
    const why = weak ? 'too-weak' : whyTooOld(desktop.signIn, content, clock());
    if (!missing && !why) return;
    await settle(desktop, request, why ?? 'refused');
    if (content.kind === 'ciba') await ciba.refused(id, content);
    if (why) throw new UserError(`desktop-${why}`, { required: content.required });
    throw new FlowError('mode-not-accepted', { mode: 'monsisra' });
  }

  const counters = ({ device }: SignedInDesktop) =>
    [
      ['desktop-opened-device', device.id],
      ['desktop-opened-account', device.accountId],
    ] as const;

  return {
    async open(desktop, by) {
      for (const [name, key] of counters(desktop)) await limits.take(name, key);
      const wanted = 'code' in by ? { code: normalCode(by.code) } : by;
      const found =
        'code' in wanted && !CODE_FORM.test(wanted.code)
          ? undefined
          : await storage.desktopRequests.find(wanted, clock());
      if (
        !found ||
        !stands(desktop.account, found.createdAt) ||
        !(await storage.desktopRequests.claim(found.id, desktop.device.id, clock()))
      )
        throw new FlowError('desktop-request');
      await checkEnough(desktop, found);
      return found;
    },

    async waiting({ account, device }) {
      const waiting = await storage.desktopRequests.waitingFor(device.accountId, clock());
      return waiting.filter(({ createdAt }) => stands(account, createdAt));
    },

    async approve(desktop, id, number) {
      const request = await mine(desktop, id);
      const { content } = request;
      await checkEnough(desktop, request);
      if (content.kind === 'browser') {
        await limits.take('desktop-numbers-account', desktop.device.accountId);
        if (number !== content.number) {
          await settle(desktop, request, 'wrong-number');
          throw new UserError('desktop-wrong-number');
        }
        await limits.giveBack('desktop-numbers-account', desktop.device.accountId);
      }
      const approval: Approval = {
        accountId: desktop.device.accountId,
        deviceId: desktop.device.id,
        ...provedBy(desktop.signIn),
        upstream: wordBehind(desktop.signIn),
        at: desktop.signIn.authenticatedAt.toISOString(),
        approvedAt: clock().toISOString(),
      };
      await settle(desktop, request, 'approved', approval);
      if (content.kind === 'ciba') {
        try {
          await ciba.approved(id, content, approval);
        } catch (error) {
          // The tokens could not be made ready: the person may approve again.
          await storage.desktopRequests.reopen(id);
          throw error;
        }
        await limits.giveBack('desktop-ciba-account', desktop.device.accountId);
        return;
      }
      for (const [name, key] of counters(desktop)) await limits.giveBack(name, key);
    },

    async refuse(desktop, id) {
      const request = await mine(desktop, id);
      await settle(desktop, request, 'refused');
      if (request.content.kind === 'ciba') await ciba.refused(id, request.content);
    },
  };
}
