import type Provider from 'oidc-provider';
import type { Settings } from '../../config/settings.ts';
import type { Account } from '../accounts/account.ts';
import { signInStands } from '../accounts/since.ts';
import { type ClientLike, isDesktopApplication } from '../clients/metadata.ts';
import type { Clock } from '../clock.ts';
import { FlowError } from '../http/errors.ts';
import type { RequestInfo } from '../http/request.ts';
import { vouchingOf, whyNotOpenNow } from '../provider/opening.ts';
import type { SignIn } from '../provider/sign-ins.ts';
import type { Storage } from '../storage.ts';
import type { SignedInDesktop } from './device.ts';
import { PROOF_WINDOW, readProof } from './proof.ts';

/** What gives access to the desktop's own requests, and is given to desktop applications alone. */
export const DESKTOP_SCOPE = 'desktop';

export interface DesktopCall {
  readonly method: string;
  readonly path: string;
  /** The headers `Authorization` and `DPoP`. */
  readonly authorization: string;
  readonly proof: string;
  readonly request: RequestInfo;
}

/** A desktop application that proved its key, and the person it is signed in for. */
export interface DesktopCaller {
  readonly account: Account;
  readonly clientId: string;
  readonly grantId: string;
  readonly jkt: string;
  readonly signIn: SignIn;
  readonly call: DesktopCall;
}

export interface Callers {
  /** @throws {FlowError} `desktop-token`, `desktop-proof`, `account-unavailable` */
  caller(call: DesktopCall): Promise<DesktopCaller>;
  /** The same, with a live desktop session. @throws {FlowError} also `desktop-session`, `desktop-device-revoked` */
  desktop(call: DesktopCall): Promise<SignedInDesktop>;
}

export interface CallerParts {
  readonly provider: () => Provider;
  readonly storage: Storage;
  readonly settings: Pick<Settings, 'ISSUER' | 'MODES'>;
  readonly clock: Clock;
}

/** A token is worth nothing without the key it was issued to, nor once anything that it rests on has ended. */
export function createCallers({ provider, storage, settings, clock }: CallerParts): Callers {
  async function tokenOf({ authorization, proof, method, path }: DesktopCall) {
    const value = /^DPoP ([\w.~+/-]+=*)$/i.exec(authorization)?.[1];
    if (!value) throw new FlowError('desktop-token', { detail: 'no DPoP token' });
    const url = `${settings.ISSUER}${path}`;
    const { jkt, jti } = await readProof(proof, { method, url, accessToken: value, now: clock() });
    const current = provider();
    const token = await current.AccessToken.find(value);
    if (!token?.accountId || !token.grantId || !token.clientId || !token.scopes.has(DESKTOP_SCOPE))
      throw new FlowError('desktop-token', { detail: 'unknown, expired, or without the scope' });
    if (token.jkt !== jkt) throw new FlowError('desktop-proof', { detail: 'another key' });
    await checkReplay(current, token.clientId, jti);
    return { accountId: token.accountId, grantId: token.grantId, clientId: token.clientId, jkt };
  }

  /** Two at once: only the insert can tell which came first, and the adapter throws for the other. */
  async function checkReplay({ ReplayDetection }: Provider, clientId: string, jti: string): Promise<void> {
    const end = Math.floor(Date.now() / 1000) + 2 * PROOF_WINDOW;
    const first = await ReplayDetection.unique(clientId, jti, end).catch((error: Error & { error?: string }) => {
      if (error.error !== 'invalid_dpop_proof') throw error;
      return false;
    });
    if (!first) throw new FlowError('desktop-proof', { detail: 'replayed' });
  }

  async function caller(call: DesktopCall): Promise<DesktopCaller> {
    const { accountId, grantId, clientId, jkt } = await tokenOf(call);
    const current = provider();
    const [grant, client, standing] = await Promise.all([
      current.Grant.find(grantId),
      current.Client.find(clientId) as Promise<ClientLike | undefined>,
      storage.standings.ofGrant(accountId, grantId),
    ]);
    const { account, ofGrant: signIn, closedDoors = [] } = standing ?? {};
    // Before anything else: the owner of a blocked account is told the true reason.
    if (account && account.status !== 'active') throw new FlowError('account-unavailable');
    const stand = account && signIn?.accountId === accountId && signInStands(account, signIn);
    if (!grant || !client || !account || !signIn || !stand || !isDesktopApplication(client))
      throw new FlowError('desktop-token', { detail: 'what it rests on has ended' });
    const ground = { offered: settings.MODES, closedDoors, structure: await vouchingOf(storage, signIn) };
    const missing = whyNotOpenNow(signIn, client, ground);
    if (missing)
      throw new FlowError('desktop-token', { detail: `may no longer open the application: ${missing.what}` });
    return { account, clientId, grantId, jkt, signIn, call };
  }

  return {
    caller,
    async desktop(call) {
      const { grantId, account, signIn } = await caller(call);
      const session = await storage.desktopDevices.session(grantId);
      if (session?.device.revokedAt) throw new FlowError('desktop-device-revoked');
      if (session?.device.accountId !== account.id || session.endedAt || session.expiresAt <= clock())
        throw new FlowError('desktop-session');
      const { address, supportCode } = call.request;
      return { account, device: session.device, expiresAt: session.expiresAt, signIn, address, supportCode };
    },
  };
}
