import Router from '@koa/router';
import { noStore } from '../../src/http/headers.ts';
import type { Captcha } from '../../src/protection/captcha.ts';
import type { Lang } from '../layout/lang.ts';

const CHALLENGE = '/captcha/challenge';

/** Where the widget asks what it has to solve. */
export function createCaptchaRoutes(captcha: Captcha): Router {
  const router = new Router();
  router.get(CHALLENGE, async (ctx, next) => {
    if (!captcha.challenge) return next();
    noStore(ctx);
    ctx.body = await captcha.challenge();
  });
  return router;
}

/** What the mixins of captcha.pug need. */
export const captchaLocals = ({ kind, siteKey }: Captcha, lang: Lang) => ({
  captcha: { kind, siteKey, challenge: CHALLENGE, lang },
});
