import { createHash, randomBytes } from 'node:crypto';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { APPLICATION, basic, MACHINE, REDIRECT_URI } from './clients.ts';
import { type Answer, type Connection, Cookies } from './connection.ts';

/** A person the bench signs in; the password is looked at by nobody where the hash is skipped. */
export interface Person {
  readonly login: string;
  readonly password: string;
}

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly id_token: string;
}

export class Failed extends Error {
  override readonly name = 'Failed';
  readonly status: number;
  constructor(step: string, { status, body }: Pick<Answer, 'status' | 'body'>) {
    super(`${step}: ${status} ${body.replace(/\s+/g, ' ').slice(0, 160)}`);
    this.status = status;
  }
}

const SCOPE = 'openid profile email';

/** One virtual professional with a browser, and the application that sends them. */
export class Journey {
  readonly cookies = new Cookies();
  readonly #issuer: URL;
  readonly #ask: Connection;
  readonly #keys: ReturnType<typeof createLocalJWKSet>;

  constructor(issuer: string, ask: Connection, jwks: JSONWebKeySet) {
    this.#issuer = new URL(issuer);
    this.#ask = ask;
    this.#keys = createLocalJWKSet(jwks);
  }

  /** The browser is closed in the evening: what it keeps for months stays. */
  forgetSession(): void {
    this.cookies.forget(/session|interaction|resume/);
  }

  async #go(address: string, body?: string): Promise<Answer> {
    const url = new URL(address, this.#issuer);
    const headers = {
      accept: 'text/html',
      'accept-language': 'fr',
      'user-agent': 'Bench/1',
      cookie: this.cookies.header(url.pathname),
    };
    const answer = await this.#ask(url, { headers, ...(body === undefined ? {} : { method: 'POST' as const, body }) });
    this.cookies.keep(answer.cookies);
    return answer;
  }

  /** From the authorization request to the application's callback; signs in where a page asks. */
  async authorize(person?: Person): Promise<{ code: string; verifier: string; nonce: string }> {
    const verifier = randomBytes(32).toString('base64url');
    const nonce = randomBytes(16).toString('base64url');
    const state = randomBytes(16).toString('base64url');
    const query = new URLSearchParams({
      client_id: APPLICATION.id,
      response_type: 'code',
      redirect_uri: REDIRECT_URI,
      scope: SCOPE,
      state,
      nonce,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    let answer = await this.#go(`/authorize?${query}`);
    let at = '';
    for (let hop = 0; hop < 8; hop += 1) {
      if (answer.location === undefined) break;
      if (answer.location.startsWith(REDIRECT_URI)) {
        const back = new URL(answer.location).searchParams;
        if (back.get('state') !== state || !back.get('code'))
          throw new Failed('callback', { ...answer, body: answer.location });
        return { code: back.get('code') ?? '', verifier, nonce };
      }
      at = answer.location;
      answer = await this.#go(at);
      if (answer.location === undefined && answer.status === 200 && person && at.includes('/login-mdp'))
        answer = await this.#submit(at, answer.body, person);
      else if (answer.location === undefined && answer.status === 200 && person && at.includes('/interaction/'))
        answer = await this.#go(`${at.split('/').slice(0, 3).join('/')}/login-mdp`).then((page) =>
          this.#submit(`${at.split('/').slice(0, 3).join('/')}/login-mdp`, page.body, person),
        );
    }
    throw new Failed(`authorize ${at}`, answer);
  }

  #submit(at: string, page: string, { login, password }: Person): Promise<Answer> {
    const csrf = /name="_csrf" value="([^"]*)"/.exec(page)?.[1] ?? '';
    return this.#go(at, new URLSearchParams({ _csrf: csrf, login, password }).toString());
  }

  async #token(fields: Record<string, string>): Promise<Tokens> {
    const answer = await this.#ask(new URL('/token', this.#issuer), {
      method: 'POST',
      headers: { authorization: basic(APPLICATION) },
      body: new URLSearchParams(fields).toString(),
    });
    if (answer.status !== 200) throw new Failed('token', answer);
    return JSON.parse(answer.body) as Tokens;
  }

  async redeem({ code, verifier, nonce }: { code: string; verifier: string; nonce: string }): Promise<Tokens> {
    const tokens = await this.#token({
      grant_type: 'authorization_code',
      code,
      redirect_uri: REDIRECT_URI,
      code_verifier: verifier,
    });
    const { payload } = await jwtVerify(tokens.id_token, this.#keys, {
      issuer: this.#issuer.origin,
      audience: APPLICATION.id,
    });
    if (payload.nonce !== nonce || payload.acr !== 'eidas1')
      throw new Error('the ID token is not that of this request');
    return tokens;
  }

  refresh({ refresh_token }: Tokens): Promise<Tokens> {
    return this.#token({ grant_type: 'refresh_token', refresh_token });
  }

  async userinfo({ access_token }: Tokens): Promise<void> {
    const answer = await this.#ask(new URL('/userinfo', this.#issuer), {
      headers: { authorization: `Bearer ${access_token}` },
    });
    if (answer.status !== 200 || !answer.body.includes('"sub"')) throw new Failed('userinfo', answer);
  }

  async introspect({ access_token }: Tokens): Promise<void> {
    const answer = await this.#ask(new URL('/introspect', this.#issuer), {
      method: 'POST',
      headers: { authorization: basic(APPLICATION) },
      body: new URLSearchParams({ token: access_token }).toString(),
    });
    if (answer.status !== 200 || !answer.body.includes('"active":true')) throw new Failed('introspect', answer);
  }

  async clientCredentials(): Promise<void> {
    const answer = await this.#ask(new URL('/token', this.#issuer), {
      method: 'POST',
      headers: { authorization: basic(MACHINE) },
      body: 'grant_type=client_credentials',
    });
    if (answer.status !== 200) throw new Failed('client credentials', answer);
  }

  async document(path: string): Promise<void> {
    const answer = await this.#ask(new URL(path, this.#issuer), { headers: { accept: 'application/json' } });
    if (answer.status !== 200) throw new Failed(path, answer);
  }

  /** The sign-in page alone: the request and the two answers that lead to it. */
  async page(): Promise<void> {
    const query = new URLSearchParams({
      client_id: APPLICATION.id,
      response_type: 'code',
      redirect_uri: REDIRECT_URI,
      scope: SCOPE,
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    });
    const first = await this.#go(`/authorize?${query}`);
    const second = await this.#go(first.location ?? '/');
    const answer = second.location === undefined ? second : await this.#go(second.location);
    if (answer.status !== 200) throw new Failed('page', answer);
  }
}
