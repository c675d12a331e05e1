import Router, { type RouterContext } from '@koa/router';
import type { Invitation } from '../../src/accounts/invitation.ts';
import type { Csrf } from '../../src/http/csrf.ts';
import { FlowError } from '../../src/http/errors.ts';
import { readForm } from '../../src/http/form.ts';
import { allowForms } from '../../src/http/headers.ts';
import { langOf } from '../layout/lang.ts';
import { draft, emptyDraft } from '../signup/draft.ts';
import type { Ground } from '../signup/ground.ts';
import { createSignUpPages } from '../signup/pages.ts';
import type { SignUpParts } from '../signup/router.ts';
import { signUpRoutes } from '../signup/signup.ts';
import { createSteps } from '../signup/steps.ts';

const COOKIE = 'mire_invitation';
const FORM = '/invitation/inscription';
const DONE = '/invitation/fin';

/**
 * The way in of somebody who was invited: a link that changes nothing when it is opened, since mail servers open links
 * too; then the form of every sign-up, under a cookie of its own. It ends in an account, not in a session.
 */
export function createInvitation(parts: SignUpParts & { readonly csrf: Csrf }): Router {
  const { storage, clock, csrf, pages, log, pace } = parts;
  const router = new Router();

  const bodyToken = (ctx: RouterContext) => (ctx.request as { body?: { _csrf?: unknown } }).body?._csrf;
  const subject = (token: string) => `invitation:${token}`;

  async function open(token: unknown): Promise<Invitation> {
    const found = typeof token === 'string' ? await storage.invitations.byToken(token, clock()) : undefined;
    if (!found) throw new FlowError('invitation-over');
    return found;
  }

  /** The language of the mail, until the person says another. */
  const lang = (ctx: RouterContext, { content }: Invitation) => langOf(ctx, content.locale);

  router.get('/invitation/fin', async (ctx) => {
    allowForms(ctx);
    await pages.show(ctx, { view: 'interactions/invitation/done', title: 'invitation.done.title' });
  });

  const form = new Router({ prefix: FORM });
  signUpRoutes(form, {
    log,
    pace,
    existing: undefined,
    steps: createSteps(parts),
    pages: createSignUpPages(parts),
    async ground(ctx, posted): Promise<Ground> {
      const token = ctx.cookies.get(COOKIE, { signed: true }) ?? '';
      if (posted) {
        await readForm(ctx, async () => undefined);
        csrf.check(subject(token), bodyToken(ctx));
      }
      const invitation = await open(token);
      const { id, content } = invitation;
      let { version } = invitation;
      return {
        identity: undefined,
        statement: {
          source: 'invitation',
          email: content.email,
          ...(content.familyName ? { familyName: content.familyName } : {}),
          ...(content.givenName ? { givenName: content.givenName } : {}),
          ...(content.profession ? { profession: content.profession } : {}),
        },
        mode: undefined,
        draft: invitation.draft === undefined ? emptyDraft() : draft.parse(invitation.draft),
        lang: lang(ctx, invitation),
        path: FORM,
        flow: `invitation:${id}`,
        clientId: undefined,
        application: undefined,
        formTargets: [],
        leave: { csrf: csrf.token(subject(token)) },
        async save(next, tx = storage) {
          if (!(await tx.invitations.move(id, version, next))) throw new FlowError('step-out-of-order');
          version += 1;
        },
        async finish(end, accountId, making) {
          await storage.transaction(async (tx) => {
            await making(tx);
            if (!(await tx.invitations.use(id, version, accountId, clock()))) throw new FlowError('invitation-over');
          });
          end.cookies.set(COOKIE, null, { path: '/invitation', overwrite: true });
          end.status = 303;
          end.redirect(DONE);
        },
      };
    },
  });
  router.use(form.routes());

  router.get('/invitation/:token', async (ctx) => {
    const { token = '' } = ctx.params;
    const invitation = await open(token);
    allowForms(ctx);
    await pages.show(ctx, {
      view: 'interactions/invitation/welcome',
      title: 'invitation.title',
      lang: lang(ctx, invitation),
      locals: () => ({ action: `/invitation/${token}`, csrf: csrf.token(subject(token)) }),
    });
  });

  router.post('/invitation/:token', async (ctx) => {
    const { token = '' } = ctx.params;
    await readForm(ctx, async () => undefined);
    csrf.check(subject(token), bodyToken(ctx));
    await open(token);
    // From here on the link stands in no address.
    ctx.cookies.set(COOKIE, token, {
      signed: true,
      httpOnly: true,
      sameSite: 'lax',
      path: '/invitation',
      overwrite: true,
    });
    ctx.status = 303;
    ctx.redirect(FORM);
  });
  return router;
}
