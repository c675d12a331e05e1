import type { Context } from 'koa';
import type { Provider } from 'oidc-provider';
import type { Settings } from '../config/settings.ts';
import type { Account } from '../src/accounts/account.ts';
import type { Circumstances } from '../src/accounts/circumstances.ts';
import { signInStands } from '../src/accounts/since.ts';
import { whyNotOpen } from '../src/assurance/may-open.ts';
import { OWN_CLIENT } from '../src/clients/own-client.ts';
import type { Clock } from '../src/clock.ts';
import { vouchingOf } from '../src/provider/opening.ts';
import { isOver } from '../src/provider/professional.ts';
import type { LiveSession } from '../src/provider/sign-ins.ts';
import type { Storage } from '../src/storage.ts';

/** What our own pages ask at least; what is more, they ask by themselves. */
const OURSELVES = { clientId: OWN_CLIENT, minimumAcr: 'eidas1', allowedModes: undefined } as const;

/** Who is signed in to Mire itself in this browser. */
export interface SignedIn {
  readonly account: Account;
  readonly live: LiveSession;
  /** Of the session: a secret. */
  readonly uid: string;
  /** Whose clock the pages tell the hour by. */
  readonly zone: string;
}

export interface SignedInParts {
  readonly provider: () => Provider;
  readonly storage: Storage;
  readonly settings: Pick<Settings, 'SESSION_ABSOLUTE' | 'MODES'>;
  readonly clock: Clock;
  readonly circumstances: Circumstances;
}

/**
 * Outside an interaction: by Mire's own session, as the policy would see it. An expired or tampered cookie is nobody, and
 * so is a sign-in that opens nothing any more.
 */
export function createSignedIn({ provider, storage, settings, clock, circumstances }: SignedInParts) {
  return async (ctx: Context): Promise<SignedIn | undefined> => {
    const session = await provider().Session.get(ctx as never);
    const { accountId, uid } = session;
    const standing = accountId ? await storage.standings.ofSession(accountId, uid, undefined, undefined) : undefined;
    const { account, session: live, closedDoors = [] } = standing ?? {};
    if (!live || live.accountId !== accountId || isOver(live, clock(), settings.SESSION_ABSOLUTE)) return undefined;
    if (account?.status !== 'active' || !signInStands(account, live.signIn)) return undefined;
    const structure = await vouchingOf(storage, live.signIn);
    const rules = {
      offered: settings.MODES,
      application: OURSELVES,
      required: OURSELVES.minimumAcr,
      closedDoors,
      structure,
    };
    return whyNotOpen(live.signIn, rules) ? undefined : { account, live, uid, zone: circumstances.zoneOf(account) };
  };
}
