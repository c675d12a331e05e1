import { codeOf } from '../../../src/challenges/hotp.ts';
import type { InboxMessage } from '../../../src/sandbox/inbox.ts';
import type { Browser, Visited } from '../http/browser.ts';
import { until } from '../jest/until.ts';
import type { RunningMire } from '../mire.ts';

export const MDURAND = { login: 'mdurand', password: 'Mire-sandbox-2026!' };

/** Waits until the worker has sent `count` messages. */
export function messages({ sandbox }: RunningMire, count: number): Promise<InboxMessage[]> {
  const list = () => sandbox.inbox.list();
  return until(
    () => `${count} messages, of which ${list().length} came`,
    () => list().length >= count && list(),
  );
}

/** Waits until a message brings this code: one that was superseded may still come before it. */
export async function messageWith(mire: RunningMire, code: string): Promise<void> {
  for (;;) {
    const list = mire.sandbox.inbox.list();
    if (list.some((message) => message.code === code)) return;
    await messages(mire, list.length + 1);
  }
}

/** From an authorization request to the application's callback, by Login / Mdp. */
export async function signInByPassword(browser: Browser, url: URL, person = MDURAND): Promise<Visited> {
  await browser.get(url);
  await browser.click('Login / Mdp');
  return browser.submit(person);
}

/** The newest code asked for, computed as the worker does, delivered or not. */
export async function newestCode({ database, sandbox }: RunningMire): Promise<{ seed: string; code: string }> {
  const { rows } = await database.database.raw<{ rows: { id: string; counter: number }[] }>(
    'select id, counter from challenges order by created_at desc limit 1',
  );
  const [row] = rows;
  const seed = row && (await sandbox.parts.storage.challenges.seedOf(row.id));
  if (!row || !seed) throw new Error('no code was asked for');
  return { seed, code: codeOf(seed, row.counter) };
}

/** Whichever mode the chooser opened first. */
export async function openCodeEphemere(browser: Browser): Promise<void> {
  if (!browser.current?.url.pathname.endsWith('/code-ephemere')) await browser.click('Code Éphémère');
}

/** From an authorization request to the application's callback, by Code éphémère. */
export async function signInByCode(
  mire: RunningMire,
  browser: Browser,
  url: URL,
  { channel = 'mail', person = MDURAND } = {},
): Promise<Visited> {
  const sent = mire.sandbox.inbox.list().length;
  await browser.get(url);
  await openCodeEphemere(browser);
  await browser.submit(person);
  await browser.submit({ channel });
  const [message] = await messages(mire, sent + 1);
  return browser.submit({ code: message?.code ?? '' });
}
