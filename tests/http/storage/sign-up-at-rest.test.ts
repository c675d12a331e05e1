import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { findAll, type Place } from '../../support/http/needles.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { messages } from '../../support/sign-in/journeys.ts';
import { vouchFor, WITH_VOUCHING } from '../../support/sign-in/vouching-mode.ts';
import { solvedCaptcha, WITH_LOGIN } from '../../support/sign-up/sign-up.ts';
import { dumpDatabase } from '../../support/storage/dump.ts';

/** What the account itself says of its owner stands in one table; nowhere else. */
const OWN_TABLE = /^public\.accounts\./;
const PERSON = { externalId: '899700123450', statement: { familyName: 'Nompropre', givenName: 'Prenompropre' } };

describe('what is kept of a sign-up, along the way and after', () => {
  let mire: RunningMire;
  const places: Place[] = [];
  const codes: string[] = [];
  beforeAll(async () => {
    mire = await startMire({ env: { CAPTCHA_WORK: '2' }, added: { modes: WITH_VOUCHING } });
    const application = await Application.discover(mire.issuer, 'messagerie');
    const dump = async () => places.push(...(await dumpDatabase(mire.database)));
    const browser = new Browser(mire.issuer);
    await vouchFor(browser, (await application.start()).url, PERSON);
    await dump();
    await browser.submit({ ...WITH_LOGIN, specialty: '', terms: '' }, '/signup');
    await dump();
    await browser.submit({ ...WITH_LOGIN, specialty: '', ...(await solvedCaptcha(mire)) }, '/signup');
    const [mail] = await messages(mire, 1);
    codes.push(mail?.code ?? '');
    await dump();
    await browser.submit({ code: codes[0] ?? '' }, '/mail');
    const [sms] = await messages(mire, 2);
    codes.push(sms?.code ?? '');
    await dump();
    const end = await browser.submit({ code: codes[1] ?? '' }, '/phone');
    expect(end.url.searchParams.has('code')).toBe(true);
    await dump();
  });
  afterAll(() => mire?.close());

  test('neither password, code nor national id stands in clear anywhere, nor in the logs', () => {
    const secrets = new Map([
      [WITH_LOGIN.new_password, 'password'],
      [PERSON.externalId, 'national id'],
      ...codes.map((code) => [code, 'code'] as const),
    ]);
    expect(findAll(secrets, places)).toEqual([]);
    expect(findAll(secrets, [{ place: 'logs', text: mire.logs.join('') }])).toEqual([]);
  });

  test('what the person says of themselves stands in their account alone', () => {
    const personal = new Map([
      [WITH_LOGIN.email, 'mail'],
      [WITH_LOGIN.new_login, 'identifier'],
      ['+33639987701', 'phone'],
      [WITH_LOGIN.phone, 'phone as typed'],
      ['Nompropre', 'family name'],
      ['Prenompropre', 'given name'],
    ]);
    expect(
      findAll(
        personal,
        places.filter(({ place }) => !OWN_TABLE.test(place)),
      ),
    ).toEqual([]);
    const tables = new Set(places.map(({ place }) => place.split('.')[1]));
    for (const table of ['flows', 'sign_up_drafts', 'account_facts', 'challenges', 'identities', 'audit'])
      expect([table, tables.has(table)]).toEqual([table, true]);
    expect(findAll(personal, [{ place: 'logs', text: mire.logs.join('') }])).toEqual([]);
  });
});
