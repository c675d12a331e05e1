import { createHash, randomUUID } from 'node:crypto';
import { exportJWK, type JWK, SignJWT } from 'jose';
import type * as client from 'openid-client';
import { DESKTOP_CLIENT } from '../../../config/sandbox-applications.ts';
import { DesktopClient, DesktopRefusal } from '../../../src/sandbox/desktop-client.ts';
import { Browser, type Visited } from '../http/browser.ts';
import type { RunningMire } from '../mire.ts';
import { MDURAND, signInByCode, signInByPassword } from '../sign-in/journeys.ts';
import { type Begun, begin } from '../sign-in/steps.ts';

/** Nothing needs to listen there: the test's browser stops at its door. */
const LOOPBACK = 'http://127.0.0.1:4273/callback';

export interface DesktopOfTest {
  readonly desktop: DesktopClient;
  /** The browser it signed in with, which is not that of the sign-in to come. */
  readonly browser: Browser;
}

interface DesktopOptions {
  readonly person?: typeof MDURAND;
  /** By Login / Mdp. */
  readonly weak?: boolean;
  readonly name?: string;
  /** False: it has its tokens, and did not open its session. */
  readonly open?: boolean;
  readonly key?: client.CryptoKeyPair;
}

/** A desktop application that is signed in, by Code Éphémère unless said. */
export async function signedInDesktop(
  mire: RunningMire,
  { person = MDURAND, weak = false, name = 'Poste de test', open = true, key }: DesktopOptions = {},
): Promise<DesktopOfTest> {
  const desktop = await DesktopClient.discover({
    issuer: mire.issuer,
    clientId: DESKTOP_CLIENT,
    ...(key ? { key } : {}),
  });
  const browser = new Browser(mire.issuer);
  const { url, finish } = await desktop.beginInBrowser(LOOPBACK);
  const back = weak ? await signInByPassword(browser, url, person) : await signInByCode(mire, browser, url, { person });
  await finish(back.url);
  if (open) await desktop.openSession(name);
  return { desktop, browser };
}

export interface Asked extends Begun {
  /** The page that waits. */
  readonly waiting: Visited;
  readonly number: number;
  readonly code: string;
  /** The token of the link that opens the desktop application. */
  readonly request: string;
}

/** From an application to the page that waits for the desktop. */
export async function askDesktop(mire: RunningMire, options: Parameters<typeof begin>[1] = {}): Promise<Asked> {
  const begun = await begin(mire, { client: 'messagerie', ...options });
  const { browser } = begun;
  await browser.click('MonSisra');
  return { ...begun, ...shown(await browser.submit({}, '/monsisra')) };
}

/** What the page that waits shows. */
export function shown(waiting: Visited): Pick<Asked, 'waiting' | 'number' | 'code' | 'request'> {
  const { page, url } = waiting;
  const form = page.querySelector('[data-desktop]');
  if (!form) throw new Error(`${url.pathname} waits for nothing:\n${page.text.slice(0, 800)}`);
  return {
    waiting,
    number: Number(page.querySelector('.match-number')?.text.trim()),
    code: page.querySelector('.match-code')?.text ?? '',
    request: form.getAttribute('data-request') ?? '',
  };
}

/** Presses "Continuer". */
export const goOn = ({ browser }: Pick<Begun, 'browser'>): Promise<Visited> => browser.submit({}, '/continue');

/** The code of the refusal that a call ends in. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof DesktopRefusal) return error.code;
    throw error;
  }
  return 'none';
}

interface Proof {
  readonly key: client.CryptoKeyPair;
  readonly method?: string;
  readonly url: string;
  readonly accessToken: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
}

/** A DPoP proof made by hand, to be made wrong. */
export async function proofBy({ key, method = 'GET', url, accessToken, claims, header }: Proof): Promise<string> {
  const { kty, crv, x, y } = await exportJWK(key.publicKey);
  const ath = createHash('sha256').update(accessToken).digest('base64url');
  return new SignJWT({ htm: method, htu: url, jti: randomUUID(), ath, iat: Math.floor(Date.now() / 1000), ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: { kty, crv, x, y } as JWK, ...header })
    .sign(key.privateKey);
}
