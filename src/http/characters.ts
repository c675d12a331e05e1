import type { Middleware } from 'koa';
import { FlowError } from './errors.ts';

/** Ours hold none at all; JSON in a parameter of the protocol (`claims`) may be written over several lines. */
const [CONTROL, CONTROL_IN_PROTOCOL] = [/\p{Cc}/u, /[^\P{Cc}\t\n\r]/u];
/** Most addresses hold neither escapes nor bytes beyond ASCII, and are not looked at any further. */
const PLAIN = /^[!-$&-~]*$/;

function isText(escaped: string, control: RegExp): boolean {
  try {
    // No surrogate comes out of it: their UTF-8 is none (RFC 3629 §3).
    return !control.test(decodeURIComponent(escaped));
  } catch {
    return false;
  }
}

/**
 * An address that no database holds and no page shows is 400 before anybody reads it: a NUL or another control character,
 * in a segment of the path or a value of the query, or bytes that are no UTF-8. A form says it beside its field
 * (`line` in form.ts), so that nothing typed is lost.
 * @param isProtocol whether the library reads it
 */
export const plainAddress =
  (isProtocol: (path: string) => boolean): Middleware =>
  (ctx, next) => {
    if (PLAIN.test(ctx.url)) return next();
    const inQuery = isProtocol(ctx.path) ? CONTROL_IN_PROTOCOL : CONTROL;
    if (!isText(ctx.path, CONTROL) || !isText(ctx.querystring, inQuery)) throw new FlowError('bad-request');
    return next();
  };
