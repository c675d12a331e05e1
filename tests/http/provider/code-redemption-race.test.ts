import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parallel } from '../../support/accounts/sample-accounts.ts';
import { Application, CALLBACK } from '../../support/clients/application.ts';
import { FORM, form } from '../../support/http/raw-request.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND } from '../../support/sign-in/journeys.ts';
import { beginCode, beginLogin, csrfOf, interactionOf, signedIn, written } from '../../support/sign-in/steps.ts';

describe('many at once: one wins', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());

  const redeem = async (fields: Record<string, string>) => {
    const authorization = `Basic ${Buffer.from('ror:ror-sandbox-secret').toString('base64')}`;
    const answer = await fetch(`${mire.issuer}/token`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams(fields),
    });
    return { status: answer.status, ...((await answer.json()) as { error?: string }) };
  };
  const losers = (answers: readonly { status: number; error?: string }[]) =>
    answers.filter(({ status }) => status !== 200);

  test('twenty redemptions of one code', async () => {
    const { browser } = await signedIn(mire);
    const ror = await Application.discover(mire.issuer, 'ror');
    for (let round = 0; round < 3; round++) {
      const started = await ror.start();
      const code = (await browser.get(started.url)).url.searchParams.get('code') ?? '';
      const fields = {
        grant_type: 'authorization_code',
        code,
        redirect_uri: CALLBACK,
        code_verifier: started.verifier,
      };
      const answers = await parallel(20, () => redeem(fields));
      expect(losers(answers)).toHaveLength(19);
      expect(new Set(losers(answers).map(({ status, error }) => `${status} ${error}`))).toEqual(
        new Set(['400 invalid_grant']),
      );
    }
  });

  test('twenty rotations of one refresh token', async () => {
    const { tokens } = await signedIn(mire);
    const answers = await parallel(20, () =>
      redeem({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' }),
    );
    expect(losers(answers)).toHaveLength(19);
    expect(new Set(losers(answers).map(({ status, error }) => `${status} ${error}`))).toEqual(
      new Set(['400 invalid_grant']),
    );
  });

  test('ten posts of one ephemeral code', async () => {
    const { browser, page, code } = await beginCode(mire);
    const before = await written(mire);
    const body = form({ _csrf: csrfOf(page), code });
    const answers = await parallel(10, () =>
      browser.fetch(`${interactionOf(page)}/code-ephemere/code`, { method: 'POST', headers: FORM, body }),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 303)).toHaveLength(1);
    expect(statuses.filter((status) => status !== 303 && status !== 409)).toEqual([]);
    expect((await written(mire)).sign_ins).toBe((before.sign_ins ?? 0) + 1);
  });

  test('ten posts of one password form finish the interaction once', async () => {
    const { browser, page } = await beginLogin(mire);
    const before = await written(mire);
    const body = form({ _csrf: csrfOf(page), ...MDURAND });
    const answers = await parallel(10, () => browser.fetch(page.url, { method: 'POST', headers: FORM, body }));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 303)).toHaveLength(1);
    // 400: the library had answered the application already, so that the interaction was gone when this one came.
    expect(statuses.filter((status) => ![303, 409, 400].includes(status))).toEqual([]);
    expect((await written(mire)).sign_ins).toBe((before.sign_ins ?? 0) + 1);
  });
});
