import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { PACE } from '../../config/pace.ts';
import { Application } from '../support/clients/application.ts';
import { MailBox } from '../support/delivery/mail-server.ts';
import { Browser } from '../support/http/browser.ts';
import {
  answerOf,
  ask,
  comesBack,
  counts,
  expectAway,
  expectAwayForPrograms,
  expectKept,
  health,
  isSignedIn,
} from '../support/http/outage.ts';
import { describeWith } from '../support/jest/services.ts';
import { freePort, type RunningMire, startMire } from '../support/mire.ts';
import { PROMPT_QUEUE, RESTARTED } from '../support/pace.ts';
import { type OwnRedis, ownRedis } from '../support/servers/own-redis.ts';
import { MDURAND, messages, openCodeEphemere, signInByPassword } from '../support/sign-in/journeys.ts';

const introspect = (mire: RunningMire, token: string) => answerOf(ask(mire, '/introspect', 'ror', { token }));
const refresh = (mire: RunningMire, token: string | undefined) =>
  answerOf(ask(mire, '/token', 'ror', { grant_type: 'refresh_token', refresh_token: token ?? '' }));

/** A queue that is away is told as soon as in the product, and both sides are back at once. */
const SOON = { ...PROMPT_QUEUE, enqueueWithin: PACE.queue.enqueueWithin };

