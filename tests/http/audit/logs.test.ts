import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NATIONAL_ID } from '../../../src/accounts/account.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser, type Visited } from '../../support/http/browser.ts';
import { findAll } from '../../support/http/needles.ts';
import type { Wire } from '../../support/http/wire.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND, openCodeEphemere } from '../../support/sign-in/journeys.ts';
import { NO_MAIL, UNKNOWN_LOGIN, WRONG_PASSWORD, wholeJourney } from '../../support/sign-in/whole-journey.ts';

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

interface Line {
  readonly msg: string;
  readonly requestId?: string;
  readonly supportCode?: string;
  readonly [field: string]: unknown;
}

describe('what is logged of whole journeys, at its most talkative', () => {
  let mire: RunningMire;
  let wire: Wire;
  beforeAll(async () => {
    mire = await startMire({ structures: true, env: { MAIL_URL: NO_MAIL, LOG_LEVEL: 'trace' } });
    wire = await wholeJourney(mire, async () => undefined);
  });
  afterAll(() => mire.close());

  const lines = () => mire.logs.map((line) => JSON.parse(line) as Line);
  const places = () => mire.logs.map((text) => ({ place: (JSON.parse(text) as Line).msg, text }));

  test('every line is JSON, and names its request where there is one', () => {
    const all = lines();
    expect(all.length).toBeGreaterThan(50);
    const answered = all.filter(({ msg }) => msg === 'request');
    expect(answered.length).toBeGreaterThan(40);
    expect(new Set(answered.map(({ requestId }) => requestId)).size).toBe(answered.length);
    const ofRequests = all.filter((line) => /request/.test(line.msg) || 'supportCode' in line || 'address' in line);
    expect(ofRequests.filter(({ requestId }) => !UUID.test(requestId ?? ''))).toEqual([]);
  });

  test('no password, code, token, cookie, uid or seed', () => {
    expect(wire.secrets.size).toBeGreaterThan(60);
    expect(findAll(wire.secrets, places())).toEqual([]);
  });

  test('no national id, name, mail, phone or identifier', async () => {
    const { storage } = mire.sandbox.parts;
    const account = (await storage.accounts.byLoginKey(MDURAND.login))?.account;
    const personal = new Map([
      [(await storage.accounts.identity(account?.id ?? '', NATIONAL_ID)) ?? '', 'national id'],
      [account?.email ?? '', 'mail'],
      [account?.phone ?? '', 'phone'],
      [account?.familyName ?? '', 'name'],
      [MDURAND.login, 'identifier'],
      [UNKNOWN_LOGIN, 'what was typed as identifier'],
      [WRONG_PASSWORD, 'what was typed as password'],
    ]);
    expect(personal.has('')).toBe(false);
    expect(findAll(personal, places())).toEqual([]);
  });

  test('a secret in a line would be found, whatever field it hides in', () => {
    const canary = `canary-${randomUUID()}`;
    const { log } = mire.sandbox.parts;
    log.info({ deep: { er: [canary] } }, 'a canary sings');
    log.warn({ err: new Error(`broken by ${canary}`) }, 'a canary breaks');
    const found = findAll(new Map([[canary, 'canary']]), places()).map(({ place }) => place);
    expect(found).toEqual(['a canary sings', 'a canary breaks']);
  });

  test('the second lock: fields named after secrets are blanked, and rows that libraries hang on errors stay out', () => {
    const { log } = mire.sandbox.parts;
    const canary = `canary-${randomUUID()}`;
    for (const field of [
      'password',
      'code',
      'cookie',
      'authorization',
      'refresh_token',
      'national_id',
      'jti',
      'seed',
    ]) {
      log.error({ [field]: canary, body: { [field]: canary, deeper: { [field]: canary } } }, field);
    }
    log.error(
      { err: Object.assign(new Error('refused'), { detail: `Key (email)=(${canary}) already exists` }) },
      'a row',
    );
    expect(findAll(new Map([[canary, 'canary']]), places())).toEqual([]);
  });

  test('a failed statement is logged without its values', async () => {
    const canary = `canary-${randomUUID()}`;
    const failure = await mire.sandbox.parts.database.raw('select * from nowhere where login = ?', [canary]).then(
      () => undefined,
      (error: Error) => error,
    );
    mire.sandbox.parts.log.error({ err: failure }, 'a statement failed');
    expect(failure?.message).toContain('nowhere');
    expect(findAll(new Map([[canary, 'canary']]), places())).toEqual([]);
  });
});

describe('the support code that a person reads to the help desk', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ env: { LOG_LEVEL: 'info' } });
  });
  afterAll(() => mire.close());

  const codeOn = ({ body }: Visited) =>
    /\b[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}\b/.exec(body)?.[0] ?? 'no code on the page';
  const logged = (code: string) => mire.logs.filter((line) => (JSON.parse(line) as Line).supportCode === code);
  const audited = async (code: string) => {
    const { rows } = await mire.database.database.raw<{ rows: { event: string }[] }>(
      'select event from audit where support_code = ?',
      [code],
    );
    return rows.map(({ event }) => event);
  };
  async function atChooser(id: string): Promise<Browser> {
    const browser = new Browser(mire.issuer);
    await browser.get((await (await Application.discover(mire.issuer, id)).start()).url);
    return browser;
  }

  test('of a wrong password is in the log and in the audit', async () => {
    const browser = await atChooser('ror');
    await browser.click('Login / Mdp');
    const refused = await browser.submit({ login: MDURAND.login, password: WRONG_PASSWORD });
    expect(refused.status).toBe(401);
    expect(logged(codeOn(refused)).length).toBeGreaterThan(0);
    expect(await audited(codeOn(refused))).toEqual(['sign-in.password-refused']);
  });

  test('of a wrong code is in the log and in the audit', async () => {
    const browser = await atChooser('messagerie');
    await openCodeEphemere(browser);
    await browser.submit(MDURAND);
    await browser.submit({ channel: 'sms' });
    // Letters would be a malformed code, six zeros a wrong one; once in a million they are right.
    const refused = await browser.submit({ code: '000000' });
    expect(refused.status).toBe(401);
    expect(logged(codeOn(refused)).length).toBeGreaterThan(0);
    expect(await audited(codeOn(refused))).toEqual(['sign-in.code-refused']);
  });

  test('of a mode that is not accepted here is in the log and in the audit', async () => {
    const browser = await atChooser('messagerie');
    const uid = /\/interaction\/([^/]+)/.exec(browser.current?.url.pathname ?? '')?.[1];
    const refused = await browser.get(`${mire.issuer}/interaction/${uid}/login-mdp`);
    expect(refused.status).toBe(403);
    expect(logged(codeOn(refused)).length).toBeGreaterThan(0);
    expect(await audited(codeOn(refused))).toEqual(['sign-in.mode-refused']);
  });

  test('of a request that leads nowhere is in the log', async () => {
    const browser = new Browser(mire.issuer);
    for (const path of ['/interaction/unknown', '/authorize?client_id=nobody', '/nowhere']) {
      const refused = await browser.get(mire.issuer + path);
      expect([path, refused.status >= 400, logged(codeOn(refused)).length > 0]).toEqual([path, true, true]);
    }
  });
});
