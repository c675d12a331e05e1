import { expect } from '@jest/globals';
import { askDesktop, goOn, signedInDesktop } from '../desktop/desktops.ts';
import { Browser, type Visited } from '../http/browser.ts';
import type { RunningMire } from '../mire.ts';
import { MDURAND, messages, newestCode, openCodeEphemere } from '../sign-in/journeys.ts';
import { begin, beginCode, beginLogin, csrfOf, signedIn } from '../sign-in/steps.ts';
import { atAccount } from './account-pages.ts';

export const OVERTAKEN = 'mis fin à tout ce qui avait été commencé';

/** Sends the form of the page, and does not follow what it answers. */
export async function sendAndStop(browser: Browser, fields: Readonly<Record<string, string>>): Promise<string> {
  const { current } = browser;
  if (!current) throw new Error('the browser is nowhere');
  const form = current.page
    .querySelectorAll('form')
    .find((one) => one.querySelector(`[name=${Object.keys(fields)[0]}]`));
  const answer = await browser.fetch(new URL(form?.getAttribute('action') ?? '', current.url), {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ _csrf: csrfOf(current), ...fields }).toString(),
  });
  return answer.headers.get('location') ?? '';
}

export const choose = (browser: Browser, word: string) =>
  browser.submit({ new_password: word, new_password_confirmation: word });

/** Whoever forgot the password, up to the page of the new one. */
export async function forgot(mire: RunningMire): Promise<Browser> {
  const browser = new Browser(mire.issuer);
  await browser.get(`${mire.issuer}/mot-de-passe-oublie`);
  const sent = mire.sandbox.inbox.list().length;
  await browser.submit({ login: MDURAND.login });
  const [message] = await messages(mire, sent + 1);
  await browser.submit({ code: message?.code ?? '' }, '/code');
  const before = mire.sandbox.inbox.list().length;
  await browser.submit({}, '/envoi');
  const [sms] = await messages(mire, before + 1);
  expect((await browser.submit({ sms_code: sms?.code ?? '' })).url.pathname).toBe('/mot-de-passe-oublie/nouveau');
  return browser;
}

/** What somebody keeps for later; `resume` says what comes of it. */
export type Park = (mire: RunningMire) => Promise<() => Promise<Visited>>;

export const PARKS: Readonly<Record<string, readonly [park: Park, sentence: string]>> = {
  'a proved sign-in whose last redirect is not followed': [
    async (mire) => {
      const { browser } = await beginLogin(mire);
      const onward = await sendAndStop(browser, MDURAND);
      return () => browser.get(onward);
    },
    OVERTAKEN,
  ],
  'one with two factors': [
    async (mire) => {
      const { browser, code } = await beginCode(mire);
      const onward = await sendAndStop(browser, { code });
      return () => browser.get(onward);
    },
    OVERTAKEN,
  ],
  'a password stopped before the choice of its code': [
    async (mire) => {
      const { browser } = await begin(mire, { client: 'messagerie' });
      await openCodeEphemere(browser);
      await browser.submit(MDURAND);
      return () => browser.submit({ channel: 'mail' });
    },
    OVERTAKEN,
  ],
  'a password stopped before its code': [
    async (mire) => {
      const { browser, code } = await beginCode(mire);
      return () => browser.submit({ code });
    },
    OVERTAKEN,
  ],
  'a session that was asked for more, stopped before its code': [
    async (mire) => {
      const { browser } = await signedIn(mire);
      await begin(mire, { client: 'messagerie', browser });
      await openCodeEphemere(browser);
      const sent = mire.sandbox.inbox.list().length;
      await browser.submit({ channel: 'mail' });
      const [message] = await messages(mire, sent + 1);
      return () => browser.submit({ code: message?.code ?? '' });
    },
    // The library finds first that the session it was asked in is gone.
    "Cette connexion n'est plus ouverte",
  ],
  'a forgotten password stopped at the new one': [
    async (mire) => {
      const browser = await forgot(mire);
      return () => choose(browser, 'intrus-lanterne-pluie-91');
    },
    "Cette demande n'est plus ouverte",
  ],
  'a forgotten password stopped before its code': [
    async (mire) => {
      const browser = new Browser(mire.issuer);
      await browser.get(`${mire.issuer}/mot-de-passe-oublie`);
      const sent = mire.sandbox.inbox.list().length;
      await browser.submit({ login: MDURAND.login });
      await messages(mire, sent + 1);
      const { code } = await newestCode(mire);
      return () => browser.submit({ code }, '/code');
    },
    "Cette demande n'est plus ouverte",
  ],
  'an approval of a desktop that is not taken': [
    async (mire) => {
      const { desktop } = await signedInDesktop(mire, { name: 'Poste garé' });
      const asked = await askDesktop(mire);
      const { id } = await desktop.openRequest({ request: asked.request });
      await desktop.approve(id, asked.number);
      return () => goOn(asked);
    },
    OVERTAKEN,
  ],
  'a session in a store of the past': [
    async (mire) => {
      const { browser } = await atAccount(mire);
      return async () => {
        await mire.database.database('sessions').update({ ended_at: null, ended_by: null });
        return browser.get(`${mire.issuer}/compte/mot-de-passe`);
      };
    },
    'Veuillez vous réauthentifier',
  ],
};
