import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { openDatabase } from '../../adapters/db/database.ts';
import { migrate } from '../../adapters/db/migrate.ts';
import { createStorage } from '../../adapters/db/storage.ts';
import { PACE } from '../../config/pace.ts';
import { testVault } from '../support/accounts/sample-accounts.ts';
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
import { type OwnPostgres, ownPostgres } from '../support/servers/own-postgres.ts';
import {
  MDURAND,
  messages,
  messageWith,
  newestCode,
  openCodeEphemere,
  signInByCode,
  signInByPassword,
} from '../support/sign-in/journeys.ts';
import type { TestDatabase } from '../support/storage/database.ts';

/** A queue that is away is told as soon as in the product, and both sides are back at once. */
const SOON = { ...PROMPT_QUEUE, enqueueWithin: PACE.queue.enqueueWithin };

describeWith('postgres-server', 'PostgreSQL, with everything in it,', () => {
  let postgres: OwnPostgres;
  let database: TestDatabase;
  let mire: RunningMire;
  let ror: Application;
  beforeAll(async () => {
    postgres = await ownPostgres();
    database = await postgres.database();
    mire = await startMire({ database, env: { DATABASE_PATIENCE: '4' }, added: { pace: { queue: SOON } } });
    ror = await Application.discover(mire.issuer, 'ror');
  });
  afterAll(async () => {
    await mire.close();
    await database.stop();
    await postgres.remove();
  });

  async function signedIn() {
    const browser = new Browser(mire.issuer);
    const started = await ror.start();
    const back = await signInByPassword(browser, started.url);
    const tokens = await started.finish(back.url);
    return { browser, started, tokens, code: back.url.searchParams.get('code') ?? '' };
  }

  test('killed and started again: nothing acknowledged is lost, and the service comes back by itself', async () => {
    const { browser, started, tokens, code } = await signedIn();
    const revoked = (await signedIn()).tokens;
    await client.tokenRevocation(ror.configuration, revoked.refresh_token ?? '');
    const underWay = new Browser(mire.issuer);
    const messagerie = await Application.discover(mire.issuer, 'messagerie');
    const asked = await messagerie.start();
    await signInByCode(mire, new Browser(mire.issuer), (await messagerie.start()).url);
    await underWay.get(asked.url);
    await openCodeEphemere(underWay);
    await underWay.submit(MDURAND);
    const stood = underWay.current?.url ?? '';
    const before = await counts(database);
    expect(await health(mire)).toEqual({ alive: 200, ready: 200 });

    await postgres.server.kill();
    await expectAway(browser.get(`${mire.issuer}/`));
    await expectAway(underWay.submit({ channel: 'mail' }));
    await expectAwayForPrograms(
      ask(mire, '/token', 'ror', { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' }),
    );
    await expectAwayForPrograms(ask(mire, '/introspect', 'ror', { token: tokens.access_token }));
    // Where a redirect answers, the application is told (RFC 6749 §4.1.2.1).
    const redirected = await browser.get((await ror.start()).url);
    expect(redirected.url.searchParams.get('error')).toBe('temporarily_unavailable');
    expect((await new Browser(mire.issuer).get('/mentions-legales')).status).toBe(200);
    expect(await health(mire)).toEqual({ alive: 200, ready: 503 });
    // The operator reads why, of what applications asked too.
    expect(mire.logs.filter((line) => line.includes('"grant.error"') && line.includes('ECONNREFUSED'))).not.toEqual([]);

    await postgres.server.start();
    await comesBack(mire);
    expectKept(before, await counts(database));
    expect(await isSignedIn(browser)).toBe(true);
    const redeemed = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: 'http://localhost:4000/callback',
      code_verifier: started.verifier,
    };
    expect((await client.refreshTokenGrant(ror.configuration, tokens.refresh_token ?? '')).claims()?.acr).toBe(
      'eidas1',
    );
    expect(await answerOf(ask(mire, '/token', 'ror', redeemed))).toMatchObject({ error: 'invalid_grant' });
    expect(await answerOf(ask(mire, '/introspect', 'ror', { token: revoked.access_token }))).toEqual({ active: false });
    expect(
      await answerOf(
        ask(mire, '/token', 'ror', { grant_type: 'refresh_token', refresh_token: revoked.refresh_token ?? '' }),
      ),
    ).toMatchObject({ error: 'invalid_grant' });

    // The sign-in that was under way goes on where it stood.
    const sent = mire.sandbox.inbox.list().length;
    await underWay.get(stood);
    await underWay.submit({ channel: 'mail' });
    const [message] = await messages(mire, sent + 1);
    const back = await underWay.submit({ code: message?.code ?? '' });
    expect((await asked.finish(back.url)).claims()).toMatchObject({ acr: 'eidas2' });
  });

  test('frozen: pages answer instead of hanging, and it goes on when it thaws', async () => {
    const { browser, tokens } = await signedIn();
    const page = new Browser(mire.issuer);
    await page.get((await ror.start()).url);
    await page.click('Login / Mdp');
    const before = await counts(database);

    await postgres.server.freeze();
    try {
      await Promise.all([
        expectAway(browser.get(`${mire.issuer}/`)),
        expectAway(page.submit(MDURAND)),
        expectAwayForPrograms(
          ask(mire, '/token', 'ror', { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' }),
        ),
        health(mire).then((seen) => expect(seen).toEqual({ alive: 200, ready: 503 })),
      ]);
    } finally {
      await postgres.server.thaw();
    }
    await comesBack(mire);
    const back = await signedIn();
    expect(await isSignedIn(back.browser)).toBe(true);
    expect(await isSignedIn(browser)).toBe(true);
    expectKept(before, await counts(database));
  });

  test('a transaction cut by a freeze takes nothing that comes after it down with it', async () => {
    const other = await postgres.database();
    await migrate(other.database, other.url, false);
    const pool = openDatabase({
      url: other.url,
      pool: 1,
      singleSession: false,
      work: 'request',
      patience: 1,
      log: { warn: () => undefined, error: () => undefined },
    });
    const storage = createStorage(pool, testVault);
    const lines = async () => (await counts(other)).audit;
    const cut = storage.transaction(async (tx) => {
      await tx.audit.write({ event: 'account.created' });
      await postgres.server.freeze();
      await tx.audit.write({ event: 'account.created' });
    });
    await expect(cut).rejects.toMatchObject({ status: 503 });
    await postgres.server.thaw();
    await storage.audit.write({ event: 'account.blocked' });
    expect(await lines()).toBe(1);
    await pool.destroy();
    await other.stop();
  });

  test('a queue that does not answer is a 502 with a sentence, and the code can be asked for again', async () => {
    const browser = new Browser(mire.issuer);
    const messagerie = await Application.discover(mire.issuer, 'messagerie');
    const asked = await messagerie.start();
    await browser.get(asked.url);
    await openCodeEphemere(browser);
    await browser.submit(MDURAND);
    const channel = browser.current?.url.href ?? '';
    const { rows } = await database.database.raw<{ rows: { name: string }[] }>(
      "select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables where schemaname = 'bullmq'",
    );
    const lock = await database.database.transaction();
    await lock.raw(`lock table ${rows.map(({ name }) => name).join(', ')} in access exclusive mode`);
    const refused = await browser.submit({ channel: 'mail' });
    expect(refused.status).toBe(502);
    expect(refused.page.querySelector('h1')?.text).toMatch(/code/i);
    await lock.rollback();

    // The wait between two sends stands; the first code, should it still leave, is worth nothing any more.
    mire.clock.forward(31);
    await browser.get(channel);
    await browser.submit({}, '/resend');
    const { code } = await newestCode(mire);
    await messageWith(mire, code);
    const back = await browser.submit({ code });
    expect((await asked.finish(back.url)).claims()).toMatchObject({ acr: 'eidas2' });
  });
});

describeWith('postgres-server', 'a code that was promised', () => {
  test('is sent after PostgreSQL was killed with the queue in it', async () => {
    const postgres = await ownPostgres();
    const database = await postgres.database();
    const port = await freePort();
    const mire = await startMire({
      database,
      env: { MAIL_URL: `smtp://127.0.0.1:${port}` },
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
      await postgres.server.kill();
      await mail.listen(port);
      await postgres.server.start();
      await comesBack(mire);
      const { text } = await mail.next();
      const back = await browser.submit({ code: /\b\d{6}\b/.exec(text ?? '')?.[0] ?? '' });
      expect((await asked.finish(back.url)).claims()).toMatchObject({ acr: 'eidas2' });
    } finally {
      await mire.close();
      await mail.close();
      await database.stop();
      await postgres.remove();
    }
  });
});
