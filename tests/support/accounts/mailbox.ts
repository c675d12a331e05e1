import { expect } from '@jest/globals';
import { codeOf } from '../../../src/challenges/hotp.ts';
import { Browser, type Visited } from '../http/browser.ts';
import type { RunningMire } from '../mire.ts';
import { MDURAND, messages, openCodeEphemere } from '../sign-in/journeys.ts';
import { accountOf } from './taking-back.ts';

export const NEW = 'girafe-bitume-melodie-77';
export const HOLDER = { login: MDURAND.login, password: NEW };
export const START = '/mot-de-passe-oublie';

/** The code that the next message brings. */
export async function codeSent(mire: RunningMire, asking: () => Promise<unknown>): Promise<string> {
  const sent = mire.sandbox.inbox.list().length;
  await asking();
  const [message] = await messages(mire, sent + 1);
  return message?.code ?? '';
}

/** What somebody does who reads a person's mail and has nothing else, where the account has nothing else either. */
export async function resetByMail(mire: RunningMire, login = MDURAND.login): Promise<Visited> {
  const id = await accountOf(mire, login);
  await mire.database.database('accounts').where({ id }).update({ phone_verified: false });
  return resetAsIs(mire, login);
}

/** The same, whatever the account has: up to what the mail alone leads to. */
export async function resetAsIs(mire: RunningMire, login: string): Promise<Visited> {
  const browser = new Browser(mire.issuer);
  await browser.get(`${mire.issuer}${START}`);
  const code = await codeSent(mire, () => browser.submit({ login }));
  const page = await browser.submit({ code }, '/code');
  if (page.url.pathname !== `${START}/nouveau`) return page;
  const done = await browser.submit({ new_password: NEW, new_password_confirmation: NEW });
  expect(done.url.pathname).toBe(`${START}/fait`);
  return done;
}

/** On the page of Code Éphémère: the password, and the code of the mail, if the page lets it be asked for. */
export async function passwordAndMail(mire: RunningMire, browser: Browser, person = HOLDER): Promise<Visited> {
  await openCodeEphemere(browser);
  if (browser.current?.page.querySelector('[name=password]')) await browser.submit(person);
  const { current } = browser;
  if (!current?.page.querySelector('input[name=channel][value=mail]')) {
    if (!current?.page.querySelector('[name=code]')) return current as Visited;
    return browser.submit({ code: await newest(mire) });
  }
  const code = await codeSent(mire, () => browser.submit({ channel: 'mail' }));
  return browser.submit({ code });
}

/** The newest code, computed as the worker does. */
async function newest({ database, sandbox }: RunningMire): Promise<string> {
  const row = (await database.database('challenges').orderBy('created_at', 'desc').first()) as {
    id: string;
    counter: number;
  };
  const seed = await sandbox.parts.storage.challenges.seedOf(row.id);
  return seed ? codeOf(seed, row.counter) : '';
}
