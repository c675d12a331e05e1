import type { Browser } from '../http/browser.ts';
import { csrfOf } from '../sign-in/steps.ts';
import type { SoftAuthenticator } from './soft-authenticator.ts';

export type PasskeyOptions = Parameters<SoftAuthenticator['create']>[0] & Parameters<SoftAuthenticator['get']>[0];

/**
 * What the page's script asks for before a passkey is made, or signs.
 * @returns undefined where the service does not offer it
 */
export async function offeredOptions(browser: Browser, address: string): Promise<PasskeyOptions | undefined> {
  if (!browser.current) return undefined;
  const answer = await browser.fetch(address, {
    method: 'POST',
    body: new URLSearchParams({ _csrf: csrfOf(browser.current) }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
  });
  const isJson = answer.headers.get('content-type')?.includes('json');
  return answer.status === 200 && isJson ? ((await answer.json()) as PasskeyOptions) : undefined;
}

/** The same where it has to be offered. */
export async function passkeyOptions(browser: Browser, address: string): Promise<PasskeyOptions> {
  const options = await offeredOptions(browser, address);
  if (!options) throw new Error(`no passkey is asked for at ${address}`);
  return options;
}
