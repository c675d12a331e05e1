import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Context, Middleware } from 'koa';
import { compileFile, type compileTemplate } from 'pug';
import type { Settings } from '../../config/settings.ts';
import { noStore } from '../../src/http/headers.ts';
import { requestInfo } from '../../src/http/request.ts';
import type { Assets } from '../assets/assets.ts';
import { LANGS, type Lang, langOf } from './lang.ts';
import { texts as layout, type Texts, type Translate, translator } from './texts.ts';

type Locals = Readonly<Record<string, unknown>>;
type Render = (view: string, locals: Locals) => Promise<string>;
// koa-views is CommonJS and its types expect Koa 2; this is the whole of what is used of it.
type Engine = (path: string, locals: Locals) => Promise<string>;
type Views = (
  root: string,
  options: { autoRender: false; extension: 'pug'; engineSource: { pug: Engine } },
) => Middleware;

export interface PageRequest {
  /** Path from the root, without `.pug`. */
  readonly view: string;
  /** A text key. */
  readonly title: string;
  readonly status?: number;
  readonly lang?: Lang;
  /** Parameters of the address that the page needs, in the other language too. */
  readonly keep?: readonly string[];
  readonly locals?: (t: Translate) => Locals;
  /** A fragment, rendered first and handed to the view as `panelHtml`. */
  readonly panel?: string;
}

export interface Pages {
  /** Gives a context what `show` needs; on our Koa application and on oidc-provider's. */
  readonly middleware: Middleware;
  translate(lang: Lang): Translate;
  /** Renders one page as the answer. Nothing of ours is stored by a browser or a proxy. */
  show(ctx: Context, page: PageRequest): Promise<void>;
}

/** Only those the page names: nothing else of an address is written back into it. */
const kept = ({ query }: Context, names: readonly string[]): string =>
  names
    .flatMap((name) => (typeof query[name] === 'string' ? `${name}=${encodeURIComponent(query[name])}&` : []))
    .join('');

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Each view is compiled once in a process; what the usual engine does around it at every page costs as much as the page. */
const compiled = new Map<string, compileTemplate>();

function template(path: string): compileTemplate {
  const found = compiled.get(path) ?? compileFile(path, { basedir: ROOT });
  compiled.set(path, found);
  return found;
}

const pug: Engine = async (path, { panelView, ...locals }) => {
  const panel = typeof panelView === 'string' ? { panelHtml: template(`${ROOT}${panelView}.pug`)(locals) } : {};
  return template(path)({ ...locals, ...panel });
};

export function createPages(settings: Settings, assets: Assets, screens: readonly Texts[]): Pages {
  const views = createRequire(import.meta.url)('koa-views') as Views;
  const translate = translator(layout, ...screens);
  const translators = Object.fromEntries(LANGS.map((lang) => [lang, translate(lang)])) as Record<Lang, Translate>;
  const sandbox = settings.MIRE_ENV === 'sandbox';

  return {
    middleware: views(ROOT, { autoRender: false, extension: 'pug', engineSource: { pug } }),
    translate: (lang) => translators[lang],
    async show(ctx, { view, title, status = 200, lang = langOf(ctx), keep = [], locals, panel }) {
      const t = translators[lang];
      const render = (ctx as unknown as { render: Render }).render.bind(ctx);
      const other = LANGS.find((one) => one !== lang) ?? lang;
      const page: Record<string, unknown> = {
        t,
        lang,
        otherLang: {
          lang: other,
          href: `?${kept(ctx, keep)}lang=${other}`,
          label: other === 'fr' ? 'Français' : 'English',
        },
        platform: settings.PLATFORM_NAME,
        sandbox,
        supportUrl: settings.SUPPORT_URL,
        issuer: settings.ISSUER,
        supportCode: requestInfo(ctx.req).supportCode,
        assets: {
          css: assets.css,
          js: assets.js,
          desktopJs: assets.desktopJs,
          signUp: assets.signUp,
          altcha: assets.altcha,
        },
        title: t(title),
        ...locals?.(t),
      };
      // With its extension a view is found at the first look.
      const html = await render(`${view}.pug`, panel ? { ...page, panelView: panel } : page);
      noStore(ctx);
      ctx.set('content-language', lang);
      ctx.status = status;
      ctx.type = 'html';
      ctx.body = html;
    },
  };
}
