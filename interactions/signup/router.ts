import Router, { type RouterContext } from '@koa/router';
import type { Pace } from '../../config/pace.ts';
import type { Settings } from '../../config/settings.ts';
import type { Circumstances } from '../../src/accounts/circumstances.ts';
import type { PasswordRule } from '../../src/accounts/password-rule.ts';
import type { PasswordSignIn } from '../../src/accounts/password-sign-in.ts';
import type { Passwords } from '../../src/accounts/passwords.ts';
import type { Codes } from '../../src/challenges/codes.ts';
import type { Clock } from '../../src/clock.ts';
import type { Notifier } from '../../src/delivery/notifier.ts';
import { toMireError } from '../../src/http/error-page.ts';
import { FlowError } from '../../src/http/errors.ts';
import type { Log } from '../../src/log.ts';
import type { Captcha } from '../../src/protection/captcha.ts';
import type { Limits } from '../../src/protection/limits.ts';
import type { Storage } from '../../src/storage.ts';
import type { Dispatcher } from '../dispatcher.ts';
import type { Entry } from '../entry.ts';
import type { LeaveLocals } from '../layout/locals.ts';
import type { Pages } from '../layout/renderer.ts';
import type { Visit } from '../visit.ts';
import { createExisting, type ExistingParts } from './existing.ts';
import { groundOf } from './ground.ts';
import { createSignUpPages } from './pages.ts';
import { signUpRoutes } from './signup.ts';
import { createSteps } from './steps.ts';

/** What signing up needs beside what every interaction has. */
export interface SignUpParts {
  readonly storage: Storage;
  readonly settings: Settings;
  readonly log: Log;
  readonly pace: Pick<Pace, 'signUp'>;
  readonly clock: Clock;
  readonly pages: Pages;
  readonly codes: Codes;
  readonly passwordSignIn: PasswordSignIn;
  readonly notifier: Notifier;
  readonly circumstances: Circumstances;
  readonly passwords: Passwords;
  readonly passwordRule: PasswordRule;
  readonly limits: Limits;
  readonly captcha: Captcha;
}

/** `/interaction/:uid/signup`: the first sign-in of somebody whom a mode proved, and nobody here knows. */
export function signUpRouter(
  parts: SignUpParts &
    Pick<ExistingParts, 'passkeys' | 'totp'> & {
      entry: Entry;
      dispatcher: Dispatcher;
      leave: (visit: Visit) => LeaveLocals;
    },
): Router {
  const { storage, log, pace, clock, entry, dispatcher, leave } = parts;
  const router = new Router({ prefix: '/signup' });
  const existing = createExisting({ ...parts, issuer: parts.settings.ISSUER });

  async function open(ctx: RouterContext, posted: boolean): Promise<Visit> {
    try {
      return await (posted ? entry.posted(ctx, ['signing-up']) : entry.visit(ctx, ['signing-up']));
    } catch (error) {
      // In the middle of a form it is worth saying what is not lost.
      if (toMireError(error).code === 'interaction-unknown') throw new FlowError('sign-up-expired', {}, error);
      throw error;
    }
  }

  signUpRoutes(router, {
    log,
    pace,
    existing,
    steps: createSteps(parts),
    pages: createSignUpPages({ ...parts, existing }),
    async ground(ctx: RouterContext, posted: boolean) {
      const visit = await open(ctx, posted);
      return groundOf(visit, { storage, dispatcher, leave: leave(visit), now: clock() });
    },
  });
  return router;
}
