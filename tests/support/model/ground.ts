import { randomBytes } from 'node:crypto';
import * as client from 'openid-client';
import { codeOf } from '../../../src/challenges/hotp.ts';
import { CALLBACK } from '../clients/application.ts';
import { Browser } from '../http/browser.ts';
import { type RunningMire, startMire } from '../mire.ts';
import { WITH_VOUCHED } from './vouched-modes.ts';

export const SCOPE = 'openid profile identite_ps';
/** Who it says that somebody is, and how they came, in the ID token itself. */
const CLAIMS = JSON.stringify({
  id_token: { family_name: null, national_id: null, profession: null, mire_mode: null },
});
const VERIFIER = randomBytes(32).toString('base64url');

/** The service that a file of sequences shares. Its limits are the product's own. */
export const startGround = (): Promise<RunningMire> =>
  startMire({
    env: { RATE_LIMIT_FACTOR: '1', TRUSTED_PROXIES: '127.0.0.1,::1', LOG_LEVEL: 'silent' },
    added: { modes: WITH_VOUCHED },
  });

/** A browser at an address. */
export const browserAt = (mire: RunningMire, address: string): Browser =>
  new Browser(mire.issuer, { 'x-forwarded-for': address });

const challenge = await client.calculatePKCECodeChallenge(VERIFIER);

export function authorizeUrl(mire: RunningMire, id: string, parameters: Readonly<Record<string, string>> = {}): URL {
  const url = new URL('/authorize', mire.issuer);
  const all = {
    client_id: id,
    response_type: 'code',
    redirect_uri: CALLBACK,
    scope: SCOPE,
    claims: CLAIMS,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...parameters,
  };
  for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value);
  return url;
}

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** One request of an application, with its own credentials. */
export async function asClient(
  mire: RunningMire,
  id: string,
  path: string,
  fields: Readonly<Record<string, string>>,
): Promise<Answer> {
  const credentials = Buffer.from(`${id}:${id}-sandbox-secret`).toString('base64');
  const response = await fetch(new URL(path, mire.issuer), {
    method: 'POST',
    headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
}

export const redeem = (mire: RunningMire, id: string, code: string): Promise<Answer> =>
  asClient(mire, id, '/token', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: CALLBACK,
    code_verifier: VERIFIER,
  });

/** The code that an account was just sent, for whoever may read where it went; undefined where it went nowhere, or elsewhere. */
export async function codeJustSent(
  { database, sandbox }: RunningMire,
  accountId: string,
  mayRead: (destination: string) => boolean,
): Promise<string | undefined> {
  const row = await database
    .database('challenges')
    .where({ account_id: accountId })
    .orderBy('created_at', 'desc')
    .first('id', 'counter');
  const found = row && (await sandbox.parts.storage.challenges.byId(row.id));
  if (!found || found.decoy || !mayRead(found.destination)) return undefined;
  const seed = await sandbox.parts.storage.challenges.seedOf(found.id);
  return seed && codeOf(seed, row.counter);
}
