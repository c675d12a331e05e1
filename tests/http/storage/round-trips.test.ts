import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { noticeTo } from '../../support/accounts/account-pages.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND, signInByPassword } from '../../support/sign-in/journeys.ts';

/** Statements that PostgreSQL is sent, BEGIN and COMMIT included, when everything is kept there. */
describe('round trips to PostgreSQL', () => {
  let mire: RunningMire;
  let ror: Application;
  let sent = 0;
  let known: Browser;
  beforeAll(async () => {
    mire = await startMire();
    known = new Browser(mire.issuer);
    ror = await Application.discover(mire.issuer, 'ror');
    // What a start does in the background, such as the purge, is over by then; and this browser's first time is told.
    await signInByPassword(known, (await ror.start()).url);
    await noticeTo(mire, 'mdurand@hopital.example', /nouveau navigateur/);
    mire.sandbox.parts.database.on('query', () => {
      sent += 1;
    });
  });
  afterAll(() => mire.close());

  const counted = async <T>(work: () => Promise<T>): Promise<[number, T]> => {
    sent = 0;
    const result = await work();
    return [sent, result];
  };

  test('each step of a sign-in sends no more than it did', async () => {
    const browser = new Browser(mire.issuer);
    const [name] = (await known.jar.getCookies(mire.issuer)).filter(({ key }) => key === 'mire_device');
    if (name) await browser.jar.setCookie(name, mire.issuer);
    const started = await ror.start();
    const [authorize, page] = await counted(() => browser.get(started.url));
    const uid = page.url.pathname.split('/')[2];
    const [tab] = await counted(() => browser.get(`${mire.issuer}/interaction/${uid}/login-mdp`));
    const [password, back] = await counted(() => browser.submit(MDURAND));
    const [token, tokens] = await counted(() => started.finish(back.url));
    const sub = tokens.claims()?.sub ?? '';
    const [userinfo] = await counted(() => client.fetchUserInfo(ror.configuration, tokens.access_token, sub));
    const [refresh] = await counted(() => client.refreshTokenGrant(ror.configuration, tokens.refresh_token ?? ''));
    const [silent] = await counted(async () => browser.get((await ror.start({ prompt: 'none' })).url));
    const counts = { authorize, tab, password, token, userinfo, refresh, silent };
    expect(Object.entries(counts).filter(([name, count]) => count > MOST[name as keyof typeof MOST])).toEqual([]);
    // Far below would mean that the count no longer says what is done.
    expect(Object.entries(counts).filter(([name, count]) => count < MOST[name as keyof typeof MOST] - 2)).toEqual([]);
  });
});

/**
 * To be lowered with every saving. `authorize` is the request and the two pages it leads to; `password` its POST and the resume, with what
 * counts the tries of a browser and those of a day, and gives them back; Redis counts them where there is one.
 */
const MOST = { authorize: 5, tab: 2, password: 23, token: 5, userinfo: 2, refresh: 4, silent: 3 } as const;
