import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import { allowForms } from '../src/http/headers.ts';
import { createMailQuestion, type MailQuestionParts } from './mail/mail.ts';
import type { Question } from './steps.ts';
import { fullName, type Visit } from './visit.ts';

/** Those that are a page with one form; another mail is asked for with a code. */
type Simple = Exclude<Question, 'mail'>;

const VIEWS: Record<Simple, { view: string; title: string }> = {
  switch: { view: 'interactions/switch/view', title: 'switch.title' },
  terms: { view: 'interactions/terms/view', title: 'accept-terms.title' },
};

/** What may be asked between a proof and the end of the sign-in. */
export function createQuestions(router: Router, parts: MailQuestionParts) {
  const { pages, entry, dispatcher, storage, leave } = parts;
  const askMail = createMailQuestion(router, parts);
  for (const question of Object.keys(VIEWS) as Simple[]) {
    router.post(`/${question}`, async (ctx) => dispatcher.accepted(ctx, await entry.posted(ctx, ['proved']), question));
  }

  return async (ctx: RouterContext, visit: Visit): Promise<void> => {
    // Answered meanwhile, in another tab: the last screen ends the sign-in as well as any.
    const question = (await dispatcher.question(ctx, visit)) ?? 'terms';
    if (question === 'mail') return askMail(ctx, visit);
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
