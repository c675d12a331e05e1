import Router from '@koa/router';
import type { Context } from 'koa';
import type { Settings } from '../../config/settings.ts';
import type { CardVerdict } from '../../src/cards/card.ts';
import { STATUS } from '../../src/http/errors.ts';
import { allowForms } from '../../src/http/headers.ts';
import { LANGS, langOf } from '../layout/lang.ts';
import type { Pages } from '../layout/renderer.ts';

export interface ClinicParts {
  readonly pages: Pages;
  readonly settings: Pick<Settings, 'ISSUER' | 'CPS_ORIGIN'>;
}

/** The card clinic: open to whoever has a card that does not work, signed in or not. */
export function createCardClinic({ pages, settings }: ClinicParts): Router {
  const router = new Router();
  router.get('/diagnostic/carte', async (ctx) => {
    allowForms(ctx);
    await pages.show(ctx, {
      view: 'interactions/diagnostic/card',
      title: 'clinic.title',
      locals: () => ({ startHref: `${settings.CPS_ORIGIN}/carte?diagnostic=${langOf(ctx)}` }),
    });
  });
  return router;
}

export type ShowDiagnosis = (ctx: Context, verdict: CardVerdict) => Promise<void>;

/** What a reading found, on the card's host, where the proxy has just handed the card over. */
export function createDiagnosis({ pages, settings }: ClinicParts): ShowDiagnosis {
  return async (ctx, verdict) => {
    // The choice of language does not follow from one host to the other by itself.
    const came = ctx.query.lang === undefined && LANGS.find((one) => one === ctx.query.diagnostic);
    const lang = came || langOf(ctx);
    const refusal = verdict.ok ? undefined : verdict.refusal;
    await pages.show(ctx, {
      view: 'interactions/diagnostic/card-result',
      title: 'clinic.result',
      status: refusal ? STATUS[`card-${refusal}`] : 200,
      lang,
      keep: ['diagnostic'],
      locals: () => ({
        refusal,
        degraded: verdict.ok && verdict.degraded,
        received: refusal === 'no-certificate' ? 'nothing' : 'something',
        checks: verdict.checks,
        againHref: `${settings.ISSUER}/diagnostic/carte`,
        ...(verdict.ok
          ? {
              facts: {
                cardType: verdict.holder.cardType,
                notAfter: verdict.holder.notAfter.toLocaleDateString(lang, { timeZone: 'Europe/Paris' }),
              },
            }
          : {}),
      }),
    });
  };
}
