import type { Row } from './store.ts';

interface MaybeRefresh {
  readonly oidc?: { readonly params?: { readonly grant_type?: unknown } | undefined };
}

/**
 * Refresh tokens that are being rotated. The library consumes the one that was presented and saves its successor in the
 * same breath, with nothing in between that waits or could fail. So what it consumes is only noted here, and becomes one
 * statement with what it saves: one commit instead of two, and no moment in which the old token is spent and there is no
 * new one.
 */
export class Rotations {
  readonly #noted = new WeakMap<object, Buffer>();
  readonly #request: () => object | undefined;
  readonly #succeed: (used: Buffer, row: Row) => Promise<boolean>;

  /** @param request the one being answered, when the library is answering one */
  constructor(request: () => object | undefined, succeed: (used: Buffer, row: Row) => Promise<boolean>) {
    this.#request = request;
    this.#succeed = succeed;
  }

  /** @returns false when no successor is to be expected. */
  note(used: Buffer): boolean {
    const request = this.#request();
    if (!request || (request as MaybeRefresh).oidc?.params?.grant_type !== 'refresh_token') return false;
    this.#noted.set(request, used);
    return true;
  }

  /** @returns whether it took the place of the one that was noted; undefined when none was. */
  save(row: Row): Promise<boolean> | undefined {
    const request = this.#request();
    const used = request && this.#noted.get(request);
    if (!used) return undefined;
    this.#noted.delete(request);
    return this.#succeed(used, row);
  }
}
