import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { blockAccount, unblockAccount } from '../../../src/accounts/blocking.ts';
import { nationalId } from '../../support/cards/cards.ts';
import { cibaClient } from '../../support/clients/ciba-client.ts';
import { refusal, signedInDesktop } from '../../support/desktop/desktops.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND } from '../../support/sign-in/journeys.ts';
import { auditOf } from '../../support/sign-in/steps.ts';

const PRACTICE = 'logiciel';
const MDURAND_ID = '0b7d6a52-1f8e-4a57-9d0c-3e1f5a6b7c01';
const OTHER = { login: 'kbenali', password: 'Stethoscope-bleu-42' };

/** A practice's software: openid-client by discovery alone. */
const practice = (issuer: string, id = PRACTICE, secret = `${PRACTICE}-sandbox-secret`) =>
  client.discovery(new URL(issuer), id, undefined, client.ClientSecretBasic(secret), {
    execute: [client.allowInsecureRequests],
  });

const errorOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'none',
    (error: { error?: string }) => error.error ?? String(error),
  );

describe('a practice without a browser asks on the desktop application, and polls', () => {
  let mire: RunningMire;
  let software: client.Configuration;
  beforeAll(async () => {
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '100' } });
    software = await practice(mire.issuer);
  });
  afterAll(() => mire.close());

  const ask = (parameters: Record<string, string> = {}) =>
    client.initiateBackchannelAuthentication(software, {
      scope: 'openid profile identite_ps',
      login_hint: MDURAND.login,
      binding_message: 'Ordonnance 4471',
      ...parameters,
    });
  const poll = (authReqId: string) =>
    client.genericGrantRequest(software, 'urn:openid:params:grant-type:ciba', { auth_req_id: authReqId });

  test('what was asked before the sessions of the account were ended is not there to be approved after', async () => {
    const before = await signedInDesktop(mire);
    await ask();
    const [request] = await before.desktop.waiting();
    await mire.sandbox.logout.end({ accountId: MDURAND_ID }, 'administrator', { everything: true });
    const { desktop } = await signedInDesktop(mire);
    expect(await desktop.waiting()).toEqual([]);
    expect(await refusal(desktop.approve(request?.id ?? ''))).toBe('desktop-request');
    await ask();
    const [fresh] = await desktop.waiting();
    await desktop.approve(fresh?.id ?? '');
  });

  test.each([
    ['its identifier', () => MDURAND.login],
    ['its national id', () => nationalId('mdurand')],
  ])('named by %s, the person approves, and the tokens say how and when they signed in', async (_, hint) => {
    const { desktop } = await signedInDesktop(mire);
    const session = await desktop.session();
    const asked = await ask({ login_hint: hint() });
    expect(await errorOf(poll(asked.auth_req_id))).toBe('authorization_pending');
    const [request] = await desktop.waiting();
    expect(request).toMatchObject({
      kind: 'ciba',
      application: { name: 'Logiciel de cabinet' },
      binding_message: 'Ordonnance 4471',
      asked_from: 'loopback',
    });
    expect(request).not.toHaveProperty('choices');
    await desktop.approve(request?.id ?? '');
    const tokens = await client.pollBackchannelAuthenticationGrant(software, { ...asked, interval: 1 });
    expect(tokens.claims()).toMatchObject({
      sub: MDURAND_ID,
      acr: 'eidas2',
      amr: ['swk', 'user', 'pwd', 'otp', 'mfa'],
      auth_time: session.auth_time,
      mire_mode: 'monsisra',
      sid: expect.any(String),
    });
    const userinfo = await client.fetchUserInfo(software, tokens.access_token, MDURAND_ID);
    expect(userinfo).toMatchObject({ name: 'Marie Durand', national_id: nationalId('mdurand') });
    expect(await errorOf(poll(asked.auth_req_id))).toBe('invalid_grant');
    expect(await desktop.waiting()).toEqual([]);
    expect((await auditOf(mire, 'sign-in.desktop-approved')).at(-1)).toMatchObject({ client_id: PRACTICE });

    // A session as any other: its owner sees it, and ending it ends the tokens.
    const [own] = (await mire.sandbox.parts.storage.signIns.sessionsOf(MDURAND_ID)).filter(({ clientIds }) =>
      clientIds.includes(PRACTICE),
    );
    expect(own?.signIn).toMatchObject({ mode: 'monsisra', deviceId: session.device.id });
    await mire.sandbox.logout.end({ uidHash: own?.uidHash ?? Buffer.alloc(0), accountId: MDURAND_ID }, 'logout');
    expect(await errorOf(client.refreshTokenGrant(software, tokens.refresh_token ?? ''))).toBe('invalid_grant');
  });

  test('refused, the application is told; nobody else sees or answers the request', async () => {
    const mine = await signedInDesktop(mire);
    const other = await signedInDesktop(mire, { person: OTHER });
    const asked = await ask();
    const [request] = await mine.desktop.waiting();
    expect(await other.desktop.waiting()).toEqual([]);
    expect(await refusal(other.desktop.approve(request?.id ?? ''))).toBe('desktop-request');
    await mine.desktop.refuse(request?.id ?? '');
    expect(await errorOf(poll(asked.auth_req_id))).toBe('access_denied');
  });

  test('two devices of one person: the first answer counts', async () => {
    const [one, two] = [await signedInDesktop(mire), await signedInDesktop(mire)];
    const asked = await ask();
    const [request] = await one.desktop.waiting();
    expect(await two.desktop.waiting()).toHaveLength(1);
    const answers = await Promise.all([one, two].map(({ desktop }) => refusal(desktop.approve(request?.id ?? ''))));
    expect(answers.sort()).toEqual(['desktop-request', 'none']);
    expect((await poll(asked.auth_req_id)).claims()?.sub).toBe(MDURAND_ID);
  });

  test('a desktop session that is too weak refuses', async () => {
    const { desktop } = await signedInDesktop(mire, { person: OTHER, weak: true });
    const asked = await ask({ login_hint: OTHER.login });
    const [request] = await desktop.waiting();
    expect(await refusal(desktop.approve(request?.id ?? ''))).toBe('desktop-too-weak');
    expect(await errorOf(poll(asked.auth_req_id))).toBe('access_denied');
  });

  test('an unknown or blocked person, a missing or strange message, an application of somebody else', async () => {
    expect(await errorOf(ask({ login_hint: 'personne' }))).toBe('unknown_user_id');
    expect(await errorOf(ask({ login_hint: 'jmoreau' }))).toBe('unknown_user_id');
    for (const hint of ['a\0b', 'x'.repeat(3000), '\ud800'])
      expect(await errorOf(ask({ login_hint: hint }))).toBe('unknown_user_id');
    expect(await errorOf(ask({ binding_message: 'x'.repeat(65) }))).toBe('invalid_binding_message');
    expect(await errorOf(ask({ binding_message: 'a\u202Eb' }))).toBe('invalid_binding_message');
    expect(await errorOf(ask({ requested_expiry: '-1' }))).toBe('invalid_request');
    await mire.sandbox.parts
      .adapter('Client')
      .upsert('tiers', { ...cibaClient('tiers'), first_party: false } as never, 0);
    const stranger = await practice(mire.issuer, 'tiers', 'a secret of tiers');
    const asks = client.initiateBackchannelAuthentication(stranger, { scope: 'openid', login_hint: 'mdurand' });
    expect(await errorOf(asks)).toBe('unauthorized_client');
  });

  test('somebody who is blocked after approving gets no token', async () => {
    const { desktop } = await signedInDesktop(mire);
    const asked = await ask();
    await desktop.approve((await desktop.waiting())[0]?.id ?? '');
    await blockAccount(mire.sandbox.logout, MDURAND_ID, 'test');
    try {
      expect(await errorOf(poll(asked.auth_req_id))).toBe('invalid_grant');
    } finally {
      await unblockAccount(mire.sandbox.parts.storage, MDURAND_ID);
    }
  });

  test('unanswered, it expires when the application said, and the desktop no longer shows it', async () => {
    const { desktop } = await signedInDesktop(mire);
    const asked = await ask({ requested_expiry: '30' });
    expect(asked.expires_in).toBe(30);
    expect((await ask({ requested_expiry: '3000' })).expires_in).toBe(300);
    mire.clock.forwardAll(31);
    expect(await errorOf(poll(asked.auth_req_id))).toBe('expired_token');
    expect(await desktop.waiting()).toHaveLength(1);
    mire.clock.restore();
  });
});

describe('how often a person is asked', () => {
  test('after five requests left unanswered, no more for a while', async () => {
    const mire = await startMire({ env: { RATE_LIMIT_FACTOR: '1' } });
    try {
      const software = await practice(mire.issuer);
      const answers: string[] = [];
      for (let i = 0; i < 6; i++)
        answers.push(
          await errorOf(
            client.initiateBackchannelAuthentication(software, { scope: 'openid', login_hint: MDURAND.login }),
          ),
        );
      expect(answers).toEqual(['none', 'none', 'none', 'none', 'none', 'access_denied']);
    } finally {
      await mire.close();
    }
  });
});
