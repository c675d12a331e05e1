import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { blockAccount } from '../../../src/accounts/blocking.ts';
import { demoClients } from '../../../src/sandbox/clients.ts';
import { Application, CALLBACK } from '../../support/clients/application.ts';
import { ListeningApplication } from '../../support/clients/listening-application.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { signInByPassword } from '../../support/sign-in/journeys.ts';

describe('back-channel logout', () => {
  let mire: RunningMire;
  let first: ListeningApplication;
  let second: ListeningApplication;

  beforeAll(async () => {
    first = await ListeningApplication.start();
    second = await ListeningApplication.start();
    const listening = (client_id: string, uri: string) => ({
      client_id,
      client_secret: `${client_id}-sandbox-secret`,
      redirect_uris: [CALLBACK],
      grant_types: ['authorization_code', 'refresh_token'],
      first_party: true,
      minimum_acr: 'eidas1' as const,
      backchannel_logout_uri: uri,
      backchannel_logout_session_required: true,
    });
    mire = await startMire({
      added: {
        clients: [...demoClients('http://localhost'), listening('first', first.uri), listening('second', second.uri)],
      },
    });
  });
  beforeEach(() => {
    for (const application of [first, second])
      Object.assign(application, { status: 200, attempts: 0 }).tokens.length = 0;
  });
  afterAll(async () => {
    await mire.close();
    await Promise.all([first.stop(), second.stop()]);
  });

  async function signedInToBoth() {
    const browser = new Browser(mire.issuer);
    const sids: Record<string, unknown> = {};
    const tokens: client.TokenEndpointResponse[] = [];
    for (const id of ['first', 'second']) {
      const application = await Application.discover(mire.issuer, id);
      const started = await application.start();
      const back = id === 'first' ? await signInByPassword(browser, started.url) : await browser.get(started.url);
      const answer = await started.finish(back.url);
      sids[id] = answer.claims()?.sid;
      tokens.push(answer);
    }
    return { browser, sids, tokens };
  }

  const verify = (token = '', audience: string) =>
    jwtVerify(token, createRemoteJWKSet(new URL(`${mire.issuer}/jwks`)), {
      issuer: mire.issuer,
      audience,
      typ: 'logout+jwt',
    });

  test('a logout reaches every application of the session, each with its own sid', async () => {
    const { browser, sids } = await signedInToBoth();
    await browser.get(`${mire.issuer}/logout`);
    await browser.submit({ logout: 'yes' }, '/logout/confirm');
    for (const [id, application] of [
      ['first', first],
      ['second', second],
    ] as const) {
      await application.until(({ tokens }) => tokens.length === 1);
      const { payload } = await verify(application.tokens[0], id);
      expect(payload).toMatchObject({
        sid: sids[id],
        events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      });
      expect(payload.nonce).toBeUndefined();
    }
  });

  test('an application that is down is told when it is back, by a token made then', async () => {
    const { browser } = await signedInToBoth();
    first.status = 503;
    const asked = Date.now();
    await browser.get(`${mire.issuer}/logout`);
    const done = await browser.submit({ logout: 'yes' }, '/logout/confirm');
    expect(done.status).toBe(200);
    await first.until(({ attempts }) => attempts >= 3);
    // Nobody waited for it in the request.
    const refused = first.attempts;
    first.status = 200;
    await first.until(({ tokens }) => tokens.length === 1);
    expect(first.attempts).toBeGreaterThan(refused);
    const { payload } = await verify(first.tokens[0], 'first');
    expect((payload.iat ?? 0) * 1000).toBeGreaterThan(asked + 2000);
  });

  test('blocking the account tells them too, and kills what they hold', async () => {
    const { tokens } = await signedInToBoth();
    const sub = '0b7d6a52-1f8e-4a57-9d0c-3e1f5a6b7c01';
    expect(await blockAccount(mire.sandbox.logout, sub, 'test')).toBe(true);
    await Promise.all([first, second].map((application) => application.until(({ tokens: got }) => got.length >= 1)));
    const application = await Application.discover(mire.issuer, 'first');
    expect(await client.tokenIntrospection(application.configuration, tokens[0]?.access_token ?? '')).toMatchObject({
      active: false,
    });
    await expect(
      client.refreshTokenGrant(application.configuration, tokens[0]?.refresh_token ?? ''),
    ).rejects.toMatchObject({ error: 'invalid_grant' });
    await mire.sandbox.parts.storage.accounts.setStatus(sub, { by: 'administrator', to: 'active', reason: 'test' });
  });
});
