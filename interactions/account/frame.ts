import type { RouterContext } from '@koa/router';
import type { Settings } from '../../config/settings.ts';
import { channelsOf } from '../../src/accounts/account.ts';
import type { Asking } from '../../src/accounts/telling.ts';
import { isFreshProof, requiredProof, type Sensitive } from '../../src/assurance/fresh-proof.ts';
import type { Clock } from '../../src/clock.ts';
import type { Csrf } from '../../src/http/csrf.ts';
import { logRefusal } from '../../src/http/error-page.ts';
import { FlowError, UserError } from '../../src/http/errors.ts';
import { readForm } from '../../src/http/form.ts';
import { allowForms } from '../../src/http/headers.ts';
import { requestInfo } from '../../src/http/request.ts';
import type { Log } from '../../src/log.ts';
import type { Storage } from '../../src/storage.ts';
import { errorLocals } from '../error/form-errors.ts';
import { type Lang, langOf } from '../layout/lang.ts';
import type { Pages } from '../layout/renderer.ts';
import type { Translate } from '../layout/texts.ts';
import { createSignedIn, type SignedIn, type SignedInParts } from '../signed-in.ts';
import { roadTo } from './road.ts';

/** Who asks for a page of their own account. */
export interface Person extends SignedIn {
  readonly lang: Lang;
  readonly csrf: string;
  readonly asking: Asking;
}

export interface Screen {
  /** In interactions/account, without `.pug`. */
  readonly view: string;
  /** A text key. */
  readonly title: string;
  readonly keep?: readonly string[];
  readonly locals?: (t: Translate) => Readonly<Record<string, unknown>>;
}

type Handler = (ctx: RouterContext, person: Person) => Promise<void>;

export interface FrameParts extends SignedInParts {
  readonly storage: Storage;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly csrf: Csrf;
  readonly log: Log;
  readonly pages: Pages;
  /** The links above the page; by default those of an account. */
  readonly navigation?: readonly (readonly [href: string, key: string])[];
  /** Whose pages these are, forms that are filled wrongly included. */
  readonly role?: string;
}

const NAVIGATION = [
  ['/compte', 'account.nav.overview'],
  ['/compte/coordonnees', 'account.nav.contact'],
  ['/compte/moyens', 'account.nav.ways'],
  ['/compte/mot-de-passe', 'account.nav.password'],
  ['/compte/appareils', 'account.nav.devices'],
  ['/compte/applications', 'account.nav.applications'],
  ['/compte/historique', 'account.nav.history'],
  ['/compte/donnees', 'account.nav.data'],
  ['/compte/fermeture', 'account.nav.closing'],
] as const;

/** What taking a factor away ends, beside what was proved so far: every session but the one that does it. */
export const allButThis = ({ account, uid }: Person) =>
  ({ which: { accountId: account.id, except: uid }, by: 'owner', everything: true }) as const;

/** What was just done, said on the page that follows: a word of the address, and nothing else of it. */
const DONE = [
  'contact',
  'password',
  'session',
  'sessions',
  'consent',
  'disowned',
  'door',
  'preferences',
  'passkey',
] as const;
const ALSO_DONE = [
  'asked',
  'acted',
  'settled',
  'desktop-renamed',
  'desktop-removed',
  'passkey-removed',
  'authenticator',
  'authenticator-removed',
  'identity-removed',
] as const;

/** How the pages of an account are entered, shown and sent. */
export function createFrame(parts: FrameParts) {
  const { storage, settings, clock, csrf, log, pages } = parts;
  const signedIn = createSignedIn(parts);

  async function enter(ctx: RouterContext): Promise<Person | undefined> {
    const somebody = await signedIn(ctx);
    if (!somebody) return undefined;
    const lang = langOf(ctx, somebody.account.locale);
    const asking = { locale: lang, request: requestInfo(ctx.req) };
    return { ...somebody, lang, asking, csrf: csrf.token(`compte:${somebody.uid}`) };
  }

  async function hasSecondFactor({ account }: SignedIn): Promise<boolean> {
    if (channelsOf(account).length > 0) return true;
    const [authenticator, keys] = await Promise.all([
      storage.authenticators.of(account.id),
      storage.passkeys.of(account.id),
    ]);
    return authenticator !== undefined || keys.length > 0;
  }

  /** The person, with the proof that this page needs; otherwise they are on the road to it. */
  async function proved(ctx: RouterContext, needs: Sensitive | undefined, back: string): Promise<Person | undefined> {
    const person = await enter(ctx);
    const leave = (level?: Parameters<typeof roadTo>[3]) => {
      ctx.status = 303;
      ctx.set('cache-control', 'no-store');
      ctx.redirect(roadTo(settings.ISSUER, back, langOf(ctx), level));
      return undefined;
    };
    if (!person) return leave();
    if (needs) {
      const required = requiredProof(needs, { hasSecondFactor: await hasSecondFactor(person) });
      if (!isFreshProof(person.live.signIn, required, clock())) return leave(required);
    }
    if (parts.role !== undefined && !person.account.roles.includes(parts.role)) throw new FlowError('role-missing');
    return person;
  }

  async function show(ctx: RouterContext, person: Person, screen: Screen, error?: UserError): Promise<void> {
    allowForms(ctx);
    const retryAfter = error?.detail.retryAfter;
    if (retryAfter !== undefined) ctx.set('retry-after', String(Math.ceil(Number(retryAfter))));
    const done = [...DONE, ...ALSO_DONE].find((word) => word === ctx.query.fait);
    await pages.show(ctx, {
      view: `interactions/account/${screen.view}`,
      title: screen.title,
      status: error?.status ?? 200,
      lang: person.lang,
      keep: screen.keep ?? [],
      locals: (t) => ({
        navigation: (parts.navigation ?? NAVIGATION).map(([href, key]) => ({
          href,
          label: t(key),
          current: ctx.path === href,
        })),
        csrf: person.csrf,
        ...(done && ctx.method === 'GET' ? { done: t(`account.done.${done}`) } : {}),
        ...screen.locals?.(t),
        ...(error ? errorLocals(error, t) : {}),
      }),
    });
  }

  return {
    enter,
    show,
    /** A page: whoever is not signed in, or not strongly and recently enough, signs in and comes back to it. */
    page:
      (handler: Handler, needs?: Sensitive, back?: string) =>
      async (ctx: RouterContext): Promise<void> => {
        const person = await proved(ctx, needs, back ?? ctx.path);
        if (person) await handler(ctx, person);
      },
    /** A form of a page: a `UserError` shows `again` with the error beside its field. */
    form:
      (
        handler: Handler,
        again: (ctx: RouterContext, person: Person) => Promise<Screen>,
        back: string,
        needs?: Sensitive,
      ) =>
      async (ctx: RouterContext): Promise<void> => {
        await readForm(ctx, async () => undefined);
        const person = await proved(ctx, needs, back);
        if (!person) return;
        csrf.check(`compte:${person.uid}`, (ctx.request as { body?: { _csrf?: unknown } }).body?._csrf);
        try {
          await handler(ctx, person);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          logRefusal(log, ctx.req, error);
          await show(ctx, person, await again(ctx, person), error);
        }
      },
    /** After a form: a page of its own, so that a reload sends nothing again. */
    done(ctx: RouterContext, path: string, word?: (typeof DONE)[number] | (typeof ALSO_DONE)[number]): void {
      ctx.status = 303;
      ctx.redirect(word ? `${path}?fait=${word}` : path);
    },
  };
}

export type Frame = ReturnType<typeof createFrame>;