describeWith('redis-server', 'Redis, with what is short-lived in it,', () => {
  let redis: OwnRedis;
  let mire: RunningMire;
  let ror: Application;
  beforeAll(async () => {
    redis = await ownRedis();
    mire = await startMire({ env: { REDIS_URL: redis.url, REDIS_PATIENCE: '1' }, added: { pace: { queue: SOON } } });
    ror = await Application.discover(mire.issuer, 'ror');
  });
  afterAll(async () => {
    await mire.close();
    await redis.remove();
  });

  async function signedIn() {
    const browser = new Browser(mire.issuer);
    const started = await ror.start();
    const back = await signInByPassword(browser, started.url);
    return { browser, tokens: await started.finish(back.url) };
  }

  async function signOut(browser: Browser, idToken: string | undefined): Promise<void> {
    await browser.get(
      client.buildEndSessionUrl(ror.configuration, {
        id_token_hint: idToken ?? '',
        post_logout_redirect_uri: 'http://localhost:4000/',
      }),
    );
    await browser.submit({ logout: 'yes' }, '/logout/confirm');
  }

  test('killed and started again: everything acknowledged is there, sessions included', async () => {
    const { browser, tokens } = await signedIn();
    const underWay = new Browser(mire.issuer);
    const messagerie = await Application.discover(mire.issuer, 'messagerie');
    const asked = await messagerie.start();
    await underWay.get(asked.url);
    await openCodeEphemere(underWay);
    await underWay.submit(MDURAND);
    const stood = underWay.current?.url ?? '';
    const before = await counts(mire.database);

    await redis.server.kill();
    await expectAway(browser.get(`${mire.issuer}/`));
    await expectAway(underWay.submit({ channel: 'mail' }));
    await expectAwayForPrograms(ask(mire, '/introspect', 'ror', { token: tokens.access_token }));
    const redirected = await browser.get((await ror.start()).url);
    expect(redirected.url.searchParams.get('error')).toBe('temporarily_unavailable');
    expect(await health(mire)).toEqual({ alive: 200, ready: 503 });

    await redis.server.start();
    await comesBack(mire);
    expectKept(before, await counts(mire.database));
    expect(await isSignedIn(browser)).toBe(true);
    expect(await introspect(mire, tokens.access_token)).toMatchObject({ active: true });
    const sent = mire.sandbox.inbox.list().length;
    await underWay.get(stood);
    await underWay.submit({ channel: 'mail' });
    const [message] = await messages(mire, sent + 1);
    const back = await underWay.submit({ code: message?.code ?? '' });
    expect((await asked.finish(back.url)).claims()).toMatchObject({ acr: 'eidas2' });
  });

  test('frozen: pages answer instead of hanging, and it goes on when it thaws', async () => {
    const { browser, tokens } = await signedIn();
    await redis.server.freeze();
    try {
      await Promise.all([
        expectAway(browser.get(`${mire.issuer}/`)),
        expectAwayForPrograms(ask(mire, '/introspect', 'ror', { token: tokens.access_token })),
        health(mire).then((seen) => expect(seen).toEqual({ alive: 200, ready: 503 })),
      ]);
    } finally {
      await redis.server.thaw();
    }
    await comesBack(mire);
    expect(await isSignedIn(browser)).toBe(true);
    expect(await isSignedIn((await signedIn()).browser)).toBe(true);
  });

  test('emptied: people are signed out, nothing else is lost, and what was revoked stays revoked', async () => {
    const { browser, tokens } = await signedIn();
    const revoked = (await signedIn()).tokens;
    await client.tokenRevocation(ror.configuration, revoked.refresh_token ?? '');
    const before = await counts(mire.database);

    await redis.flush();
    expect(await isSignedIn(browser)).toBe(false);
    expectKept(before, await counts(mire.database));
    expect(await introspect(mire, tokens.access_token)).toEqual({ active: false });
    expect(await introspect(mire, revoked.access_token)).toEqual({ active: false });
    expect(await refresh(mire, revoked.refresh_token)).toMatchObject({ error: 'invalid_grant' });
    const asked = await ror.start({ prompt: 'none' });
    expect((await browser.get(asked.url)).url.searchParams.get('error')).toBe('login_required');
    expect(await isSignedIn((await signedIn()).browser)).toBe(true);
  });

  test('restored from the past: no session that ended lives again, and no token that was revoked', async () => {
    const stays = await signedIn();
    const leaves = await signedIn();
    const revoking = await signedIn();
    const machine = await machineToken();
    const restore = await redis.keep();
    await comesBack(mire);
    await signOut(leaves.browser, leaves.tokens.id_token);
    expect(await isSignedIn(leaves.browser)).toBe(false);
    await client.tokenRevocation(ror.configuration, revoking.tokens.access_token);
    await machine.revoke();
    expect(await machine.active()).toBe(false);

    await restore();
    await comesBack(mire);
    expect(await isSignedIn(leaves.browser)).toBe(false);
    const asked = await ror.start({ prompt: 'none' });
    expect((await leaves.browser.get(asked.url)).url.searchParams.get('error')).toBe('login_required');
    expect(await introspect(mire, leaves.tokens.access_token)).toEqual({ active: false });
    expect(await introspect(mire, revoking.tokens.access_token)).toEqual({ active: false });
    expect(await refresh(mire, revoking.tokens.refresh_token)).toMatchObject({ error: 'invalid_grant' });
    expect(await machine.active()).toBe(false);
    expect(await isSignedIn(stays.browser)).toBe(true);
    expect(await introspect(mire, stays.tokens.access_token)).toMatchObject({ active: true });
  });

  /** A token of a program of its own, which has no session and no grant behind it. */
  async function machineToken() {
    const { initial_access_token } = await answerOf(fetch(`${mire.issuer}/sandbox/registration-token.json`));
    const { client_id, client_secret } = await answerOf(
      fetch(`${mire.issuer}/register`, {
        method: 'POST',
        headers: { authorization: `Bearer ${initial_access_token}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          client_name: 'Automate',
          grant_types: ['client_credentials'],
          redirect_uris: [],
          response_types: [],
        }),
      }),
    );
    const authorization = `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`;
    const post = (path: string, form: Record<string, string>) =>
      fetch(mire.issuer + path, { method: 'POST', headers: { authorization }, body: new URLSearchParams(form) });
    const token = String((await answerOf(post('/token', { grant_type: 'client_credentials' }))).access_token);
    return {
      revoke: () => post('/revoke', { token }),
      active: async () => (await answerOf(post('/introspect', { token }))).active,
    };
  }
});

describeWith('redis-server', 'a code that was promised', () => {
  test('is sent after Redis was killed with the queue in it', async () => {
    const redis = await ownRedis();
    const port = await freePort();
    const mire = await startMire({
      env: { REDIS_URL: redis.url, MAIL_URL: `smtp://127.0.0.1:${port}` },
      added: { pace: { queue: RESTARTED } },
    });
    const mail = new MailBox();
    try {
      const messagerie = await Application.discover(mire.issuer, 'messagerie');
      const asked = await messagerie.start();
      const browser = new Browser(mire.issuer);
      await browser.get(asked.url);
      await openCodeEphemere(browser);
      await browser.submit(MDURAND);
      expect((await browser.submit({ channel: 'mail' })).status).toBe(200);
      await redis.server.kill();
      await mail.listen(port);
      await redis.server.start();
      await comesBack(mire);
      const { text } = await mail.next();
      const back = await browser.submit({ code: /\b\d{6}\b/.exec(text ?? '')?.[0] ?? '' });
      expect((await asked.finish(back.url)).claims()).toMatchObject({ acr: 'eidas2' });
    } finally {
      await mire.close();
      await mail.close();
      await redis.remove();
    }
  });
});
