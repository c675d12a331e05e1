import { Browser } from './browser.ts';

/** Names under which a secret travels, in a query, a form or a JSON answer. */
const SECRET_FIELDS = new Set([
  'access_token',
  'assertion',
  'auth_req_id',
  'client_assertion',
  'client_secret',
  'code',
  'code_verifier',
  'device_code',
  'id_token',
  'id_token_hint',
  'initial_access_token',
  'nonce',
  'password',
  'refresh_token',
  'registration_access_token',
  'request_uri',
  'state',
  'token',
  'user_code',
  'xsrf',
  '_csrf',
]);
const UID = /\/(?:interaction|authorize|device)\/([\w-]{16,})/g;

/** Every secret that crossed the wire, with what it was. */
export class Wire {
  readonly secrets = new Map<string, string>();

  note(name: string, value: unknown): void {
    // The first name tells best what it is: later the same value may only be seen in a header.
    if (typeof value === 'string' && value.length >= 6 && !this.secrets.has(value)) this.secrets.set(value, name);
  }

  readonly fetch = async (url: string, init: RequestInit): Promise<Response> => {
    this.request(new URL(url), init);
    const response = await fetch(url, init);
    await this.response(response);
    return response;
  };

  request(url: URL, { headers, body }: RequestInit): void {
    this.#address(url);
    const sent = new Headers(headers as Record<string, string> | undefined);
    for (const name of ['authorization', 'dpop']) this.note(name, sent.get(name)?.split(' ').at(-1));
    if (typeof body === 'string' && !body.startsWith('{')) this.#fields(new URLSearchParams(body));
    else if (body instanceof URLSearchParams) this.#fields(body);
  }

  async response(response: Response): Promise<void> {
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      // What the chooser remembers is no secret.
      if (!/^mire_(?:mode|structure)/.test(name)) this.note(`cookie ${name}`, value);
    }
    const location = response.headers.get('location');
    if (location) this.#address(new URL(location, response.url));
    if (!response.headers.get('content-type')?.includes('json')) return;
    const json: unknown = await response.clone().json();
    if (typeof json === 'object' && json !== null) this.#fields(Object.entries(json));
  }

  #address(url: URL): void {
    this.#fields(url.searchParams);
    for (const [, uid] of url.pathname.matchAll(UID)) this.note('uid in an address', uid);
  }

  #fields(fields: Iterable<readonly [string, unknown]>): void {
    for (const [name, value] of fields) if (SECRET_FIELDS.has(name)) this.note(name, value);
  }
}

/** A browser whose wire is tapped. */
export class TappedBrowser extends Browser {
  readonly #wire: Wire;

  constructor(origin: string, wire: Wire) {
    super(origin);
    this.#wire = wire;
  }

  override async fetch(address: string | URL, init: RequestInit = {}): Promise<Response> {
    this.#wire.request(new URL(address, this.origin), init);
    const response = await super.fetch(address, init);
    await this.#wire.response(response);
    return response;
  }
}
