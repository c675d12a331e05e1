import type Router from '@koa/router';
import { z } from 'zod';
import { readFields } from '../../src/http/form.ts';
import type { AccountPages } from './account.ts';
import type { Screen } from './frame.ts';

const HERE = '/compte/fermeture';

/** The end of an account, by its owner. */
export function closing(router: Router, { frame, care, provider, eraseAfter }: AccountPages): void {
  const screen: Screen = {
    view: 'closing',
    title: 'account.closing.title',
    locals: () => ({ days: eraseAfter }),
  };
  router.get(
    '/fermeture',
    frame.page(async (ctx, person) => frame.show(ctx, person, screen), 'closing'),
  );
  router.post(
    '/fermeture',
    frame.form(
      async (ctx, person) => {
        readFields(ctx, { sure: z.literal('yes') });
        await care.close(person.account, person.asking);
        await (await provider().Session.findByUid(person.uid))?.destroy();
        ctx.status = 303;
        ctx.redirect('/compte/ferme');
      },
      async () => screen,
      HERE,
      'closing',
    ),
  );
}
