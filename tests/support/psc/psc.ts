import { pscPerson } from '../../../src/sandbox/psc/people.ts';
import type { SimulatedPsc } from '../../../src/sandbox/psc/server.ts';
import { userinfoOf } from '../../../src/sandbox/psc/userinfo.ts';
import { Browser, type Visited } from '../http/browser.ts';
import type { RunningMire } from '../mire.ts';

export function pscOf({ sandbox }: RunningMire): SimulatedPsc {
  if (!sandbox.psc) throw new Error('no simulated Pro Santé Connect runs');
  return sandbox.psc;
}

/** A browser that goes to Pro Santé Connect and back. */
export function pscBrowser(mire: RunningMire, headers: Readonly<Record<string, string>> = {}): Browser {
  const browser = new Browser(mire.issuer, headers);
  browser.also.add(pscOf(mire).wallet).add(new URL(pscOf(mire).issuer).origin);
  return browser;
}

export type Means = 'MOBILE' | 'CARD';

/** From an authorization request to the screen of the wallet, or straight back when it knows the person. */
export async function goToPsc(browser: Browser, url: URL): Promise<Visited> {
  await browser.get(url);
  const uid = browser.current?.url.pathname.split('/')[2];
  await browser.get(`/interaction/${uid}/psc`);
  return browser.submit({}, '/psc');
}

/** On the screen of the wallet: who, and how. */
export async function identify(browser: Browser, nationalId: string, means: Means = 'MOBILE'): Promise<Visited> {
  const answer = await browser.submit({ national_id: nationalId, means });
  return means === 'CARD' ? answer : browser.submit({}, '/accord');
}

/** From an authorization request to what the browser shows after Pro Santé Connect. */
export async function signInByPsc(
  browser: Browser,
  url: URL,
  nationalId: string,
  means: Means = 'MOBILE',
): Promise<Visited> {
  await goToPsc(browser, url);
  return identify(browser, nationalId, means);
}

/** What Pro Santé Connect itself says of somebody, of what belongs to `scope_all`. */
export function saidByPsc(nationalId: string, means: Means = 'MOBILE'): Record<string, unknown> {
  const person = pscPerson(nationalId);
  if (!person) throw new Error(`${nationalId} is nobody`);
  const { sub, preferred_username, given_name, family_name, email_verified, ...own } = userinfoOf(person, means);
  return own;
}
