import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import { allowForms } from '../src/http/headers.ts';
import type { Storage } from '../src/storage.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Entry } from './entry.ts';
import type { Pages } from './layout/renderer.ts';
import type { Question } from './steps.ts';
import { fullName, type Visit } from './visit.ts';

export interface QuestionParts {
  readonly pages: Pages;
  readonly entry: Entry;
  readonly dispatcher: Dispatcher;
  readonly storage: Storage;
  readonly leave: (visit: Visit) => { csrf: string; abortAction: string };
}

const VIEWS: Record<Question, { view: string; title: string }> = {
  switch: { view: 'interactions/switch/view', title: 'switch.title' },
  terms: { view: 'interactions/terms/view', title: 'accept-terms.title' },
};

/** What may be asked between a proof and the end of the sign-in: each question is a page with one form. */
export function createQuestions(router: Router, { pages, entry, dispatcher, storage, leave }: QuestionParts) {
  for (const question of Object.keys(VIEWS) as Question[]) {
    router.post(`/${question}`, async (ctx) => dispatcher.accepted(ctx, await entry.posted(ctx, ['proved']), question));
  }

  return async (ctx: RouterContext, visit: Visit): Promise<void> => {
    // Answered meanwhile, in another tab: the last screen ends the sign-in as well as any.
    const question = (await dispatcher.question(ctx, visit)) ?? 'terms';
    const accountId = visit.flow.stage === 'proved' ? visit.flow.proof.accountId : '';
    const account = await storage.accounts.byId(accountId);
    allowForms(ctx, visit.formTargets);
    await pages.show(ctx, {
      ...VIEWS[question],
      lang: visit.lang,
      locals: () => ({
        application: visit.application.name,
        from: visit.session ? fullName(visit.session.account) : '',
        to: account ? fullName(account) : '',
        action: `/interaction/${visit.uid}/${question}`,
        ...leave(visit),
      }),
    });
  };
}
