import type { JSONWebKeySet } from 'jose';
import type { Connection } from './connection.ts';
import { Journey, type Person, type Redeemable, type Tokens } from './journeys.ts';

export interface Ground {
  readonly issuer: string;
  readonly ask: Connection;
  readonly jwks: JSONWebKeySet;
  person(): Person;
}

/** Codes that one worker has ready for a stretch, which ends with them: the bare memory keeps a thousand things at most. */
const STOCK = 16;

export type Goal = 'code flow' | 'single sign-on' | 'tokens' | 'client credentials';

/** One kind of work. `prepare` makes what one of the workers repeats. */
export interface Scenario {
  readonly name: string;
  /** The group of the goals it counts in, for those that have one. */
  readonly goal?: Goal;
  prepare(ground: Ground): Promise<Repeated>;
}

/** What one worker does again and again; `stock` is asked before each stretch, where it uses something up. */
export type Repeated = (() => Promise<unknown>) & { stock?: () => Promise<void> };

const journey = ({ issuer, ask, jwks }: Ground) => new Journey(issuer, ask, jwks);

async function signedIn(ground: Ground): Promise<{ one: Journey; tokens: Tokens }> {
  const one = journey(ground);
  return { one, tokens: await one.redeem(await one.authorize(ground.person())) };
}

interface OwnBrowser {
  readonly one: Journey;
  readonly person: Person;
}

/** People who sign in where they did before, as on any morning: nobody is told of a new browser, the last mode opens. */
async function browsers(ground: Ground): Promise<OwnBrowser[]> {
  const own: OwnBrowser[] = [];
  for (let i = 0; i < 4; i += 1) {
    const [one, person] = [journey(ground), ground.person()];
    await one.redeem(await one.authorize(person));
    own.push({ one, person });
  }
  return own;
}

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'sign-in and tokens (code flow)',
    goal: 'code flow',
    prepare: async (ground) => {
      const own = await browsers(ground);
      let turn = 0;
      return async () => {
        const { one, person } = own[turn++ % own.length] as OwnBrowser;
        one.forgetSession();
        await one.redeem(await one.authorize(person));
      };
    },
  },
  {
    name: 'first sign-in of a browser and tokens',
    prepare: async (ground) => async () => {
      const one = journey(ground);
      await one.redeem(await one.authorize(ground.person()));
    },
  },
  {
    name: 'single sign-on and tokens',
    goal: 'single sign-on',
    prepare: async (ground) => {
      const { one } = await signedIn(ground);
      return async () => {
        await one.redeem(await one.authorize());
      };
    },
  },
  {
    name: 'silent single sign-on (prompt=none)',
    prepare: async (ground) => {
      const { one } = await signedIn(ground);
      return () => one.authorize(undefined, { prompt: 'none' });
    },
  },
  {
    name: 'tokens for a code',
    prepare: async (ground) => {
      const { one } = await signedIn(ground);
      let codes: Redeemable[] = [];
      const redeem = async () => {
        const code = codes.pop();
        return code ? one.redeem(code) : false;
      };
      return Object.assign(redeem, {
        async stock() {
          codes = [];
          while (codes.length < STOCK) codes.push(await one.authorize());
        },
      });
    },
  },
  {
    name: 'refresh',
    goal: 'tokens',
    prepare: async (ground) => {
      const { one, tokens } = await signedIn(ground);
      let newest = tokens;
      return async () => {
        newest = await one.refresh(newest);
      };
    },
  },
  {
    name: 'userinfo',
    goal: 'tokens',
    prepare: async (ground) => {
      const { one, tokens } = await signedIn(ground);
      return () => one.userinfo(tokens);
    },
  },
  {
    name: 'introspection',
    goal: 'tokens',
    prepare: async (ground) => {
      const { one, tokens } = await signedIn(ground);
      return () => one.introspect(tokens);
    },
  },
  {
    name: 'client credentials',
    goal: 'client credentials',
    prepare: async (ground) => {
      const one = journey(ground);
      return () => one.clientCredentials();
    },
  },
  { name: 'sign-in page', prepare: async (ground) => () => journey(ground).page() },
  {
    name: 'discovery',
    prepare: async (ground) => () => journey(ground).document('/.well-known/openid-configuration'),
  },
  { name: 'jwks', prepare: async (ground) => () => journey(ground).document('/jwks') },
];
