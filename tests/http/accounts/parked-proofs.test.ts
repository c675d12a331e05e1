import { afterEach, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { atAccount } from '../../support/accounts/account-pages.ts';
import { choose, OVERTAKEN, PARKS, sendAndStop } from '../../support/accounts/parked-proofs.ts';
import { ACTS, accountOf, command, KNOWN, secrets } from '../../support/accounts/taking-back.ts';
import type { Visited } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND, messages } from '../../support/sign-in/journeys.ts';
import { beginCode, beginLogin, signedIn } from '../../support/sign-in/steps.ts';

const isIn = ({ url }: Visited) => url.searchParams.has('code');

describe('what was proved before the account was taken back opens nothing', () => {
  let mire: RunningMire;
  afterEach(() => mire.close());

  test.each(Object.entries(ACTS))('after %s', async (_name, { before, act, goesOn, password }) => {
    mire = await startMire({ env: { ...secrets, RATE_LIMIT_FACTOR: '100' } });
    await signedIn(mire);
    const { browser: owner } = await atAccount(mire, '/compte/moyens');
    await before?.(mire, owner);
    const parked = [];
    for (const [name, [park, sentence]] of Object.entries(PARKS))
      parked.push({ name, sentence, resume: await park(mire) });

    await act(mire, owner);

    // Whoever signs in after it is in, at once.
    const { browser: again } = await beginLogin(mire);
    const signedInAgain = await again.submit({ login: MDURAND.login, password: password ?? KNOWN });
    expect([signedInAgain.status, isIn(signedInAgain)]).toEqual(password ? [0, true] : [401, false]);
    const there = await owner.get(`${mire.issuer}/compte`);
    expect(there.url.pathname === '/compte').toBe(goesOn === true);

    const answers: Record<string, string> = {};
    for (const { name, sentence, resume } of parked) {
      const page = await resume();
      const said = page.page.text.includes(sentence);
      answers[name] = isIn(page) ? 'in' : said ? 'refused' : `${page.status} ${page.url.pathname} ${page.page.text}`;
    }
    expect(answers).toEqual(Object.fromEntries(parked.map(({ name }) => [name, 'refused'])));
    expect((await mire.sandbox.parts.storage.care.passwordHash(await accountOf(mire))) !== undefined).toBe(
      password !== undefined,
    );
  });

  test('a lasting grant outlives the end of sessions, and not a new password, though its own session ended long before', async () => {
    mire = await startMire({ env: { ...secrets, RATE_LIMIT_FACTOR: '100' } });
    const begun = await beginLogin(mire, { parameters: { scope: 'openid offline_access', prompt: 'consent' } });
    await begun.browser.submit(MDURAND);
    const { configuration } = begun.application;
    let tokens = await begun.started.finish((await begun.browser.submit({ decision: 'accept' }, '/consent')).url);
    const refresh = async () => {
      tokens = { ...tokens, ...(await client.refreshTokenGrant(configuration, tokens.refresh_token ?? '')) };
    };
    await command(mire, 'end-sessions', 'mdurand');
    await refresh();
    const { browser: owner } = await atAccount(mire, '/compte/mot-de-passe');
    await choose(owner, 'girafe-bitume-melodie-77');
    await expect(refresh()).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  test('the page that refuses it is the one on which the person begins again', async () => {
    mire = await startMire({ env: { ...secrets, RATE_LIMIT_FACTOR: '100' } });
    const { browser, started } = await beginLogin(mire);
    const onward = await sendAndStop(browser, MDURAND);
    const half = await beginCode(mire);
    await command(mire, 'end-sessions', 'mdurand');

    await browser.get(onward);
    await browser.click('Login / Mdp');
    const back = await browser.submit(MDURAND);
    expect((await started.finish(back.url)).claims()).toMatchObject({ acr: 'eidas1' });

    expect((await half.browser.submit({ code: half.code })).page.text).toContain(OVERTAKEN);
    const asked = await half.browser.click('Choisir un autre mode');
    expect(asked.page.querySelector('[name=password]')).not.toBeNull();
    const sent = mire.sandbox.inbox.list().length;
    await half.browser.submit(MDURAND);
    await half.browser.submit({ channel: 'mail' });
    const [message] = await messages(mire, sent + 1);
    const end = await half.browser.submit({ code: message?.code ?? '' });
    expect((await half.started.finish(end.url)).claims()).toMatchObject({ acr: 'eidas2' });
  });
});
