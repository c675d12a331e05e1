import { createHash, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import * as client from 'openid-client';
import { Browser } from '../http/browser.ts';
import { FORM, type RawAnswer, raw } from '../http/raw-request.ts';
import type { RunningMire } from '../mire.ts';
import { signInByPassword } from '../sign-in/journeys.ts';
import { CALLBACK } from './application.ts';

type Claims = Record<string, unknown>;
type Fields = Record<string, string>;
type Key = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
export interface Keys {
  readonly privateKey: Key;
  readonly publicJwk: JWK;
}

export async function newKeys(alg = 'ES256'): Promise<Keys> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, publicJwk: { ...(await exportJWK(publicKey)), alg, use: 'sig', kid: randomUUID() } };
}

/** As an administrator stores it: not everything may be said in a registration. */
export async function storeClient(mire: RunningMire, metadata: Claims & { client_id: string }): Promise<void> {
  await mire.sandbox.parts
    .adapter('Client')
    .upsert(metadata.client_id, JSON.parse(JSON.stringify(metadata)), 0 as never);
}

const now = () => Math.floor(Date.now() / 1000);

/** A client that writes its own assertions, requests and proofs, so that each can be wrong in one way. */
export class FapiClient {
  readonly mire: RunningMire;
  readonly id: string;
  readonly keys: Keys;
  readonly dpop: Keys;
  #nonce: string | undefined;

  private constructor(mire: RunningMire, id: string, keys: Keys, dpop: Keys) {
    this.mire = mire;
    this.id = id;
    this.keys = keys;
    this.dpop = dpop;
  }

  static async create(mire: RunningMire, id: string, metadata: Claims = {}, alg = 'ES256'): Promise<FapiClient> {
    const [keys, dpop] = await Promise.all([newKeys(alg), newKeys()]);
    await storeClient(mire, {
      client_id: id,
      redirect_uris: [CALLBACK],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [keys.publicJwk] },
      fapi_profile: '2.0',
      first_party: true,
      minimum_acr: 'eidas1',
      ...metadata,
    });
    return new FapiClient(mire, id, keys, dpop);
  }

  /** RFC 7523 §3; anything may be changed, a claim set to undefined is left out. */
  assertion(claims: Claims = {}, { alg = 'ES256', keys = this.keys }: { alg?: string; keys?: Keys } = {}) {
    const all = {
      iss: this.id,
      sub: this.id,
      aud: this.mire.issuer,
      jti: randomUUID(),
      iat: now(),
      exp: now() + 60,
      ...claims,
    };
    return new SignJWT(withoutUndefined(all))
      .setProtectedHeader({ alg, kid: keys.publicJwk.kid ?? '' })
      .sign(keys.privateKey);
  }

  /** RFC 9101; signed as the client. */
  request(claims: Claims, { alg = 'ES256', keys = this.keys }: { alg?: string; keys?: Keys } = {}) {
    const all = { iss: this.id, client_id: this.id, aud: this.mire.issuer, nbf: now(), exp: now() + 60, ...claims };
    return new SignJWT(withoutUndefined(all))
      .setProtectedHeader({ alg, typ: 'oauth-authz-req+jwt', kid: keys.publicJwk.kid ?? '' })
      .sign(keys.privateKey);
  }

  /** RFC 9449 §4.2. */
  async proof(
    path: string,
    {
      method = 'POST',
      keys = this.dpop,
      token,
      claims = {},
      header = {},
    }: { method?: string; keys?: Keys; token?: string; claims?: Claims; header?: Claims } = {},
  ): Promise<string> {
    const { kid: _kid, use: _use, ...jwk } = keys.publicJwk;
    const all = {
      htm: method,
      htu: `${this.mire.issuer}${path}`,
      jti: randomUUID(),
      iat: now(),
      nonce: this.#nonce,
      ath: token === undefined ? undefined : createHash('sha256').update(token).digest('base64url'),
      ...claims,
    };
    return new SignJWT(withoutUndefined(all))
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header } as never)
      .sign(keys.privateKey);
  }

  thumbprint(): Promise<string> {
    return calculateJwkThumbprint(this.dpop.publicJwk);
  }

  /** A POST of the client, with its assertion; `DPoP: null` sends no proof. */
  async post(
    path: string,
    fields: Fields,
    { assertion, DPoP }: { assertion?: string; DPoP?: string | null } = {},
  ): Promise<RawAnswer & { readonly json: Claims }> {
    const send = async () => {
      const proof = DPoP === null ? undefined : (DPoP ?? (await this.proof(path)));
      const body = new URLSearchParams({
        client_id: this.id,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion ?? (await this.assertion()),
        ...fields,
      });
      const headers = { ...FORM, ...(proof === undefined ? {} : { dpop: proof }) };
      return raw(this.mire.issuer, { method: 'POST', path, headers, body: String(body) });
    };
    let answer = await send();
    const nonce = answer.headers['dpop-nonce'];
    if (typeof nonce === 'string') this.#nonce = nonce;
    // RFC 9449 §8: once more, with the nonce that the server asks for.
    if (DPoP === undefined && assertion === undefined && answer.body.includes('use_dpop_nonce')) answer = await send();
    return { ...answer, json: JSON.parse(answer.body || '{}') as Claims };
  }

  async parameters(more: Fields = {}): Promise<{ verifier: string; fields: Fields }> {
    const verifier = client.randomPKCECodeVerifier();
    const fields = {
      response_type: 'code',
      redirect_uri: CALLBACK,
      scope: 'openid',
      state: client.randomState(),
      nonce: client.randomNonce(),
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...more,
    };
    return { verifier, fields: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '')) };
  }

  /** The address that a pushed request leads to. */
  address(requestUri: unknown, more: Fields = {}): URL {
    const url = new URL(`${this.mire.issuer}/authorize`);
    url.search = String(new URLSearchParams({ client_id: this.id, request_uri: String(requestUri), ...more }));
    return url;
  }

  /** From a pushed request to the answer at the callback. */
  async authorized(browser: Browser, more: Fields = {}, options: { DPoP?: string | null } = { DPoP: null }) {
    const { verifier, fields } = await this.parameters(more);
    const pushed = await this.post('/par', fields, options);
    if (pushed.status !== 201) throw new Error(pushed.body);
    const signedIn = (await browser.jar.getCookieString(this.mire.issuer)).includes('mire_session');
    const url = this.address(pushed.json.request_uri);
    const back = signedIn ? await browser.get(url) : await signInByPassword(browser, url);
    return { verifier, fields, answer: back.url, code: back.url.searchParams.get('code') ?? '' };
  }

  redeem(
    code: string,
    verifier: string,
    options: { assertion?: string; DPoP?: string | null } = {},
    more: Fields = {},
  ) {
    const fields = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: CALLBACK, ...more };
    return this.post('/token', fields, options);
  }

  newBrowser(): Browser {
    return new Browser(this.mire.issuer);
  }

  async userinfo(token: string, { scheme = 'DPoP', proof }: { scheme?: string; proof?: string | null } = {}) {
    const dpop = proof === null ? undefined : (proof ?? (await this.proof('/userinfo', { method: 'GET', token })));
    return raw(this.mire.issuer, {
      path: '/userinfo',
      headers: { authorization: `${scheme} ${token}`, ...(dpop === undefined ? {} : { dpop }) },
    });
  }
}

const withoutUndefined = (claims: Claims): Claims =>
  Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
