import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import { createHttpsSigner } from '../../../adapters/signer/https.ts';
import { signerKeys } from '../../../src/provider/signer.ts';
import { ask } from '../../support/http/outage.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { signedIn } from '../../support/sign-in/steps.ts';

/** Stands in for a PKCS#11 module behind a gateway: private keys never leave it. */
class Hsm {
  readonly #rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  readonly #ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly signed: string[] = [];
  away = false;
  readonly server: Server = createServer(async (request, response) => {
    const refuse = (status: number) => response.writeHead(status).end();
    if (request.headers.authorization !== 'Bearer hsm-token') return refuse(401);
    if (this.away) return refuse(503);
    if (request.url === '/keys') return response.end(JSON.stringify({ keys: this.keys() }));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { kid, data } = JSON.parse(Buffer.concat(chunks).toString()) as { kid: string; data: string };
    const pair = kid === 'hsm-rsa' ? this.#rsa : this.#ec;
    this.signed.push(kid);
    const signature = sign('sha256', Buffer.from(data, 'base64url'), {
      key: pair.privateKey,
      dsaEncoding: 'ieee-p1363',
    }).toString('base64url');
    return response.end(JSON.stringify({ signature }));
  });

  keys() {
    return [
      { ...this.#rsa.publicKey.export({ format: 'jwk' }), kid: 'hsm-rsa', alg: 'RS256', use: 'sig' },
      { ...this.#ec.publicKey.export({ format: 'jwk' }), kid: 'hsm-ec', alg: 'ES256', use: 'sig' },
    ];
  }
}

describe('keys in an HSM sign the tokens', () => {
  const hsm = new Hsm();
  let mire: RunningMire;
  beforeAll(async () => {
    await once(hsm.server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(hsm.server.address() as AddressInfo).port}/`;
    mire = await startMire({ env: { SIGNER_URL: url, SIGNER_TOKEN: 'hsm-token' } });
  });
  afterAll(async () => {
    await mire.close();
    hsm.server.close();
  });

  test('an application checks them like any other, by the published keys', async () => {
    const { tokens } = await signedIn(mire);
    expect(decodeProtectedHeader(tokens.id_token ?? '')).toMatchObject({ alg: 'RS256', kid: 'hsm-rsa' });
    expect(hsm.signed).toContain('hsm-rsa');
    const { keys } = (await (await fetch(`${mire.issuer}/jwks`)).json()) as { keys: Record<string, unknown>[] };
    expect(keys.map(({ kid }) => kid)).toEqual(expect.arrayContaining(['hsm-rsa', 'hsm-ec']));
    expect(keys.filter((one) => ['d', 'p', 'q', 'dp', 'dq', 'qi'].some((name) => name in one))).toEqual([]);
    // What the keys of the database signed is still verified.
    expect(keys.filter(({ kid }) => !String(kid).startsWith('hsm-')).length).toBeGreaterThanOrEqual(3);
  });

  test('its own id tokens are taken back as hints', async () => {
    const { browser, application, tokens } = await signedIn(mire);
    const end = new URL(application.configuration.serverMetadata().end_session_endpoint ?? '');
    end.search = new URLSearchParams({ id_token_hint: tokens.id_token ?? '' }).toString();
    expect((await browser.get(end)).status).toBe(200);
  });

  test('while it does not answer, an application is told to try again, and nothing is issued', async () => {
    const { tokens } = await signedIn(mire);
    hsm.away = true;
    const answer = await ask(mire, '/token', 'ror', {
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token ?? '',
    });
    hsm.away = false;
    expect([answer.status, await answer.json()]).toMatchObject([503, { error: 'temporarily_unavailable' }]);
    await signedIn(mire);
  });

  test('a signer that answers nothing at the start stops it', async () => {
    hsm.away = true;
    const { SIGNER_URL = '', SIGNER_TOKEN = '' } = mire.settings;
    await expect(signerKeys(createHttpsSigner({ url: SIGNER_URL, token: SIGNER_TOKEN }))).rejects.toThrow(
      'the signer answered 503',
    );
    hsm.away = false;
  });
});
