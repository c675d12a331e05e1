import { MODES, type ModeId } from '../../config/modes.ts';
import type { SoftAuthenticator } from '../support/factors/soft-authenticator.ts';
import type { Answer } from './connection.ts';
import { Failed, type Journey, type Person } from './journeys.ts';

/** What a person does at the page of an interaction. @returns the answer that leads away from it. */
export type Way = (browser: Journey, path: string, page: Answer) => Promise<Answer>;

/** The least answer with a token to send back. */
const csrfOf = ({ body }: Answer): string => /name="_csrf" value="([^"]*)"/.exec(body)?.[1] ?? '';
const tabOf = (path: string, mode: ModeId): string => `${path.split('/').slice(0, 3).join('/')}/${mode}`;
export const acrOf = (mode: ModeId): string => MODES.find(({ id }) => id === mode)?.acr ?? '';

/** The tab of a mode, where the page does not show it already. */
async function openTab(browser: Journey, path: string, page: Answer, mode: ModeId): Promise<[string, Answer]> {
  const tab = tabOf(path, mode);
  return [tab, path === tab ? page : await browser.go(tab)];
}

async function follow(browser: Journey, answer: Answer): Promise<Answer> {
  let last = answer;
  for (let hop = 0; hop < 4 && last.location?.includes('/interaction/'); hop += 1)
    last = await browser.go(last.location);
  return last;
}

export const byPassword =
  ({ login, password }: Person): Way =>
  async (browser, path, page) => {
    const [tab, shown] = await openTab(browser, path, page, 'login-mdp');
    return browser.go(tab, { _csrf: csrfOf(shown), login, password });
  };

/** @param codeFor the code that the next mail to this person carries */
export const byCode =
  ({ login, password }: Person, codeFor: () => Promise<string>): Way =>
  async (browser, path, page) => {
    const [tab, shown] = await openTab(browser, path, page, 'code-ephemere');
    const coming = codeFor();
    // Nobody else waits for it if a step before fails.
    coming.catch(() => undefined);
    const asked = await follow(browser, await browser.go(tab, { _csrf: csrfOf(shown), login, password }));
    const form = /action="([^"]+)"[\s\S]*?name="code"/.exec(asked.body)?.[1];
    if (form === undefined) throw new Failed('the question of the code', asked);
    return browser.go(form, { _csrf: csrfOf(asked), code: await coming });
  };

/** @param shown what the proxy that read the card says of it */
export const byCard =
  (shown: Readonly<Record<string, string>>): Way =>
  async (browser, path, page) => {
    const [tab, opened] = await openTab(browser, path, page, 'cps');
    const door = await browser.go(tab, { _csrf: csrfOf(opened) });
    if (door.location === undefined) throw new Failed('the way to the host of cards', door);
    return browser.go(door.location, undefined, shown);
  };

export const byPasskey =
  (authenticator: SoftAuthenticator): Way =>
  async (browser, path, page) => {
    const [tab, shown] = await openTab(browser, path, page, 'cle-acces');
    const _csrf = csrfOf(shown);
    const options = await browser.go(`${tab}/options`, { _csrf }, { accept: 'application/json' });
    if (options.status !== 200) throw new Failed('the options of a passkey', options);
    return browser.go(tab, { _csrf, credential: authenticator.get(JSON.parse(options.body)) });
  };
