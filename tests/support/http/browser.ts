import { type HTMLElement, parse } from 'node-html-parser';
import { CookieJar } from 'tough-cookie';

export interface Visited {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  readonly page: HTMLElement;
  /** Addresses gone through, the first one included. */
  readonly redirects: readonly string[];
}

/** `fetch`, or what stands in for a reverse proxy. */
export type Send = (url: URL, init: RequestInit) => Promise<Response>;

type Fields = Readonly<Record<string, string>>;

/** A browser without JavaScript: cookies by path, redirects, links and forms. Stops at an address outside `origin` and `also`. */
export class Browser {
  readonly jar = new CookieJar(undefined, { allowSpecialUseDomain: true, rejectPublicSuffixes: false });
  readonly origin: string;
  /** Other origins that it goes on to. */
  readonly also = new Set<string>();
  readonly headers: Readonly<Record<string, string>>;
  readonly #send: Send;
  current: Visited | undefined;

  constructor(origin: string, headers: Readonly<Record<string, string>> = {}, send: Send = fetch) {
    this.origin = origin;
    this.#send = send;
    this.headers = { accept: 'text/html', 'accept-language': 'fr', 'user-agent': 'TestBrowser/1', ...headers };
  }

  get(address: string | URL): Promise<Visited> {
    return this.#go(new URL(address, this.current?.url ?? this.origin), 'GET');
  }

  post(address: string | URL, fields: Fields, headers: Record<string, string> = {}): Promise<Visited> {
    const body = new URLSearchParams(fields).toString();
    return this.#go(new URL(address, this.current?.url ?? this.origin), 'POST', body, headers);
  }

  /** One request, without following what it answers. */
  async fetch(address: string | URL, init: RequestInit = {}): Promise<Response> {
    const url = new URL(address, this.origin);
    const headers = new Headers({ ...this.headers, ...(init.headers as Record<string, string> | undefined) });
    const cookie = await this.jar.getCookieString(url.href);
    if (cookie) headers.set('cookie', cookie);
    const response = await this.#send(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) await this.jar.setCookie(line, url.href, { ignoreError: true });
    return response;
  }

  /** Fills the form that has these fields (or whose action ends so) and sends it. */
  submit(fields: Fields, actionEnds?: string): Promise<Visited> {
    const { page, url } = this.#here();
    const form = page
      .querySelectorAll('form')
      .find((one) =>
        actionEnds
          ? (one.getAttribute('action') ?? '').endsWith(actionEnds)
          : Object.keys(fields).every((name) => one.querySelector(`[name="${name}"]`)),
      );
    if (!form)
      throw new Error(
        `no form for ${actionEnds ?? Object.keys(fields).join(', ')} at ${url.pathname}:\n${page.text.slice(0, 600)}`,
      );
    return this.post(form.getAttribute('action') ?? url.href, { ...hidden(form), ...fields });
  }

  /** Follows the link whose text contains this. */
  click(text: string): Promise<Visited> {
    const { page, url, status } = this.#here();
    const link = page.querySelectorAll('a').find((one) => one.text.includes(text));
    if (!link) throw new Error(`no link "${text}" at ${url.pathname} (${status}):\n${page.text.slice(0, 600)}`);
    return this.get(link.getAttribute('href') ?? '');
  }

  #here(): Visited {
    if (!this.current) throw new Error('the browser is nowhere');
    return this.current;
  }

  async #go(first: URL, method: string, body?: string, more: Record<string, string> = {}): Promise<Visited> {
    const redirects: string[] = [];
    let url = first;
    let init: RequestInit = {
      method,
      ...(body === undefined ? {} : { body }),
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }), ...more },
    };
    for (;;) {
      redirects.push(url.href);
      if (redirects.length > 20) throw new Error(`too many redirects:\n${redirects.join('\n')}`);
      if (url.origin !== this.origin && !this.also.has(url.origin)) {
        const gone: Visited = { url, status: 0, headers: new Headers(), body: '', page: parse(''), redirects };
        this.current = gone;
        return gone;
      }
      const response = await this.fetch(url, init);
      const location = response.headers.get('location');
      if (response.status >= 300 && response.status < 400 && location) {
        url = new URL(location, url);
        init = { method: 'GET' };
        continue;
      }
      const text = await response.text();
      const visited = {
        url,
        status: response.status,
        headers: response.headers,
        body: text,
        page: parse(text),
        redirects,
      };
      // The library's own pages post themselves; without JavaScript a person presses their button.
      const auto = visited.page.querySelector('form[id="op.logoutForm"], form[id="op.autoForm"]');
      this.current = visited;
      if (auto && /submit\(\)/.test(text)) {
        const next = await this.post(new URL(auto.getAttribute('action') ?? '', url), hidden(auto));
        return { ...next, redirects: [...redirects, ...next.redirects] };
      }
      return visited;
    }
  }
}

function hidden(form: HTMLElement): Record<string, string> {
  return Object.fromEntries(
    form
      .querySelectorAll('input[type="hidden"]')
      .map((input) => [input.getAttribute('name') ?? '', input.getAttribute('value') ?? '']),
  );
}
