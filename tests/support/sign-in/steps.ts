import { Application, type Started } from '../clients/application.ts';
import { Browser, type Visited } from '../http/browser.ts';
import type { RunningMire } from '../mire.ts';
import { MDURAND, messages, signInByPassword } from './journeys.ts';

type Parameters = Readonly<Record<string, string>>;

interface Options {
  readonly client?: string;
  readonly parameters?: Parameters;
  readonly browser?: Browser;
}

export interface Begun {
  readonly application: Application;
  readonly started: Started;
  readonly browser: Browser;
  /** The page that the authorization request led to. */
  readonly page: Visited;
}

/** A person follows an application's link to Mire. */
export async function begin(
  mire: RunningMire,
  { client = 'ror', parameters = {}, browser = new Browser(mire.issuer) }: Options = {},
): Promise<Begun> {
  const application = await Application.discover(mire.issuer, client);
  const started = await application.start(parameters);
  return { application, started, browser, page: await browser.get(started.url) };
}

/** The same, up to the form of Login / Mdp. */
export async function beginLogin(mire: RunningMire, options: Options = {}): Promise<Begun> {
  const begun = await begin(mire, options);
  return { ...begun, page: await begun.browser.click('Login / Mdp') };
}

/** The same, up to the form that asks for the code; `code` is the one that was sent. */
export async function beginCode(
  mire: RunningMire,
  {
    channel = 'mail',
    person = MDURAND,
    ...options
  }: Options & { readonly channel?: string; readonly person?: typeof MDURAND } = {},
): Promise<Begun & { readonly code: string }> {
  const begun = await begin(mire, { client: 'messagerie', ...options });
  const { browser } = begun;
  if (!browser.current?.url.pathname.endsWith('/code-ephemere')) await browser.click('Code Éphémère');
  await browser.submit(person);
  const sent = mire.sandbox.inbox.list().length;
  const page = await browser.submit({ channel });
  const [message] = await messages(mire, sent + 1);
  return { ...begun, page, code: message?.code ?? '' };
}

/** Signed in by Login / Mdp, with the application's tokens. */
export async function signedIn(
  mire: RunningMire,
  {
    client = 'ror',
    person = MDURAND,
    browser = new Browser(mire.issuer),
    parameters = {},
  }: Options & { readonly person?: typeof MDURAND } = {},
) {
  const application = await Application.discover(mire.issuer, client);
  const started = await application.start(parameters);
  const back = await signInByPassword(browser, started.url, person);
  return { application, browser, started, answer: back.url, tokens: await started.finish(back.url) };
}

/** Where the interaction of this page is: `/interaction/<uid>`. */
export function interactionOf({ url }: Visited): string {
  const path = /^\/interaction\/[^/]+/.exec(url.pathname)?.[0];
  if (!path) throw new Error(`${url.pathname} is no page of an interaction`);
  return path;
}

/** The token of the forms of a page. */
export function csrfOf({ page, url }: Visited): string {
  const token = page.querySelector('[name=_csrf]')?.getAttribute('value');
  if (!token) throw new Error(`no form of ours at ${url.pathname}`);
  return token;
}

export interface AuditRow {
  readonly event: string;
  readonly account_id: string | null;
  readonly client_id: string | null;
  readonly mode: string | null;
  readonly support_code: string | null;
  readonly address_hash: Buffer | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The audit lines of one kind, oldest first. */
export async function auditOf({ database }: RunningMire, event: string): Promise<AuditRow[]> {
  const rows: AuditRow[] = await database.database('audit').where({ event }).orderBy('id');
  return rows;
}

/** How many rows the tables of a sign-in hold: what a refused request must leave alone. */
export async function written({ database }: RunningMire): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of ['sign_ins', 'sessions', 'session_grants', 'challenges']) {
    const [row] = await database.database(table).count({ count: '*' });
    counts[table] = Number(row?.count);
  }
  return counts;
}

/** A browser in which this person proved two factors; what was sent for it has come. */
export async function knownBrowser(mire: RunningMire, browser = new Browser(mire.issuer)): Promise<Browser> {
  const begun = await beginCode(mire, { browser });
  const back = await browser.submit({ code: begun.code });
  await begun.started.finish(back.url);
  return browser;
}
