import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createCsrf } from '../../../src/http/csrf.ts';
import { nationalId } from '../../support/cards/cards.ts';
import { Browser } from '../../support/http/browser.ts';
import { type Route, routesOf } from '../../support/http/routes.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { signInDirectly } from '../../support/sign-in/directly.ts';
import { MDURAND } from '../../support/sign-in/journeys.ts';
import { begin } from '../../support/sign-in/steps.ts';
import { WITH_VOUCHING } from '../../support/sign-in/vouching-mode.ts';

interface Walker {
  /** What they can type, wherever a field of that name is. */
  readonly types: Readonly<Record<string, string>>;
  readonly client: string;
  /** Signed in already, with this level. */
  readonly session?: 'eidas1';
  /** What they never agree to. */
  readonly without?: string;
  /** Why they are asked: columns of their account. */
  readonly account?: Readonly<Record<string, unknown>>;
}

/** What proves more than a password, and is not the mail of the account. */
const VOUCHED = {
  subject: JSON.stringify({ source: 'national-id', externalId: nationalId('mdurand') }),
  statement: JSON.stringify({ source: 'psc', familyName: 'Durand', givenName: 'Marie' }),
};

/** People who lack one thing. Whatever they press, and in whatever order, they have it not. */
const WALKERS: Readonly<Record<string, Walker>> = {
  'knows nothing': { types: { login: 'mdurand', password: 'faux' }, client: 'ror' },
  'has the password, and no second factor': { types: MDURAND, client: 'messagerie' },
  'is signed in by a password, and has no second factor': { types: MDURAND, client: 'messagerie', session: 'eidas1' },
  'has the password, and does not accept the terms': {
    types: MDURAND,
    client: 'cerveau',
    without: '/terms',
    account: { terms_version: 'older' },
  },
  'has two factors and a dead mail, and neither proves one nor says later': {
    types: VOUCHED,
    client: 'cerveau',
    without: '/mail/later',
    account: { email_refused_at: new Date(), mail_asked_at: null },
  },
};

/** What a step types beside what it knows: nothing at all, a guess, what only we may say. */
const FILLS: readonly Readonly<Record<string, string>>[] = [
  {},
  {
    code: '000000',
    recovery: 'AAAA-AAAA',
    channel: 'mail',
    ticket: 'x',
    structure: 'chu',
    consent: 'yes',
    decision: 'accept',
  },
  {
    acr: 'eidas3',
    accountId: '0b7d6a52-1f8e-4a57-9d0c-3e1f5a6b7c01',
    proof: 'x',
    stage: 'proved',
    full: 'true',
    terms: 'yes',
  },
];

interface Step {
  readonly go: 'page' | 'form' | 'back' | 'again' | 'fresh' | 'resume';
  readonly route: number;
  readonly fill: number;
  readonly knows: boolean;
}

const STEPS = fc.array(
  fc.record({
    go: fc.constantFrom<Step['go'][]>(
      'page',
      'page',
      'form',
      'form',
      'form',
      'form',
      'back',
      'again',
      'fresh',
      'resume',
    ),
    route: fc.nat(1000),
    fill: fc.nat(FILLS.length - 1),
    knows: fc.boolean(),
  }),
  { minLength: 10, maxLength: 14 },
);

describe('whatever is pressed in a sign-in, and in whatever order', () => {
  let mire: RunningMire;
  let routes: Route[];
  beforeAll(async () => {
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '1000' }, added: { modes: WITH_VOUCHING } });
    // The stream of events does not end.
    routes = routesOf(mire).filter(({ path }) => path.startsWith('/interaction/:uid') && !path.endsWith('/events'));
  });
  afterAll(() => mire.close());

  /** Nothing is asked of her. */
  const whole = () => ({ terms_version: mire.settings.TERMS_VERSION, email_refused_at: null, mail_asked_at: null });
  const change = (columns: Readonly<Record<string, unknown>>) =>
    mire.database.database('accounts').where({ login_key: 'mdurand' }).update(columns);
  const csrf = (uid: string) => createCsrf(mire.sandbox.parts.vault.derive('csrf')).token(uid);
  const opened = ({ url }: { readonly url: URL }) => url.searchParams.has('code');
  async function walk({ types, client, session, without = '-' }: Walker, steps: readonly Step[]): Promise<string[]> {
    const browser = session ? await signInDirectly(mire, { acr: session }) : new Browser(mire.issuer);
    let { page, started } = await begin(mire, { client, browser });
    const forms = routes.filter(({ method, path }) => method === 'POST' && !path.endsWith(without));
    const pages = routes.filter(({ method }) => method === 'GET');
    const seen: string[] = [];
    const gone: URL[] = [];
    for (const one of steps) {
      const uid = /^\/interaction\/([^/]+)/.exec(page.url.pathname)?.[1];
      // Whoever left, or was sent elsewhere, comes back to where they were, or begins again.
      if (!uid || one.go === 'again') page = await browser.get(started.url);
      else if (one.go === 'fresh')
        ({ page, started } = await begin(mire, { client, browser, parameters: { prompt: 'login' } }));
      else if (one.go === 'back') page = await browser.get(gone.at(-2) ?? page.url);
      else if (one.go === 'resume') page = await browser.get(`${mire.issuer}/authorize/${uid}`);
      else {
        const among = one.go === 'page' ? pages : forms;
        const path = among[one.route % among.length]?.path.replace(':uid', uid).replace(':structure', 'chu') ?? '';
        const fields = { ...FILLS[one.fill], ...(one.knows ? types : {}), _csrf: csrf(uid) };
        page = one.go === 'page' ? await browser.get(path) : await browser.post(path, fields);
        seen.push(`${one.go} ${path.replace(uid, ':uid')} ${page.status}`);
      }
      if (page.url.origin === mire.issuer) gone.push(page.url);
      if (opened(page)) return [...seen, 'A CODE'];
      if (page.status >= 500) return [...seen, `FAILED ${page.status}`];
    }
    // Nor was anything left that another request would find.
    const { page: later } = await begin(mire, { client, browser, parameters: { prompt: 'none' } });
    return opened(later) ? [...seen, 'A CODE LATER'] : [];
  }

  test.each(Object.entries(WALKERS))('who %s gets no code', async (_name, walker) => {
    await change({ ...whole(), ...walker.account });
    await fc.assert(
      fc.asyncProperty(STEPS, async (steps) => {
        expect(await walk(walker, steps)).toEqual([]);
      }),
      { numRuns: 8, seed: 20261130, endOnFailure: false, interruptAfterTimeLimit: 120_000 },
    );
  });

  test.each([
    ['has the password', MDURAND, {}, ['/login-mdp']],
    ['accepts the terms', MDURAND, { terms_version: 'older' }, ['/login-mdp', '/terms']],
    ['puts off the mail', VOUCHED, { email_refused_at: new Date() }, ['/psc', '/mail/later']],
  ] as const)('the same walk, by who has everything, does get one: who %s', async (_name, types, account, paths) => {
    await change({ ...whole(), ...account });
    const forms = routes.filter(({ method }) => method === 'POST');
    const steps = paths.map((end) => ({
      go: 'form' as const,
      route: forms.findIndex(({ path }) => path.endsWith(`:uid${end}`)),
      fill: 0,
      knows: true,
    }));
    expect(await walk({ types, client: 'ror' }, steps)).toContain('A CODE');
  });
});
