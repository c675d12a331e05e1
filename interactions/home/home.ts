import Router from '@koa/router';
import type { Provider } from 'oidc-provider';
import type { Settings } from '../../config/settings.ts';
import type { Circumstances } from '../../src/accounts/circumstances.ts';
import type { Clock } from '../../src/clock.ts';
import { allowForms } from '../../src/http/headers.ts';
import { spokenHour } from '../../src/spoken.ts';
import type { Storage } from '../../src/storage.ts';
import { type Lang, langOf } from '../layout/lang.ts';
import type { Pages } from '../layout/renderer.ts';
import { createSignedIn } from '../signed-in.ts';

export interface Application {
  readonly name: string;
  readonly description: Readonly<Record<Lang, string>>;
  readonly href: string;
}

export interface HomeParts {
  readonly provider: () => Provider;
  readonly storage: Storage;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly circumstances: Circumstances;
  readonly pages: Pages;
  readonly applications: readonly Application[];
}

const ARTICLES = {
  '/conditions': ['terms', 'terms.title'],
  '/mentions-legales': ['legal', 'legal.title'],
  '/donnees-personnelles': ['personal-data', 'personal-data.title'],
  '/accessibilite': ['accessibility', 'accessibility.title'],
} as const;

/** The pages that everyone expects around a sign-in. */
export function createHome({
  provider,
  storage,
  settings,
  clock,
  circumstances,
  pages,
  applications,
}: HomeParts): Router {
  const router = new Router();
  const signedIn = createSignedIn({ provider, storage, settings, clock, circumstances });

  router.get('/', async (ctx) => {
    const somebody = await signedIn(ctx);
    const lang = langOf(ctx);
    allowForms(ctx);
    await pages.show(ctx, {
      view: 'interactions/home/home',
      title: 'home.title',
      lang,
      locals: (t) => ({
        applications: applications.map(({ name, description, href }) => ({
          name,
          href,
          description: description[lang],
        })),
        ...(somebody
          ? {
              session: {
                name: `${somebody.account.givenName} ${somebody.account.familyName}`,
                mode: t(`mode.${somebody.live.signIn.mode}.label`),
                since: spokenHour(somebody.live.startedAt, lang, somebody.zone),
              },
            }
          : {}),
      }),
    });
  });

  for (const [path, [view, title]] of Object.entries(ARTICLES)) {
    router.get(path, async (ctx) => {
      allowForms(ctx);
      await pages.show(ctx, { view: `interactions/home/${view}`, title });
    });
  }
  return router;
}
