import { type Challenge, solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { presentCard } from '../cards/cards.ts';
import type { Browser, Visited } from '../http/browser.ts';
import type { RunningMire } from '../mire.ts';
import { messages } from '../sign-in/journeys.ts';

/** The form as somebody fills it in who wants no identifier. */
export const FORM = {
  title: 'DR',
  email: 'alix@cabinet.example',
  email_confirmation: 'alix@cabinet.example',
  profession: '10',
  specialty: 'SM54',
  terms: 'yes',
} as const;

/** The same, of somebody who wants one. */
export const WITH_LOGIN = {
  ...FORM,
  wants_login: 'yes',
  new_login: 'alix.inconnu',
  new_password: 'cerise lampe nuage violon',
  new_password_confirmation: 'cerise lampe nuage violon',
  phone: '06 39 98 77 01',
} as const;

/** What the widget of the captcha sends. */
export async function solvedCaptcha({ issuer }: Pick<RunningMire, 'issuer'>): Promise<{ altcha: string }> {
  const challenge = (await (await fetch(`${issuer}/captcha/challenge`)).json()) as Challenge;
  const solution = await solveChallenge({ challenge, deriveKey });
  return { altcha: Buffer.from(JSON.stringify({ challenge, solution })).toString('base64') };
}

/** From an authorization request to the sign-up form, with the card of somebody unknown. */
export const openSignUp = (mire: RunningMire, browser: Browser, url: URL): Promise<Visited> =>
  presentCard(mire, browser, url, 'unknown-person');

/** The newest code sent to this address. */
export async function codeFor(mire: RunningMire, to: string, sent: number): Promise<string> {
  const [message] = await messages(mire, sent + 1);
  if (message?.to !== to || !message.code) throw new Error(`the newest message is for ${message?.to}`);
  return message.code;
}

/** Sends the form and gives the codes that are asked for. @returns what the browser shows in the end */
export async function signUp(
  mire: RunningMire,
  browser: Browser,
  fields: Readonly<Record<string, string>>,
): Promise<Visited> {
  const sent = mire.sandbox.inbox.list().length;
  let shown = await browser.submit(fields, '/signup');
  if (shown.url.pathname.endsWith('/signup/mail'))
    shown = await browser.submit({ code: await codeFor(mire, fields.email ?? '', sent) }, '/signup/mail');
  if (shown.url.pathname.endsWith('/signup/phone')) {
    const [message] = await messages(mire, sent + 2);
    shown = await browser.submit({ code: message?.code ?? '' }, '/signup/phone');
  }
  return shown;
}
