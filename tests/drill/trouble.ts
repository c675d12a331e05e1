import type { Visited } from '../support/http/browser.ts';

/** What somebody met on the way. */
export class Trouble extends Error {
  /** Whether whoever asked was told in a way that they can act on. */
  readonly told: boolean;
  /** The way on is lost: begin again from the application. */
  readonly over: boolean;
  constructor(message: string, told: boolean, over = false) {
    super(message);
    this.told = told;
    this.over = over;
  }
}

/** A page that says what happened, with a support code; or an answer that a program understands. */
export function judge(page: Visited): Visited {
  if (page.status < 400) return page;
  const code = /[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}/.test(page.body);
  const over = [400, 404, 409].includes(page.status);
  throw new Trouble(
    code ? `${page.status}` : `${page.status} ${page.body.slice(0, 80)}`,
    code && page.status !== 500,
    over,
  );
}

export function judgeError(error: unknown): Trouble {
  if (error instanceof Trouble) return error;
  const {
    error: oauth,
    status,
    cause,
    message,
  } = error as {
    error?: string;
    status?: number;
    cause?: unknown;
    message: string;
  };
  if (oauth)
    return new Trouble(`${status} ${oauth}`, status !== 500, oauth === 'invalid_grant' || oauth === 'access_denied');
  if (cause instanceof Trouble) return cause;
  if (cause instanceof Response) {
    // The client library reads OAuth errors of 4xx alone; a program sees the status, when to come back, and JSON.
    const json = cause.headers.get('content-type')?.includes('json') && cause.headers.has('retry-after');
    return new Trouble(`${cause.status}`, cause.status === 503 && json === true);
  }
  const reason = cause instanceof Error ? cause.message : message;
  // The step before has been taken after all, and its answer was lost: the page stands further on.
  if (/no form|no link/.test(reason)) return new Trouble('the page stands at another step', true, true);
  return new Trouble(reason.slice(0, 100), false);
}
