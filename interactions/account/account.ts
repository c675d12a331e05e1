import Router from '@koa/router';
import type { Account } from '../../src/accounts/account.ts';
import type { SelfCare } from '../../src/accounts/self-care.ts';
import type { Changing } from '../../src/accounts/telling.ts';
import type { Undoing } from '../../src/accounts/undoing.ts';
import type { Codes } from '../../src/challenges/codes.ts';
import { shownName } from '../../src/clients/foreign-metadata.ts';
import { OWN_CLIENT } from '../../src/clients/own-client.ts';
import type { DesktopSessions } from '../../src/desktop/sessions.ts';
import type { PasskeyCeremonies } from '../../src/factors/passkey-ceremonies.ts';
import type { RequestInfo } from '../../src/http/request.ts';
import type { Logout } from '../../src/provider/logout.ts';
import { langOf } from '../layout/lang.ts';
import { applications } from './applications.ts';
import { authenticator } from './authenticator.ts';
import { closing } from './closing.ts';
import { contact } from './contact.ts';
import { data } from './data.ts';
import { devices } from './devices.ts';
import { createFrame, type Frame, type FrameParts } from './frame.ts';
import { history } from './history.ts';
import { identities } from './identities.ts';
import { overview } from './overview.ts';
import { passkeys } from './passkeys.ts';
import { password } from './password.ts';
import { roadTo, wayBack } from './road.ts';
import { undo } from './undo.ts';
import { ways } from './ways.ts';

/**
 * @param whose the session or recovery it is chosen in
 * @throws {UserError} `password-mismatch`, `password-weak`, `too-many-tries`
 */
export type CheckPassword = (password: string, again: string, account: Account, whose: string) => Promise<void>;

export interface AccountRouteParts extends FrameParts {
  readonly codes: Codes;
  readonly logout: Logout;
  readonly care: SelfCare;
  readonly desktopSessions: DesktopSessions;
  readonly change: Changing;
  readonly undoing: Undoing;
  readonly ceremonies: PasskeyCeremonies;
  /** Counts the try of a code; gives it back when `work` is done. */
  readonly codesAccepted: (accountId: string, request: RequestInfo, work: () => Promise<void>) => Promise<void>;
  readonly checkPassword: CheckPassword;
  /** Days after which a closed account is erased. */
  readonly eraseAfter: number;
}

/** What each page of the account is made with. */
export interface AccountPages extends AccountRouteParts {
  readonly frame: Frame;
  /** How applications call themselves. */
  names(clientIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** Every route under `/compte`. */
export function createAccount(parts: AccountRouteParts): Router {
  const { provider, settings } = parts;
  const router = new Router({ prefix: '/compte' });
  const frame = createFrame(parts);
  const names: AccountPages['names'] = async (clientIds) => {
    const ids = [...new Set(clientIds)].filter((id) => id !== OWN_CLIENT);
    const found = await Promise.all(ids.map((id) => provider().Client.find(id)));
    return new Map(ids.map((id, index) => [id, shownName(id, found[index]?.clientName)]));
  };
  const accountPages: AccountPages = { ...parts, frame, names };

  for (const page of [overview, contact, password, ways, passkeys, authenticator, identities])
    page(router, accountPages);
  for (const page of [devices, applications, history, data, closing, undo]) page(router, accountPages);

  /** To sign in, or again in another way: a card for whoever lost a phone. */
  router.get('/entrer', (ctx) => {
    const mode = typeof ctx.query.mode === 'string' ? ctx.query.mode : undefined;
    ctx.redirect(roadTo(settings.ISSUER, wayBack(ctx.query.retour), langOf(ctx), undefined, mode));
  });
  /** The end of the road; its code is nobody's. Whoever turned back is not sent on it again. */
  router.get('/retour', async (ctx) => {
    const turnedBack = ctx.query.error !== undefined;
    const somebody = turnedBack ? await frame.enter(ctx) : undefined;
    ctx.redirect(turnedBack ? (somebody ? '/compte' : '/') : wayBack(ctx.query.state));
  });
  return router;
}
