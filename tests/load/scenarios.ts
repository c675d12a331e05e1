import type { JSONWebKeySet } from 'jose';
import type { Connection } from './connection.ts';
import { Journey, type Person, type Tokens } from './journeys.ts';

export interface Ground {
  readonly issuer: string;
  readonly ask: Connection;
  readonly jwks: JSONWebKeySet;
  person(): Person;
}

/** One kind of work. `prepare` makes what one of the workers repeats. */
export interface Scenario {
  readonly name: string;
  /** The group of the goals it counts in, for those that have one. */
  readonly goal?: 'code flow' | 'single sign-on' | 'tokens' | 'client credentials';
  prepare(ground: Ground): Promise<() => Promise<void>>;
}

const journey = ({ issuer, ask, jwks }: Ground) => new Journey(issuer, ask, jwks);

async function signedIn(ground: Ground): Promise<{ one: Journey; tokens: Tokens }> {
  const one = journey(ground);
  return { one, tokens: await one.redeem(await one.authorize(ground.person())) };
}

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'sign-in and tokens (code flow)',
    goal: 'code flow',
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
