import type { RouterContext } from '@koa/router';
import type { Settings } from '../config/settings.ts';
import type { PasswordSignIn } from '../src/accounts/password-sign-in.ts';
import type { CardDesk } from '../src/cards/desk.ts';
import type { Codes } from '../src/challenges/codes.ts';
import type { Clock } from '../src/clock.ts';
import type { HandOver } from '../src/desktop/hand-over.ts';
import type { PasskeyCeremonies } from '../src/factors/passkey-ceremonies.ts';
import type { Recovery } from '../src/factors/recovery.ts';
import type { Totp } from '../src/factors/totp.ts';
import type { UserError } from '../src/http/errors.ts';
import type { Log } from '../src/log.ts';
import type { Captcha } from '../src/protection/captcha.ts';
import type { Psc } from '../src/psc/psc.ts';
import type { Storage } from '../src/storage.ts';
import type { StructureDesk } from '../src/structures/desk.ts';
import type { Flow, Stage } from './flow.ts';
import type { Translate } from './layout/texts.ts';
import type { Proof } from './mode.ts';
import type { Visit } from './visit.ts';

export type Handler = (ctx: RouterContext, visit: Visit) => Promise<void>;

export interface Panel {
  /** The fragment of the mode, from the root of the sources, without `.pug`. */
  readonly view: string;
  /** A text key. */
  readonly title: string;
  /** Past the first form of the mode. */
  readonly underWay?: boolean;
  /** Where its form leads besides the application: browsers hold a form to its redirects. */
  readonly formTargets?: readonly string[];
  /** What its script calls besides ourselves. */
  readonly connects?: readonly string[];
  readonly locals?: (t: Translate) => Readonly<Record<string, unknown>>;
}

/** What a mode is given to do its work with. */
export interface Kit {
  readonly storage: Storage;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly passwordSignIn: PasswordSignIn;
  readonly codes: Codes;
  readonly captcha: Captcha;
  /** Second factors that people add themselves. */
  readonly passkeys: PasskeyCeremonies;
  readonly totp: Totp;
  readonly recovery: Recovery;
  /** Where this deployment reads cards; the settings see to it wherever the mode is offered. */
  readonly cards: CardDesk | undefined;
  /** Requests to the desktop application. */
  readonly desktop: HandOver;
  /** Where the structures are asked about their people. */
  readonly structures: StructureDesk;
  /** Likewise Pro Santé Connect. */
  readonly psc: Psc | undefined;
  readonly log: Log;
  /** A screen: opens the visit, checks that its stage is one of `stages`. */
  screen(stages: readonly Stage[], handler: Handler): (ctx: RouterContext) => Promise<void>;
  /**
   * A form: also reads the body, checks the token, and that the mode is accepted here, for this application, now. A
   * `UserError` shows `again` with the error beside its field; any other error is a page of its own.
   */
  form(
    stages: readonly Stage[],
    handler: Handler,
    again: (ctx: RouterContext, visit: Visit, error: UserError) => Promise<Panel>,
  ): (ctx: RouterContext) => Promise<void>;
  /** Shows the page with this mode's tab open. */
  show(ctx: RouterContext, visit: Visit, panel: Panel, error?: UserError): Promise<void>;
  /** Moves the flow. @throws {FlowError} `step-out-of-order` when somebody moved it first. */
  move(visit: Visit, to: Flow, storage?: Storage): Promise<void>;
  /** The person is proved: the dispatcher decides what comes next. */
  complete(ctx: RouterContext, visit: Visit, proof: Proof): Promise<void>;
}
