import Provider from 'oidc-provider';
import type { FoundRow } from './store.ts';

/** What the library asks for right after a token, and how it names it. */
export type CompanionModel = 'Grant' | 'Session';

/** Rows that came with a token, by the hash they will be asked for: the Grant's own, the Session's uid. */
export interface Companions {
  readonly grant?: { readonly hash: Buffer; readonly row: FoundRow | undefined } | undefined;
  readonly session?: { readonly hash: Buffer; readonly row: FoundRow | undefined } | undefined;
}

/**
 * A token is worth what its Grant and its Session are, so the library reads all three, one after the other. They are
 * read in one round trip, and the other two kept for the one time that this very request asks for them.
 */
export class CompanionShelf {
  readonly #kept = new WeakMap<object, Map<string, FoundRow | undefined>>();
  readonly #request: () => object | undefined;

  /** @param request the one being answered, when the library is answering one */
  constructor(request: () => object | undefined = () => Provider.ctx) {
    this.#request = request;
  }

  keep({ grant, session }: Companions): void {
    const request = this.#request();
    if (!request) return;
    const kept = this.#kept.get(request) ?? new Map<string, FoundRow | undefined>();
    if (grant) kept.set(name('Grant', grant.hash), grant.row);
    if (session) kept.set(name('Session', session.hash), session.row);
    this.#kept.set(request, kept);
  }

  has(model: CompanionModel, hash: Buffer): boolean {
    const request = this.#request();
    return request !== undefined && this.#kept.get(request)?.has(name(model, hash)) === true;
  }

  /** Once: whoever asks again wants to know what is true by then. @returns undefined when nothing is kept. */
  take(model: CompanionModel, hash: Buffer): { readonly row: FoundRow | undefined } | undefined {
    const request = this.#request();
    const kept = request && this.#kept.get(request);
    const key = name(model, hash);
    if (!kept?.has(key)) return undefined;
    const row = kept.get(key);
    kept.delete(key);
    return { row };
  }
}

const name = (model: CompanionModel, hash: Buffer) => `${model}:${hash.toString('base64url')}`;
