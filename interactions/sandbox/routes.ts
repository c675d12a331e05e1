import Router, { type RouterContext } from '@koa/router';
import type { DemoApplication } from '../../config/sandbox-applications.ts';
import { allowForms } from '../../src/http/headers.ts';
import { randomToken } from '../../src/protection/secrets.ts';
import type { Inbox } from '../../src/sandbox/inbox.ts';
import type { Persona } from '../../src/sandbox/personas.ts';
import type { RelyingParty } from '../../src/sandbox/relying-party.ts';
import { spokenHour } from '../../src/spoken.ts';
import { langOf } from '../layout/lang.ts';
import type { Pages } from '../layout/renderer.ts';
import { type Letters, letterRoutes } from './letters.ts';
import { type PscPage, pscRoutes } from './psc.ts';

export interface SandboxParts {
  readonly issuer: string;
  readonly zone: string;
  readonly pages: Pages;
  readonly inbox: Inbox;
  readonly letters: Letters;
  readonly personas: readonly Persona[];
  readonly applications: readonly RelyingParty[];
  /** An initial access token for dynamic registration. */
  readonly registrationToken: () => Promise<string>;
  readonly psc?: PscPage | undefined;
  readonly structures: readonly SandboxStructure[];
}

/** A simulated hospital, and who may sign in with it. */
export interface SandboxStructure {
  readonly name: string;
  readonly kind: string;
  readonly staff: readonly {
    readonly login: string;
    readonly password: string;
    readonly story: Readonly<Record<'fr' | 'en', string>>;
  }[];
}

const BROWSER = 'mire_sandbox_app';
/** What an application of the sandbox passes on, so that every request can be tried by hand. */
const PASSED_ON = [
  'prompt',
  'max_age',
  'acr_values',
  'claims',
  'login_hint',
  'ui_locales',
  'mode',
  'structure_hint',
  'kc_idp_hint',
];

/** The pages of the sandbox: everything simulated, in one place. Production never wires them. */
export function createSandbox({
  issuer,
  zone,
  pages,
  inbox,
  letters,
  personas,
  applications,
  registrationToken,
  psc,
  structures,
}: SandboxParts): Router {
  const router = new Router({ prefix: '/sandbox' });
  const view = (name: string) => `interactions/sandbox/${name}`;
  const tile = ({ id, name, description, minimumAcr }: DemoApplication, lang: 'fr' | 'en') => ({
    name,
    description: description[lang],
    href: `/sandbox/apps/${id}`,
    minimum: minimumAcr,
  });

  const told = ({ name, kind, staff }: SandboxStructure, lang: 'fr' | 'en') => ({
    name: `${name} (${kind})`,
    staff: staff.map(({ login, password, story }) => ({ story: story[lang], account: `${login} / ${password}` })),
  });

  router.get('/', (ctx) =>
    pages.show(ctx, {
      view: view('index'),
      title: 'sandbox.title',
      locals: () => ({
        psc: psc !== undefined,
        structures: structures.map((one) => told(one, langOf(ctx))),
        applications: applications.map(({ app }) => tile(app, langOf(ctx))),
      }),
    }),
  );
  letterRoutes(router, pages, letters);
  if (psc) pscRoutes(router, pages, psc);
  router.get('/personas.json', (ctx) => {
    ctx.body = personas;
  });
  router.get('/personas', (ctx) =>
    pages.show(ctx, {
      view: view('personas'),
      title: 'personas.title',
      locals: (t) => ({
        personas: personas.map((persona) => ({ ...persona, modes: persona.modes.map((id) => t(`mode.${id}.label`)) })),
      }),
    }),
  );
  router.get('/inbox.json', (ctx) => {
    ctx.set('cache-control', 'no-store');
    ctx.body = inbox.all();
  });
  router.get('/inbox', (ctx) =>
    pages.show(ctx, {
      view: view('inbox'),
      title: 'inbox.title',
      locals: () => ({
        messages: inbox.all().map((message) => ({
          ...message,
          at: spokenHour(new Date(message.at), langOf(ctx), zone),
        })),
      }),
    }),
  );
  router.get('/registration-token.json', async (ctx) => {
    ctx.set('cache-control', 'no-store');
    ctx.body = { initial_access_token: await registrationToken() };
  });

  const browserOf = (ctx: RouterContext): string => {
    const known = ctx.cookies.get(BROWSER);
    if (known) return known;
    const fresh = randomToken();
    ctx.cookies.set(BROWSER, fresh, { signed: true, httpOnly: true, sameSite: 'lax', path: '/sandbox/apps' });
    return fresh;
  };

  for (const party of applications) {
    const { app } = party;
    const path = `/apps/${app.id}`;
    const show = (ctx: RouterContext, locals: Record<string, unknown> = {}, status = 200) => {
      allowForms(ctx);
      return pages.show(ctx, {
        view: view('app'),
        title: 'app.demonstration',
        status,
        locals: () => ({
          app: tile(app, langOf(ctx)),
          signInHref: `/sandbox${path}/login`,
          signOutHref: `/sandbox${path}/logout`,
          ...locals,
        }),
      });
    };
    const start = async (ctx: RouterContext) => {
      const extra = Object.fromEntries(
        PASSED_ON.flatMap((name) => (typeof ctx.query[name] === 'string' ? [[name, ctx.query[name]]] : [])),
      );
      ctx.status = 303;
      ctx.redirect((await party.start(browserOf(ctx), extra)).href);
    };

    // As a regional application does: somebody it does not know is sent to sign in at once.
    router.get(path, async (ctx) => {
      const session = party.session(browserOf(ctx));
      if (!session) return start(ctx);
      const all = { ...session.userinfo, ...session.claims };
      return show(ctx, {
        session: {
          name: String(all.name ?? all.sub),
          claims: Object.entries(all).map(([name, value]) => ({
            name,
            value: typeof value === 'string' ? value : JSON.stringify(value),
          })),
          raw: JSON.stringify({ id_token: session.claims, userinfo: session.userinfo }, null, 2),
        },
      });
    });
    router.get(`${path}/login`, start);
    router.get(`${path}/callback`, async (ctx) => {
      const { error, error_description: description } = ctx.query;
      if (typeof error === 'string') return show(ctx, { problem: { error, description } });
      try {
        await party.finish(browserOf(ctx), new URL(ctx.url, issuer));
      } catch (failure) {
        return show(ctx, { problem: { error: 'invalid_response', description: (failure as Error).message } }, 400);
      }
      ctx.status = 303;
      ctx.redirect(`/sandbox${path}`);
    });
    router.get(`${path}/logout`, async (ctx) => {
      ctx.status = 303;
      ctx.redirect((await party.leave(browserOf(ctx))).href);
    });
    router.get(`${path}/bye`, (ctx) => show(ctx));
  }
  return router;
}
