import { type DesktopClient, DesktopRefusal, type ShownRequest } from '../../src/sandbox/desktop-client.ts';
import type { Say } from './texts.ts';

export interface DeskParts {
  readonly client: DesktopClient;
  readonly say: Say;
  readonly lang: 'fr' | 'en';
  readonly print: (text: string) => void;
}

/** One request in front of the person at a time; others wait behind it. */
export class Desk {
  readonly #parts: DeskParts;
  readonly #waiting: ShownRequest[] = [];
  /** Requests of applications without a browser that were shown once. */
  readonly #seen = new Set<string>();

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** Opens the request of a link, of the loopback call, or of a typed code. */
  async open(by: { request: string } | { code: string }): Promise<void> {
    await this.#attempt(async () => this.#put(await this.#parts.client.openRequest(by)));
  }

  /** Asks for requests that came without a browser. */
  async look(): Promise<void> {
    for (const request of await this.#parts.client.waiting()) {
      if (this.#seen.has(request.id)) continue;
      this.#seen.add(request.id);
      this.#put(request);
    }
  }

  /** @returns false when the line is no answer to the request in front. */
  async answer(line: string): Promise<boolean> {
    const { client, say, print } = this.#parts;
    const [request] = this.#waiting;
    if (!request) return false;
    const refuses = /^(?:r|refuser|refuse|n|non|no)$/i.test(line);
    const number = /^\d{2}$/.test(line) ? Number(line) : undefined;
    const confirms = request.kind === 'ciba' ? /^(?:o|oui|y|yes)$/i.test(line) : number !== undefined;
    if (!refuses && !confirms) return false;
    this.#waiting.shift();
    await this.#attempt(async () => {
      if (refuses) await client.refuse(request.id);
      else await client.approve(request.id, number);
      print(say(refuses ? 'refused' : 'approved'));
    });
    const [next] = this.#waiting;
    if (next) this.#show(next);
    return true;
  }

  #put(request: ShownRequest): void {
    // One that is over would only stand in the way.
    while (this.#waiting[0] && Date.parse(this.#waiting[0].expires_at) < Date.now()) this.#waiting.shift();
    this.#waiting.push(request);
    if (this.#waiting.length === 1) this.#show(request);
  }

  #show(request: ShownRequest): void {
    const { say, print, lang } = this.#parts;
    const at = new Date(request.asked_at).toLocaleTimeString(lang);
    print(say('request.title'));
    print(say('request.application', { name: request.application.name }));
    print(say('request.from', { at, from: request.asked_from ?? '?', here: request.desktop_at ?? '?' }));
    if (request.browser) print(say('request.browser', { browser: request.browser }));
    if (request.binding_message) print(say('request.message', { message: request.binding_message }));
    if (request.kind === 'browser' && !request.same_network) print(say('request.other-network'));
    if (request.kind === 'ciba') print(say('request.confirm'));
    else print(say('request.number', { choices: (request.choices ?? []).join(' / ') }));
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    const { say, print } = this.#parts;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof DesktopRefusal)) throw error;
      print(say('failed', { message: error.message, code: error.code, support: error.supportCode }));
      if (error.code === 'desktop-too-weak') print(say('too-weak'));
    }
  }
}
