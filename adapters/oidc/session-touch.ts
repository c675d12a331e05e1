import { isDeepStrictEqual } from 'node:util';
import type { AdapterPayload } from 'oidc-provider';
import { LIVES } from '../../config/lives.ts';

/** A session as this request read or wrote it. Text, since the library changes the objects it was given. */
interface Seen {
  readonly id: string;
  readonly text: string;
}

/**
 * The library saves the session on every authorization request. When nothing but its end moved, and that by less than
 * LIVES.sessionTouch, the write is left out: the row keeps an end at most that much earlier.
 * What counts as unchanged is what this very request read: another request's reading could be stale.
 */
export class SessionTouch {
  readonly #seen = new WeakMap<object, Seen>();
  readonly #request: () => object | undefined;

  constructor(request: () => object | undefined) {
    this.#request = request;
  }

  remember(id: string, payload: AdapterPayload): void {
    const request = this.#request();
    if (request) this.#seen.set(request, { id, text: JSON.stringify(payload) });
  }

  forget(): void {
    const request = this.#request();
    if (request) this.#seen.delete(request);
  }

  isNeedless(id: string, payload: AdapterPayload): boolean {
    const request = this.#request();
    const seen = request && this.#seen.get(request);
    if (seen?.id !== id) return false;
    const { exp: was, iat: _was, ...before } = JSON.parse(seen.text) as AdapterPayload;
    const { exp, iat: _is, ...after } = JSON.parse(JSON.stringify(payload)) as AdapterPayload;
    if (was === undefined || exp === undefined) return false;
    // An end that moves nearer is always written.
    return exp >= was && exp - was < LIVES.sessionTouch && isDeepStrictEqual(before, after);
  }
}
