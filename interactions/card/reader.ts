import Router, { type RouterContext } from '@koa/router';
import type { Settings } from '../../config/settings.ts';
import type { CardVerdict } from '../../src/cards/card.ts';
import type { CardDesk } from '../../src/cards/desk.ts';
import type { HandoverOrigin } from '../../src/cards/handover.ts';
import { shownCard } from '../../src/http/card-header.ts';
import type { Csrf } from '../../src/http/csrf.ts';
import { FlowError } from '../../src/http/errors.ts';
import { readFields, readForm, required } from '../../src/http/form.ts';
import { noStore } from '../../src/http/headers.ts';
import { requestInfo } from '../../src/http/request.ts';
import type { Log } from '../../src/log.ts';
import type { ShowDiagnosis } from '../diagnostic/card.ts';
import { LANGS } from '../layout/lang.ts';
import type { Pages } from '../layout/renderer.ts';

/** The sandbox's own cards, for who has none. */
export interface SimulatedReader {
  readonly cards: readonly { readonly id: string; readonly label: string }[];
  /** DER of one of them. */
  certificate(id: string): Uint8Array | undefined;
  /** Where a certificate that a browser holds can be presented. */
  readonly tlsOrigin: string | undefined;
}

export interface ReaderParts {
  readonly desk: CardDesk;
  readonly pages: Pages;
  readonly settings: Settings;
  readonly csrf: Csrf;
  readonly log: Log;
  readonly showDiagnosis: ShowDiagnosis;
  readonly simulated: SimulatedReader | undefined;
}

/** Whom the card is read for: a sign-in under way, or somebody who only wants to know whether it works. */
type Waiting = { readonly token: string; readonly origin: HandoverOrigin } | 'diagnostic';

/** `/carte`, the one page of the card's own host. */
export function createCardReader(parts: ReaderParts): Router {
  const { desk, pages, settings, csrf, log, showDiagnosis, simulated } = parts;
  // The host check knows this one spelling of the path.
  const router = new Router({ strict: true, sensitive: true });

  async function waiting(ctx: RouterContext): Promise<Waiting> {
    const { d: token, diagnostic } = ctx.query;
    if (typeof token === 'string') return { token, origin: await desk.origin(token) };
    if (diagnostic === undefined) throw new FlowError('card-handover');
    return 'diagnostic';
  }

  async function conclude(ctx: RouterContext, who: Waiting, verdict: CardVerdict): Promise<void> {
    const info = requestInfo(ctx.req);
    const failed = verdict.checks.filter(({ result }) => result === 'failed').map(({ name }) => name);
    const refusal = verdict.ok ? undefined : verdict.refusal;
    log.info({ requestId: info.id, supportCode: info.supportCode, refusal, failed }, 'card read');
    if (who === 'diagnostic') return showDiagnosis(ctx, verdict);
    const ticket = await desk.conclude(who.token, who.origin, verdict, info);
    noStore(ctx);
    ctx.status = 303;
    ctx.redirect(`${settings.ISSUER}/interaction/${who.origin.uid}/cps/return?ticket=${ticket}`);
  }

  /** What the form of the simulated reader is bound to. */
  const subject = (who: Waiting) => (who === 'diagnostic' ? who : who.token);

  router.get('/carte', async (ctx) => {
    const who = await waiting(ctx);
    const card = shownCard(ctx.req);
    if (card) return conclude(ctx, who, await desk.examine(card));
    // Nothing vouches for what this request may carry: no proxy of ours has seen a card.
    if (!simulated) return conclude(ctx, who, await desk.examine({ certificate: '', verified: false }));
    // The choice of language does not follow from one host to the other by itself.
    const came = who === 'diagnostic' ? ctx.query.diagnostic : who.origin.lang;
    const lang = ctx.query.lang === undefined ? LANGS.find((one) => one === came) : undefined;
    return pages.show(ctx, {
      view: 'interactions/card/reader',
      title: 'reader.title',
      keep: ['d', 'diagnostic'],
      ...(lang ? { lang } : {}),
      locals: () => ({
        csrf: csrf.token(subject(who)),
        action: ctx.url,
        cards: simulated.cards,
        ...(simulated.tlsOrigin ? { tlsHref: `${simulated.tlsOrigin}${ctx.url}` } : {}),
      }),
    });
  });

  if (simulated) {
    router.post('/carte', async (ctx) => {
      await readForm(ctx, async () => undefined);
      const { card, _csrf } = readFields(ctx, { card: required(40), _csrf: required(100) });
      const who = await waiting(ctx);
      csrf.check(subject(who), _csrf);
      const certificate = simulated.certificate(card);
      if (!certificate) throw new FlowError('bad-request');
      return conclude(ctx, who, await desk.examineCertificate(certificate));
    });
  }
  return router;
}
