import * as client from 'openid-client';
import { Application } from '../support/clients/application.ts';
import { Browser } from '../support/http/browser.ts';
import { type Answer, computer } from './computer.ts';
import type { Deployment } from './deployment.ts';
import { ISSUER, SECRET } from './seeding.ts';
import { judge, judgeError, Trouble } from './trouble.ts';
import { prove, type Step, wayOf } from './ways.ts';

/** The application that sends this person. */
export const applicationOf = (index: number): string => (wayOf(index) === 'code' ? 'messagerie' : 'ror');

export interface Outcome {
  readonly person: number;
  /** How it ended, seen from the person. */
  readonly ended: 'at once' | 'after a second try' | 'begun again' | 'never';
  /** What went wrong on the way, and whether whoever asked was told in a way that they can act on. */
  readonly troubles: readonly { readonly step: string; readonly said: string; readonly told: boolean }[];
  readonly facts: Facts;
  readonly answers: readonly Answer[];
}

/** What was acknowledged, and must stand whatever happens afterwards. */
export interface Facts {
  signedIn: number;
  sub?: string;
  refresh?: string;
  revoked?: string;
}

/** One professional, from the application and back, patient enough to try again for a while. */
export async function journey(on: Deployment, index: number, until: () => number): Promise<Outcome> {
  const { send, answers, close } = computer(on, index);
  const troubles: { step: string; said: string; told: boolean }[] = [];
  const facts: Facts = { signedIn: 0 };
  let tries = 0;
  let begun = 0;

  const step: Step = async (name, work) => {
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
    const browser = new Browser(ISSUER, {}, send);
    browser.also.add(on.partners.psc.wallet).add(new URL(on.partners.psc.issuer).origin);
    const application = await step('discovery', () => Application.discover(ISSUER, applicationOf(index), SECRET, send));
    const started = await application.start();
    await step('authorize', async () => {
      const page = judge(await browser.get(started.url));
      if (page.url.origin !== ISSUER) throw new Trouble(String(page.url.searchParams.get('error')), true, true);
    });
    const { url: answer } = await prove(on, index, browser, step);
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
        return { person: index, ended, troubles, facts, answers };
      } catch (error) {
        const trouble = judgeError(error);
        if (!troubles.some(({ said }) => said === trouble.message))
          troubles.push({ step: 'journey', said: trouble.message, told: trouble.told });
        if (Date.now() > until()) return { person: index, ended: 'never', troubles, facts, answers };
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
  } finally {
    close();
  }
}
