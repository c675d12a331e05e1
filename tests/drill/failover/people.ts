import * as client from 'openid-client';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { computer } from '../computer.ts';
import { ISSUER, mailOf, PASSWORD, SECRET } from '../seeding.ts';
import { judge, judgeError, Trouble } from '../trouble.ts';
import type { FailoverGround } from './ground.ts';

/** What one person, or one program, met. Moments are milliseconds of the process. */
export interface Met {
  readonly person: number;
  readonly at: number;
  readonly said?: string;
}

export interface Told {
  readonly signIns: Met[];
  readonly troubles: Met[];
  /** Who was told that a code is on its way. */
  readonly promised: Set<number>;
}

export interface People extends Told {
  /** Nobody comes any more; ends when those under way have. */
  leave(): Promise<void>;
}

/** One in four asks for a code by mail, and comes no further: what counts is that it comes. */
const byCode = (person: number): boolean => person % 4 === 0;
const loginOf = (person: number) => ({ login: `personne${person}`, password: PASSWORD });

async function signIn(on: FailoverGround, person: number, told: Told): Promise<void> {
  const { send, close } = computer({ front: on.front, partners: { ca: '' } }, person);
  try {
    const browser = new Browser(ISSUER, {}, send);
    const application = await Application.discover(ISSUER, byCode(person) ? 'messagerie' : 'ror', SECRET, send);
    const started = await application.start();
    const page = judge(await browser.get(started.url));
    if (page.url.origin !== ISSUER) throw new Trouble(String(page.url.searchParams.get('error')), true);
    const uid = /^\/interaction\/[^/]+/.exec(page.url.pathname)?.[0] ?? '';
    judge(await browser.get(`${uid}/${byCode(person) ? 'code-ephemere' : 'login-mdp'}`));
    const { url, body } = judge(await browser.submit(loginOf(person)));
    if (byCode(person)) {
      if (!body.includes('name="code"')) throw new Trouble(`stands at ${url.pathname}`, false);
      told.promised.add(person);
      return;
    }
    if (!url.searchParams.has('code')) throw new Trouble(url.searchParams.get('error') ?? 'no code', true);
    await started.finish(url);
    told.signIns.push({ person, at: performance.now() });
  } finally {
    close();
  }
}

/** People come one after the other, whatever becomes of those before them. */
export function comeAndGo(on: FailoverGround, perSecond: number): People {
  const told: Told = { signIns: [], troubles: [], promised: new Set() };
  const inside = new Set<Promise<void>>();
  let next = 0;
  const timer = setInterval(() => {
    const person = next;
    next += 1;
    if (person >= on.people.length) return;
    const visit = signIn(on, person, told)
      .catch((error: unknown) => {
        told.troubles.push({ person, at: performance.now(), said: judgeError(error).message });
      })
      .finally(() => inside.delete(visit));
    inside.add(visit);
  }, 1000 / perSecond);
  return {
    ...told,
    async leave() {
      clearInterval(timer);
      await Promise.all(inside);
    },
  };
}

/** Somebody who signed in before it all began, and an application that goes on asking about them. */
export async function tokenOf(on: FailoverGround, person: number): Promise<() => Promise<boolean | undefined>> {
  const { send } = computer({ front: on.front, partners: { ca: '' } }, person);
  const browser = new Browser(ISSUER, {}, send);
  const application = await Application.discover(ISSUER, 'ror', SECRET, send);
  const started = await application.start();
  const page = judge(await browser.get(started.url));
  judge(await browser.get(`${/^\/interaction\/[^/]+/.exec(page.url.pathname)?.[0]}/login-mdp`));
  const { url } = judge(await browser.submit(loginOf(person)));
  const { access_token } = await started.finish(url);
  return async () => {
    try {
      return (await client.tokenIntrospection(application.configuration, access_token)).active;
    } catch {
      // Away: it says nothing wrong.
      return undefined;
    }
  };
}

/** Codes that were promised and did not come, and codes that came twice. */
export function codesOf(on: FailoverGround, { promised }: Told): { missing: number[]; twice: string[] } {
  const { codes } = on.post;
  return {
    missing: [...promised].filter((person) => (codes.get(mailOf(person)) ?? []).length === 0),
    twice: [...codes].filter(([, all]) => new Set(all).size < all.length).map(([to]) => to),
  };
}
