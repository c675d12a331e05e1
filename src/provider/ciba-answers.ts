import { randomUUID } from 'node:crypto';
import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';
import type { Clock } from '../clock.ts';
import type { PingJob, PingQueue } from '../delivery/jobs.ts';
import { HandOverFailed, LOOKED_FOR, notThere } from '../delivery/ports.ts';
import type { CibaAnswers } from '../desktop/approvals.ts';
import type { Approval, CibaContent } from '../desktop/request.ts';
import { FlowError } from '../http/errors.ts';
import type { Log } from '../log.ts';
import { randomToken } from '../protection/secrets.ts';
import type { Storage } from '../storage.ts';

/** The library's own call (CIBA §10.2). */
type Ping = (this: unknown, request: unknown) => Promise<void>;

const library = new WeakMap<Provider, Ping>();

/** The library awaits the client's answer in the request that approves. Ours is told through the queue instead. */
export function deferBackchannelPing(provider: Provider): void {
  const prototype = provider.Client.prototype as unknown as { backchannelPing: Ping };
  library.set(provider, prototype.backchannelPing);
  prototype.backchannelPing = async () => undefined;
}

export interface CibaAnswerParts {
  readonly provider: () => Provider;
  readonly storage: Storage;
  readonly pings: PingQueue;
  readonly clock: Clock;
  readonly log: Log;
}

/** What becomes of a request without a browser, once the desktop answered. */
export function createCibaAnswers({ provider, storage, pings, clock, log }: CibaAnswerParts): CibaAnswers {
  async function pending(authReqId: string) {
    const request = await provider().BackchannelAuthenticationRequest.find(authReqId);
    if (!request) throw new FlowError('desktop-request');
    return request;
  }

  async function ping(id: string, clientId: string): Promise<void> {
    const client = await provider().Client.find(clientId);
    if (client?.backchannelTokenDeliveryMode !== 'ping') return;
    try {
      await pings.send({ requestId: id, clientId });
    } catch (err) {
      // It may ask by itself all the same (CIBA §7.3).
      log.error({ err, clientId }, 'an application could not be told that its request was answered');
    }
  }

  /** A session of its own, which its owner sees and can end as any other; nothing of it is in a browser. */
  async function openSession(grantId: string, content: CibaContent, approval: Approval): Promise<string> {
    const { accountId, deviceId, acr, amr, at, approvedAt = at, upstream } = approval;
    const { clientId, applicationName } = content;
    const [uid, sid] = [randomToken(), randomToken(16)];
    const authenticatedAt = new Date(at);
    const signIn = { id: randomUUID(), accountId, clientId, mode: 'monsisra' as const, acr, amr, authenticatedAt };
    await storage.transaction(async (tx) => {
      const provedAt = new Date(approvedAt);
      await tx.signIns.insert({ ...signIn, provedAt, passwordAt: undefined, deviceId, upstream });
      await tx.signIns.openSession(uid, signIn, clock(), { userAgent: applicationName });
      await tx.signIns.bindGrant({ grantId, clientId, offline: false, sid }, uid, signIn);
      const line = { accountId, clientId, mode: signIn.mode, acr };
      await tx.audit.write({ event: 'sign-in.succeeded', ...line, details: { amr, device: deviceId } });
    });
    return sid;
  }

  return {
    async approved(id, content, approval) {
      const current = provider();
      const request = await pending(content.authReqId);
      const { acr, amr, at, accountId } = approval;
      const grant = new current.Grant({ accountId, clientId: content.clientId });
      grant.addOIDCScope(content.scope);
      const grantId = await grant.save();
      const sid = await openSession(grantId, content, approval);
      const authTime = Math.floor(Date.parse(at) / 1000);
      await current.backchannelResult(request, grant, { acr, amr, authTime, sid, expiresWithSession: false });
      await ping(id, content.clientId);
    },

    async refused(id, content) {
      const request = await pending(content.authReqId);
      await provider().backchannelResult(request, new errors.AccessDenied('the person refused'));
      await ping(id, content.clientId);
    },
  };
}

/**
 * One attempt to tell one application that its request was answered.
 * @throws {HandOverFailed} when the application did not take it
 * @throws {NotThere} when this database does not know of it, or not yet
 */
export async function deliverPing(
  { provider, storage }: Pick<CibaAnswerParts, 'provider' | 'storage'>,
  { requestId, clientId }: PingJob,
  attempt = LOOKED_FOR,
): Promise<'told'> {
  const current = provider();
  const tell = library.get(current);
  if (!tell) throw new Error('pings of this provider are not deferred');
  const asked = await storage.desktopRequests.byId(requestId);
  if (asked?.content.kind !== 'ciba') throw notThere(attempt);
  const [client, request] = await Promise.all([
    current.Client.find(clientId),
    current.BackchannelAuthenticationRequest.find(asked.content.authReqId, { ignoreExpiration: true }),
  ]);
  if (!client || !request) throw notThere(attempt);
  try {
    await tell.call(client, request);
    return 'told';
  } catch (error) {
    const status = (error as { response?: { status?: number } }).response?.status;
    throw new HandOverFailed(status === undefined ? 'no answer' : `status ${status}`, false, error);
  }
}
