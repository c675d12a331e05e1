import { Agent, request } from 'node:http';
import { Readable } from 'node:stream';
import * as client from 'openid-client';
import { Application } from '../support/application.ts';
import { Browser, type Send, type Visited } from '../support/browser.ts';
import { type Deployment, ISSUER, loginOf, mailOf, PASSWORD, SECRET } from './deployment.ts';

/** In milliseconds: who waits longer goes away. */
const PATIENCE = 25_000;

export interface Outcome {
  readonly person: number;
  /** How it ended, seen from the person. */
  readonly ended: 'at once' | 'after a second try' | 'begun again' | 'never';
  /** What went wrong on the way, and whether whoever asked was told in a way that they can act on. */
  readonly troubles: readonly { readonly step: string; readonly said: string; readonly told: boolean }[];
  readonly facts: Facts;
  /** Milliseconds to the first byte of each answer. */
  readonly waits: readonly number[];
}

/** What was acknowledged, and must stand whatever happens afterwards. */
export interface Facts {
  signedIn: number;
  sub?: string;
  refresh?: string;
  revoked?: string;
}

class Trouble extends Error {
  readonly told: boolean;
  /** The way on is lost: begin again from the application. */
  readonly over: boolean;
  constructor(message: string, told: boolean, over = false) {
    super(message);
    this.told = told;
    this.over = over;
  }
}

/** A computer with an address of its own, which keeps its connections as a browser does. */
export function computer(
  front: string,
  index: number,
): { send: Send; readonly waits: readonly number[]; close(): void } {
  const waits: number[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: 2 });
  const localAddress = `127.0.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`;
  const send: Send = (url, init) =>
    new Promise((resolve, reject) => {
      const { port, hostname } = new URL(front);
      const since = performance.now();
      const sent = request(
        {
          host: hostname,
          port,
          localAddress,
          agent,
          method: init.method ?? 'GET',
          path: url.pathname + url.search,
          headers: { ...Object.fromEntries(new Headers(init.headers)), host: url.host },
          timeout: PATIENCE,
        },
        (response) => {
          waits.push(performance.now() - since);
          const headers = new Headers();
          for (let at = 0; at < response.rawHeaders.length; at += 2)
            headers.append(response.rawHeaders[at] ?? '', response.rawHeaders[at + 1] ?? '');
          const status = response.statusCode ?? 0;
          const bare = status === 204 || status === 304;
          resolve(new Response(bare ? null : (Readable.toWeb(response) as ReadableStream), { status, headers }));
          if (bare) response.resume();
        },
      );
      sent.on('timeout', () => sent.destroy(new Error('no answer')));
      sent.on('error', reject);
      const { body } = init;
      sent.end(body === undefined || body === null ? undefined : String(body));
    });
  return { send, waits, close: () => agent.destroy() };
}

/** A page that says what happened, with a support code; or an answer that a program understands. */
function judge(page: Visited): Visited {
  if (page.status < 400) return page;
  const code = /[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}/.test(page.body);
  const over = [400, 404, 409].includes(page.status);
  throw new Trouble(
    code ? `${page.status}` : `${page.status} ${page.body.slice(0, 80)}`,
    code && page.status !== 500,
    over,
  );
}

function judgeError(error: unknown): Trouble {
  if (error instanceof Trouble) return error;
  const {
    error: oauth,
    status,
    cause,
    message,
  } = error as {
    error?: string;
    status?: number;
    cause?: unknown;
    message: string;
  };
  if (oauth)
    return new Trouble(`${status} ${oauth}`, status !== 500, oauth === 'invalid_grant' || oauth === 'access_denied');
  if (cause instanceof Response) {
    // The client library reads OAuth errors of 4xx alone; a program sees the status, when to come back, and JSON.
    const json = cause.headers.get('content-type')?.includes('json') && cause.headers.has('retry-after');
    return new Trouble(`${cause.status}`, cause.status === 503 && json === true);
  }
  const reason = cause instanceof Error ? cause.message : message;
  // The step before has been taken after all, and its answer was lost: the page stands further on.
  if (/no form|no link/.test(reason)) return new Trouble('the page stands at another step', true, true);
  return new Trouble(reason.slice(0, 100), false);
}

