import type { InboxMessage } from '../../src/sandbox/inbox.ts';
import type { Browser, Visited } from './browser.ts';
import type { RunningMire } from './mire.ts';

export const MDURAND = { login: 'mdurand', password: 'Mire-sandbox-2026!' };

/** Waits until the worker has sent `count` messages. */
export async function messages({ sandbox }: RunningMire, count: number): Promise<InboxMessage[]> {
  const until = Date.now() + 15_000;
  for (;;) {
    const list = sandbox.inbox.list();
    if (list.length >= count) return list;
    if (Date.now() > until) throw new Error(`${list.length} of ${count} messages came`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** From an authorization request to the application's callback, by Login / Mdp. */
export async function signInByPassword(browser: Browser, url: URL, person = MDURAND): Promise<Visited> {
  await browser.get(url);
  await browser.click('Login / Mdp');
  return browser.submit(person);
}

/** From an authorization request to the application's callback, by Code éphémère. */
export async function signInByCode(mire: RunningMire, browser: Browser, url: URL, { channel = 'mail', person = MDURAND } = {}): Promise<Visited> {
  const sent = mire.sandbox.inbox.list().length;
  await browser.get(url);
  if (!browser.current?.url.pathname.endsWith('/code-ephemere')) await browser.click('Code Éphémère');
  await browser.submit(person);
  await browser.submit({ channel });
  const [message] = await messages(mire, sent + 1);
  return browser.submit({ code: message?.code ?? '' });
}
