import type { Context } from 'koa';
import type { Provider } from 'oidc-provider';
import type { Settings } from '../config/settings.ts';
import type { Account } from '../src/accounts/account.ts';
import type { Clock } from '../src/clock.ts';
import { isOver } from '../src/provider/professional.ts';
import type { LiveSession } from '../src/provider/sign-ins.ts';
import type { Storage } from '../src/storage.ts';

/** Who is signed in to Mire itself in this browser. */
export interface SignedIn {
  readonly account: Account;
  readonly live: LiveSession;
  /** Of the session: a secret. */
  readonly uid: string;
}

export interface SignedInParts {
  readonly provider: () => Provider;
  readonly storage: Storage;
  readonly settings: Pick<Settings, 'SESSION_ABSOLUTE'>;
  readonly clock: Clock;
}

/** Outside an interaction: by Mire's own session, as the policy would see it. An expired or tampered cookie is nobody. */
export function createSignedIn({ provider, storage, settings, clock }: SignedInParts) {
  return async (ctx: Context): Promise<SignedIn | undefined> => {
    const session = await provider().Session.get(ctx as never);
    const live = session.accountId ? await storage.signIns.session(session.uid) : undefined;
    if (!live || live.accountId !== session.accountId || isOver(live, clock(), settings.SESSION_ABSOLUTE))
      return undefined;
    const account = await storage.accounts.byId(live.accountId);
    return account?.status === 'active' ? { account, live, uid: session.uid } : undefined;
  };
}
