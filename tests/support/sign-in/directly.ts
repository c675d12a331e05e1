import { randomUUID } from 'node:crypto';
import { type Acr, MODES, type ModeId } from '../../../config/modes.ts';
import { CookieSigner } from '../../../src/http/cookie-signer.ts';
import type { Upstream } from '../../../src/provider/upstream.ts';
import { Application } from '../clients/application.ts';
import { Browser } from '../http/browser.ts';
import type { RunningMire } from '../mire.ts';

export interface DirectSignIn {
  /** An identifier; a persona of the sandbox. */
  readonly login?: string;
  readonly acr?: Acr;
  readonly mode?: ModeId;
  readonly client?: string;
  readonly browser?: Browser;
  /** Who vouched for it. */
  readonly upstream?: Upstream;
}

/** The mode that proves just this level. */
const USUAL: Readonly<Record<Acr, ModeId>> = { eidas1: 'login-mdp', eidas2: 'code-ephemere', eidas3: 'cps' };

/** Seconds that the session lives: longer than any test. */
const LIFE = 3600;

export interface SessionCookie {
  readonly name: string;
  readonly value: string;
}

/**
 * Writes the session that a sign-in would leave, for tests whose subject is not signing in: what oidc-provider keeps of
 * it, and what the database knows. No page, no password, no audit line, no known browser.
 * @returns the cookies of its browser
 */
export async function writeSession(
  mire: RunningMire,
  { login = 'mdurand', acr = 'eidas1', mode = USUAL[acr], client = 'ror', upstream }: DirectSignIn = {},
): Promise<SessionCookie[]> {
  const { storage } = mire.sandbox.parts;
  const found = await storage.accounts.byLoginKey(login);
  if (!found) throw new Error(`nobody is called ${login}`);
  const accountId = found.account.id;
  const now = mire.clock.now();
  const amr = MODES.find(({ id }) => id === mode)?.amr ?? [];
  const signIn = {
    id: randomUUID(),
    accountId,
    clientId: client,
    mode,
    acr,
    amr,
    passwordAt: amr.includes('pwd') ? now : undefined,
    authenticatedAt: now,
    upstream,
  };
  await storage.signIns.insert(signIn);
  const provider = mire.sandbox.http.holder.current();
  const payload = { accountId, loginTs: Math.floor(now.getTime() / 1000), acr, amr: [...amr] };
  // Its types leave out that a session is made from what it holds.
  const session: InstanceType<typeof provider.Session> = Reflect.construct(provider.Session, [payload]);
  await storage.signIns.openSession(session.uid, signIn, now, {});
  await session.save(LIFE);
  const name = provider.cookieName('session');
  const signer = new CookieSigner(mire.settings.COOKIE_KEYS);
  return [
    { name, value: session.jti },
    { name: `${name}.sig`, value: signer.sign(`${name}=${session.jti}`) },
  ];
}

/** Somebody who is signed in, without having gone through the pages. @returns their browser */
export async function signInDirectly(mire: RunningMire, as: DirectSignIn = {}): Promise<Browser> {
  const { browser = new Browser(mire.issuer) } = as;
  for (const { name, value } of await writeSession(mire, as))
    await browser.jar.setCookie(`${name}=${value}; path=/; httponly`, mire.issuer);
  return browser;
}

/** The same, with the tokens of an application that found them signed in. */
export async function signedInDirectly(
  mire: RunningMire,
  { parameters = {}, ...as }: DirectSignIn & { readonly parameters?: Readonly<Record<string, string>> } = {},
) {
  const browser = await signInDirectly(mire, as);
  const application = await Application.discover(mire.issuer, as.client ?? 'ror');
  const started = await application.start(parameters);
  const { url } = await browser.get(started.url);
  return { application, browser, started, answer: url, tokens: await started.finish(url) };
}
