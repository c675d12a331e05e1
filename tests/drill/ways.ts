import type { Browser, Visited } from '../support/http/browser.ts';
import { identify } from '../support/psc/psc.ts';
import { type Deployment, loginOf } from './deployment.ts';
import { entryOf, PSC_IDS, STRUCTURE } from './partners.ts';
import { mailOf, PASSWORD } from './seeding.ts';
import { judge, Trouble } from './trouble.ts';

export type Way = 'password' | 'code' | 'psc' | 'structure';

/** Of every eight people, two by code, one by Pro Santé Connect, one by the directory of a hospital. */
export function wayOf(index: number): Way {
  if (index % 4 === 0) return 'code';
  if (index % 8 === 1) return 'psc';
  return index % 8 === 5 ? 'structure' : 'password';
}

/** One in two goes on with the password when who vouches for them does not answer; the other waits for it. */
const givesUp = (index: number): boolean => index % 16 < 8;

export type Step = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** From the page of Mire to the application, in the way of this person. */
export async function prove(on: Deployment, index: number, browser: Browser, step: Step): Promise<Visited> {
  const uid = /^\/interaction\/[^/]+/.exec(browser.current?.url.pathname ?? '')?.[0] ?? '';
  const form = async (path: string, fields: Record<string, string>) => {
    judge(await browser.get(new URL(uid + path, browser.origin)));
    return judge(await browser.submit(fields));
  };
  const person = { login: loginOf(index), password: PASSWORD };
  const way = wayOf(index);
  if (way === 'password') return step('password', () => form('/login-mdp', person));
  if (way === 'code') {
    await step('password', () => form('/code-ephemere', person));
    return step('code', () => enterCode(on, index, browser, form));
  }
  const vouched = async () => {
    if (way === 'psc') {
      // The tab that says what went wrong last time has the button to try again.
      const tab = await browser.get(new URL(`${uid}/psc`, browser.origin));
      if (!tab.page.querySelector('form[action$="/psc"]')) judge(tab);
      judge(await browser.submit({}, '/psc'));
      return judge(await identify(browser, PSC_IDS[pscPersonOf(index)] ?? ''));
    }
    const { uid: login, password } = entryOf(index);
    return form(`/compte-local/s/${STRUCTURE}`, { login, password });
  };
  let asked = false;
  return step(way, () => {
    if (asked && givesUp(index)) return form('/login-mdp', person);
    asked = true;
    return vouched();
  });
}

export const pscPersonOf = (index: number): number => Math.floor(index / 8) % PSC_IDS.length;

type Form = (path: string, fields: Record<string, string>) => Promise<Visited>;

const used = new Map<number, Set<string>>();
const missed = new Map<number, number>();

async function enterCode(on: Deployment, index: number, browser: Browser, form: Form): Promise<Visited> {
  const before = used.get(index) ?? new Set<string>();
  used.set(index, before);
  // A person without SMS is not asked where to send it.
  const code = await on.post.code(mailOf(index), before, 12_000);
  if (!code) {
    const asked = await browser.get(browser.current?.url ?? browser.origin);
    if (asked.status < 400) await browser.submit({}, '/resend').catch(() => undefined);
    const times = (missed.get(index) ?? 0) + 1;
    missed.set(index, times);
    // Three sends in one sign-in: then a person begins again.
    throw new Trouble('the code has not come yet', true, times % 2 === 0);
  }
  before.add(code);
  return form('/code-ephemere', { code });
}
