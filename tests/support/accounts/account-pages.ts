import type { InboxMessage } from '../../../src/sandbox/inbox.ts';
import { Browser, type Visited } from '../http/browser.ts';
import { until } from '../jest/until.ts';
import type { RunningMire } from '../mire.ts';
import { MDURAND, messages, openCodeEphemere } from '../sign-in/journeys.ts';

/** On the page of the road that asks for two factors: gives both, and is back where it began. */
export async function proveByCode(
  mire: RunningMire,
  browser: Browser,
  person = MDURAND,
  channel = 'mail',
): Promise<Visited> {
  await openCodeEphemere(browser);
  const asked = browser.current?.page.querySelector('[name=password]');
  if (asked) await browser.submit(person);
  const sent = mire.sandbox.inbox.list().length;
  await browser.submit({ channel });
  const [message] = await messages(mire, sent + 1);
  return browser.submit({ code: message?.code ?? '' });
}

/** Somebody on a page of their own account, signed in with two factors. */
export async function atAccount(
  mire: RunningMire,
  path = '/compte',
  { person = MDURAND, browser = new Browser(mire.issuer) }: { person?: typeof MDURAND; browser?: Browser } = {},
): Promise<{ browser: Browser; page: Visited }> {
  const page = await browser.get(`${mire.issuer}/compte/entrer?retour=/compte/coordonnees`);
  if (page.url.pathname.startsWith('/interaction/')) await proveByCode(mire, browser, person);
  return { browser, page: await browser.get(`${mire.issuer}${path}`) };
}

/** Waits for a notice to somebody whose subject holds this. */
export function noticeTo(mire: RunningMire, to: string, subject: RegExp): Promise<InboxMessage> {
  const all = () => mire.sandbox.inbox.all();
  return until(
    () =>
      `a notice ${subject} to ${to} among ${all()
        .map((one) => `${one.to}: ${one.subject}`)
        .join('; ')}`,
    () => all().find((one) => one.to === to && subject.test(one.subject)),
  );
}

/** The undo code in a notice. */
export const undoCodeOf = ({ text }: InboxMessage): string =>
  /\b(?:[2-9A-HJKMNP-TV-Z]{5}-){3}[2-9A-HJKMNP-TV-Z]{5}\b/.exec(text)?.[0] ?? '';
