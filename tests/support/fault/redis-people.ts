import { judge, judgeError, Trouble } from '../../drill/trouble.ts';
import { Application } from '../clients/application.ts';
import { Browser, type Send } from '../http/browser.ts';
import { until } from '../jest/until.ts';
import { ISSUER, loginOf, mailOf, PASSWORD, type RedisGround, SECRET } from './redis-ground.ts';

/** Milliseconds that a person waits for an answer, and for a code. */
const PATIENCE = 15_000;
const FOR_A_CODE = 20_000;

/** Moments are milliseconds of this process. */
export interface SignIn {
  readonly person: number;
  readonly at: number;
  readonly browser: Browser;
}

export interface Told {
  readonly signIns: SignIn[];
  readonly troubles: { readonly at: number; readonly said: string }[];
  /** Who was told that a code is on its way, and when. */
  readonly promised: Map<number, number>;
}

/** By turns to each web process, as a proxy in front would, from an address of one's own. */
function sendTo({ ports }: RedisGround, person: number): Send {
  let turn = person;
  return (url, init) => {
    const headers = new Headers(init.headers);
    headers.set('x-forwarded-proto', 'https');
    headers.set('x-forwarded-host', url.host);
    headers.set('x-forwarded-for', `192.0.2.${person % 250}`);
    turn += 1;
    const port = ports[turn % ports.length];
    const signal = AbortSignal.timeout(PATIENCE);
    return fetch(`http://127.0.0.1:${port}${url.pathname}${url.search}`, { ...init, headers, signal });
  };
}

/** One in four comes by a code by mail. */
const byCode = (person: number): boolean => person % 4 === 0;

async function toMode(browser: Browser, url: URL, mode: string): Promise<void> {
  const page = judge(await browser.get(url));
  if (page.url.origin !== ISSUER) throw new Trouble(String(page.url.searchParams.get('error')), true);
  const uid = /^\/interaction\/[^/]+/.exec(page.url.pathname)?.[0] ?? '';
  judge(await browser.get(`${uid}/${mode}`));
}

/** The code of a mail, as its person reads it. */
const codesFor = ({ post }: RedisGround, person: number): string[] =>
  post.received
    .filter(({ to }) => [to ?? []].flat().some(({ text }) => text.includes(mailOf(person))))
    .flatMap(({ text = '' }) => /\b\d{6}\b/.exec(text)?.[0] ?? []);

async function signIn(on: RedisGround, person: number, told: Told): Promise<void> {
  const send = sendTo(on, person);
  const browser = new Browser(ISSUER, {}, send);
  const application = await Application.discover(ISSUER, byCode(person) ? 'messagerie' : 'ror', SECRET, send);
  const started = await application.start();
  await toMode(browser, started.url, byCode(person) ? 'code-ephemere' : 'login-mdp');
  let page = judge(await browser.submit({ login: loginOf(person), password: PASSWORD }));
  if (byCode(person)) {
    if (!page.body.includes('name="code"')) throw new Trouble(`stands at ${page.url.pathname}`, false);
    told.promised.set(person, performance.now());
    const code = await until('a code', () => codesFor(on, person)[0], FOR_A_CODE);
    page = judge(await browser.submit({ code }));
  }
  if (!page.url.searchParams.has('code')) throw new Trouble(page.url.searchParams.get('error') ?? 'no code', true);
  await started.finish(page.url);
  told.signIns.push({ person, at: performance.now(), browser });
}

export interface People extends Told {
  /** Nobody comes any more; ends when those under way have. */
  leave(): Promise<void>;
}

/** People come one after the other, whatever becomes of those before them. */
export function comeAndGo(on: RedisGround, perSecond: number, most: number): People {
  const told: Told = { signIns: [], troubles: [], promised: new Map() };
  const inside = new Set<Promise<void>>();
  let next = 0;
  const timer = setInterval(() => {
    const person = next;
    if (person >= most) return;
    next += 1;
    const visit = signIn(on, person, told)
      .catch((error: unknown) => {
        told.troubles.push({ at: performance.now(), said: judgeError(error).message });
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

/** Codes that were promised and did not come, and those that came twice. */
export function codesOf(on: RedisGround, { promised }: Told): { missing: number[]; twice: number[] } {
  const came = [...promised].map(([person, at]) => ({ person, at, codes: codesFor(on, person) }));
  return {
    missing: came.filter(({ codes }) => codes.length === 0).map(({ person }) => person),
    twice: came.filter(({ codes }) => codes.length > 1).map(({ person }) => person),
  };
}

/** Who is signed out that was signed in. */
export async function signedOut({ signIns }: Told): Promise<SignIn[]> {
  const out: SignIn[] = [];
  for (const one of signIns) {
    const { body, status } = await one.browser.get(`${ISSUER}/`);
    if (status !== 200 || !body.includes(loginOf(one.person))) out.push(one);
  }
  return out;
}

/** Somebody who guesses at one password all the while. */
export function guess(on: RedisGround, person: number): { stop(): Promise<number> } {
  let heard = 0;
  let stopped = false;
  const once = async () => {
    const send = sendTo(on, person);
    const browser = new Browser(ISSUER, {}, send);
    const application = await Application.discover(ISSUER, 'ror', SECRET, send);
    await toMode(browser, (await application.start()).url, 'login-mdp');
    const { status, body } = await browser.submit({ login: loginOf(person), password: 'Cinq cerises au panier 3' });
    // Over the limit a captcha stands before the password, which is not looked at without it.
    if (status === 401 && !body.includes('altcha')) heard += 1;
  };
  const guessing = (async () => {
    while (!stopped) {
      // Whatever is refused meanwhile was not heard.
      await once().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  })();
  return {
    async stop() {
      stopped = true;
      await guessing;
      return heard;
    },
  };
}
