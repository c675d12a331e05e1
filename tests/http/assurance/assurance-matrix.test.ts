import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ACR_VALUES, type Acr } from '../../../config/modes.ts';
import { demoClients } from '../../../src/sandbox/clients.ts';
import { Application, CALLBACK } from '../../support/clients/application.ts';
import { Browser, type Visited } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND, messages } from '../../support/sign-in/journeys.ts';
import { WITH_TEST_CARD } from '../../support/sign-in/test-mode.ts';

const ACCOUNT = '0b7d6a52-1f8e-4a57-9d0c-3e1f5a6b7c01';
const LEVEL = { 'login-mdp': 'eidas1', 'code-ephemere': 'eidas2', cps: 'eidas3' } as const;
type TestedMode = keyof typeof LEVEL;
const SESSIONS = [undefined, 'login-mdp', 'code-ephemere', 'cps'] as const;
const PROMPTS = [undefined, 'none', 'login'] as const;

const ESSENTIAL = JSON.stringify({ id_token: { acr: { essential: true, values: ['eidas2'] } } });
/** How an application asks for `eidas2`, and the client that asks. */
const ASKS = {
  nothing: { client: 'plain', parameters: {} },
  acr_values: { client: 'plain', parameters: { acr_values: 'eidas2' } },
  essential: { client: 'plain', parameters: { claims: ESSENTIAL } },
  both: { client: 'plain', parameters: { acr_values: 'eidas2', claims: ESSENTIAL } },
  minimum_acr: { client: 'demanding', parameters: {} },
  default_acr_values: { client: 'by-default', parameters: {} },
} as const;
type Ask = keyof typeof ASKS;

const reaches = (proved: Acr, level: Acr) => ACR_VALUES.indexOf(proved) >= ACR_VALUES.indexOf(level);

/** What the design says must come out; written apart from the code that decides it. */
function expected(session: TestedMode | undefined, ask: Ask, prompt: (typeof PROMPTS)[number], mode: TestedMode) {
  const level = ask === 'nothing' ? 'eidas1' : 'eidas2';
  const issued = (proved: Acr) => (ask === 'essential' || ask === 'both' ? 'eidas2' : proved);
  const has = session && LEVEL[session];
  if (prompt !== 'login' && has && reaches(has, level)) return { acr: issued(has), silent: true };
  if (prompt === 'none') return { error: has ? 'unmet_authentication_requirements' : 'login_required' };
  return reaches(LEVEL[mode], level) ? { acr: issued(LEVEL[mode]), silent: false } : { refused: true };
}

describe('the matrix of assurance', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    const client = (client_id: string, more: object) => ({
      client_id,
      client_secret: `${client_id}-sandbox-secret`,
      redirect_uris: [CALLBACK],
      first_party: true,
      ...more,
    });
    mire = await startMire({
      env: { RATE_LIMIT_FACTOR: '1000' },
      added: {
        modes: WITH_TEST_CARD,
        clients: [
          ...demoClients('http://localhost'),
          client('plain', { minimum_acr: 'eidas1' }),
          client('demanding', { minimum_acr: 'eidas2' }),
          client('by-default', { minimum_acr: 'eidas1', default_acr_values: ['eidas2'] }),
        ],
      },
    });
  });
  afterAll(() => mire.close());

  /** Signs in by one mode, from its tab; the redirects of every leg are added up. */
  async function prove(
    browser: Browser,
    from: Visited,
    mode: TestedMode,
  ): Promise<{ end: Visited; redirects: number }> {
    const [, , uid] = from.url.pathname.split('/');
    const legs: Visited[] = [];
    const step = async (leg: Promise<Visited>) => {
      legs.push(await leg);
      return legs.at(-1) as Visited;
    };
    const page = from.url.pathname.endsWith(`/${mode}`) ? from : await step(browser.get(`/interaction/${uid}/${mode}`));
    const csrf = page.page.querySelector('[name=_csrf]')?.getAttribute('value') ?? '';
    if (mode === 'cps') await step(browser.post(`/interaction/${uid}/cps`, { _csrf: csrf, account: ACCOUNT }));
    else if (mode === 'login-mdp') await step(browser.submit(MDURAND));
    else {
      const sent = mire.sandbox.inbox.list().length;
      if (page.page.querySelector('[name=password]')) await step(browser.submit(MDURAND));
      await step(browser.submit({ channel: 'mail' }));
      const [message] = await messages(mire, sent + 1);
      await step(browser.submit({ code: message?.code ?? '' }));
    }
    return { end: legs.at(-1) as Visited, redirects: legs.reduce((sum, leg) => sum + leg.redirects.length - 1, 0) };
  }

  async function signedIn(mode: TestedMode | undefined): Promise<Browser> {
    const browser = new Browser(mire.issuer);
    if (!mode) return browser;
    const plain = await Application.discover(mire.issuer, 'plain');
    const { end } = await prove(browser, await browser.get((await plain.start()).url), mode);
    expect(end.url.searchParams.get('code')).toEqual(expect.any(String));
    return browser;
  }

  const cases = SESSIONS.flatMap((session) =>
    (Object.keys(ASKS) as Ask[]).flatMap((ask) =>
      PROMPTS.flatMap((prompt) =>
        (Object.keys(LEVEL) as TestedMode[]).map((mode) => [session, ask, prompt, mode] as const),
      ),
    ),
  );

  test.each(cases)('session by %s, asking by %s, prompt=%s, signing in by %s', async (session, ask, prompt, mode) => {
    const wanted = expected(session, ask, prompt, mode);
    const browser = await signedIn(session);
    const { client, parameters } = ASKS[ask];
    const application = await Application.discover(mire.issuer, client);
    const started = await application.start({ ...parameters, ...(prompt ? { prompt } : {}) });
    const first = await browser.get(started.url);
    let redirects = first.redirects.length - 1;
    if (wanted.error) {
      expect(first.url.searchParams.get('error')).toBe(wanted.error);
    } else if (wanted.refused) {
      // Neither its tab nor a form sent by hand.
      const [, , uid] = first.url.pathname.split('/');
      const csrf = first.page.querySelector('[name=_csrf]')?.getAttribute('value') ?? '';
      expect((await browser.get(`/interaction/${uid}/${mode}`)).status).toBe(403);
      expect((await browser.post(`/interaction/${uid}/${mode}`, { _csrf: csrf, ...MDURAND })).status).toBe(403);
    } else {
      let end = first;
      if (!wanted.silent) {
        expect(first.url.pathname).toMatch(/^\/interaction\//);
        const proved = await prove(browser, first, mode);
        end = proved.end;
        redirects += proved.redirects;
      }
      expect((await started.finish(end.url)).claims()?.acr).toBe(wanted.acr);
    }
    expect(redirects).toBeLessThanOrEqual(6);
  });
});