/** One professional, from the application and back, patient enough to try again for a while. */
export async function journey(on: Deployment, index: number, until: () => number): Promise<Outcome> {
  const { send, waits, close } = computer(on.front, index);
  const troubles: { step: string; said: string; told: boolean }[] = [];
  const facts: Facts = { signedIn: 0 };
  let tries = 0;
  let begun = 0;

  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        const trouble = judgeError(error);
        troubles.push({ step: name, said: trouble.message, told: trouble.told });
        tries += 1;
        if (trouble.over || Date.now() > until()) throw trouble;
        await new Promise((resolve) => setTimeout(resolve, 700 + Math.random() * 600));
      }
    }
  };

  const once = async (): Promise<void> => {
    const byCode = index % 4 === 0;
    const browser = new Browser(ISSUER, {}, send);
    const application = await step('discovery', () =>
      Application.discover(ISSUER, byCode ? 'messagerie' : 'ror', SECRET, send),
    );
    const started = await application.start();
    await step('authorize', async () => {
      const page = judge(await browser.get(started.url));
      if (page.url.origin !== ISSUER) throw new Trouble(String(page.url.searchParams.get('error')), true, true);
    });
    const mode = byCode ? '/code-ephemere' : '/login-mdp';
    const uid = /^\/interaction\/[^/]+/.exec(browser.current?.url.pathname ?? '')?.[0] ?? '';
    const form = async (path: string, fields: Record<string, string>) => {
      judge(await browser.get(`${ISSUER}${uid}${path}`));
      return judge(await browser.submit(fields));
    };
    const person = { login: loginOf(index), password: PASSWORD };
    let back = await step('password', () => form(mode, byCode ? { ...person } : person));
    if (byCode) back = await step('code', () => enterCode(on, index, browser, form, mode));
    const answer = back.url;
    if (answer.searchParams.has('error')) throw new Trouble(String(answer.searchParams.get('error')), true, true);
    if (!answer.searchParams.has('code')) throw new Trouble(`stands at ${answer.pathname}`, false, true);
    facts.signedIn += 1;
    const tokens = await step('token', () => started.finish(answer));
    facts.sub = tokens.claims()?.sub ?? '';
    facts.refresh = tokens.refresh_token ?? '';
    const refreshed = await step('refresh', () =>
      client.refreshTokenGrant(application.configuration, facts.refresh ?? ''),
    );
    facts.refresh = refreshed.refresh_token ?? '';
    if (index % 3 === 0) {
      const { refresh } = facts;
      delete facts.refresh;
      await step('revoke', () => client.tokenRevocation(application.configuration, refresh));
      facts.revoked = refresh;
    }
  };

  try {
    for (;;) {
      begun += 1;
      try {
        await once();
        const ended = begun > 1 ? 'begun again' : tries > 0 ? 'after a second try' : 'at once';
        return { person: index, ended, troubles, facts, waits };
      } catch (error) {
        const trouble = judgeError(error);
        if (!troubles.some(({ said }) => said === trouble.message))
          troubles.push({ step: 'journey', said: trouble.message, told: trouble.told });
        if (Date.now() > until()) return { person: index, ended: 'never', troubles, facts, waits };
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
  } finally {
    close();
  }
}

type Form = (path: string, fields: Record<string, string>) => Promise<Visited>;

const used = new Map<number, Set<string>>();
const missed = new Map<number, number>();

async function enterCode(on: Deployment, index: number, browser: Browser, form: Form, mode: string): Promise<Visited> {
  const before = used.get(index) ?? new Set<string>();
  used.set(index, before);
  // A person without SMS is not asked where to send it.
  const code = await on.post.code(mailOf(index), before, 12_000);
  if (!code) {
    const asked = await browser.get(browser.current?.url ?? ISSUER);
    if (asked.status < 400) await browser.submit({}, '/resend').catch(() => undefined);
    const times = (missed.get(index) ?? 0) + 1;
    missed.set(index, times);
    // Three sends in one sign-in: then a person begins again.
    throw new Trouble('the code has not come yet', true, times % 2 === 0);
  }
  before.add(code);
  return form(mode, { code });
}
