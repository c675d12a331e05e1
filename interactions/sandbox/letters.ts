import type Router from '@koa/router';
import { fitsOneSms, smsPlaces } from '../../src/delivery/gsm7.ts';
import type { Locale, Mail, Sms } from '../../src/delivery/ports.ts';
import { langOf } from '../layout/lang.ts';
import type { Pages } from '../layout/renderer.ts';

/** Every kind of message, as it would be written here. */
export interface Letters {
  mails(locale: Locale): readonly (readonly [kind: string, mail: Mail])[];
  sms(locale: Locale): readonly (readonly [kind: string, sms: Sms])[];
}

/** A mail brings its styles along, and runs nothing. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/** `/sandbox/courriers`: all that people receive, to be read through. */
export function letterRoutes(router: Router, pages: Pages, letters: Letters): void {
  router.get('/courriers', (ctx) =>
    pages.show(ctx, {
      view: 'interactions/sandbox/letters',
      title: 'letters.title',
      locals: () => {
        const lang = langOf(ctx);
        const href = (kind: string) => `/sandbox/courriers/${kind}/${lang}`;
        return {
          mails: letters.mails(lang).map(([kind, { subject }]) => ({ subject, href: href(kind) })),
          sms: letters.sms(lang).map(([, { text }]) => ({ text, onePart: fitsOneSms(text), places: smsPlaces(text) })),
        };
      },
    }),
  );

  router.get('/courriers/:kind/:lang', (ctx) => {
    const { kind, lang } = ctx.params;
    const mail = (lang === 'fr' || lang === 'en') && letters.mails(lang).find(([name]) => name === kind)?.[1];
    if (!mail) return;
    if (ctx.query.texte !== undefined) {
      ctx.type = 'text/plain; charset=utf-8';
      ctx.body = mail.text;
      return;
    }
    ctx.set('content-security-policy', POLICY);
    ctx.type = 'text/html; charset=utf-8';
    // As where the dark scheme is in force, whatever this browser prefers.
    ctx.body = ctx.query.sombre === undefined ? mail.html : mail.html.replace('(prefers-color-scheme:dark)', 'all');
  });
}
