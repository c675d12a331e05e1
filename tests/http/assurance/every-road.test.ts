import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { ACR_VALUES, type Acr, MODES, type ModeRow } from '../../../config/modes.ts';
import { TOKEN_EXCHANGE } from '../../../src/provider/token-exchange.ts';
import type { Application } from '../../support/clients/application.ts';
import {
  CIBA,
  DEVICE,
  exchangeOf,
  type NarrowedTo,
  narrow,
  narrowedApplication,
} from '../../support/clients/narrowed-client.ts';
import type { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { signInDirectly } from '../../support/sign-in/directly.ts';

const ID = 'etroite';
const SCOPE = { scope: 'openid profile lits:lire' };

/** Every rule that an application may have, one at a time; both kinds at once in the last. */
const RULES: readonly (readonly [name: string, rule: NarrowedTo])[] = [
  ...ACR_VALUES.map((minimum_acr) => [`minimum ${minimum_acr}`, { minimum_acr }] as const),
  ...MODES.map(({ id }) => [`${id} alone`, { allowed_modes: [id] }] as const),
  ['psc and code-ephemere from eidas3', { minimum_acr: 'eidas3', allowed_modes: ['psc', 'code-ephemere'] }],
];

/** What the design says, written apart from the code that decides it. */
const opens = ({ id, acr }: Pick<ModeRow, 'id' | 'acr'>, { minimum_acr = 'eidas1', allowed_modes }: NarrowedTo) =>
  ACR_VALUES.indexOf(acr) >= ACR_VALUES.indexOf(minimum_acr as Acr) && (allowed_modes?.includes(id) ?? true);

const errorOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'a token',
    (error: { error?: string }) => error.error ?? String(error),
  );

describe('no road gives a token that the page would refuse', () => {
  let mire: RunningMire;
  let application: Application;
  beforeAll(async () => {
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '1000' } });
    application = await narrowedApplication(mire, ID);
  });
  afterAll(() => mire.close());

  const grant = (type: string, parameters: Record<string, string>) =>
    client.genericGrantRequest(application.configuration, type, parameters);
  /** Where an authorization request ends: an answer at the application, or a page of ours. */
  async function ask(browser: Browser, parameters: Record<string, string>) {
    const started = await application.start({ ...SCOPE, ...parameters });
    const { url } = await browser.get(started.url);
    const said = url.searchParams.has('code') ? 'a code' : url.searchParams.get('error');
    return { started, url, said: said ?? url.pathname.split('/')[1] };
  }
  async function confirmDevice(browser: Browser): Promise<string> {
    const asked = await client.initiateDeviceAuthorization(application.configuration, { scope: 'openid' });
    await browser.get(`${mire.issuer}/device`);
    const { page } = await browser.submit({ user_code: asked.user_code });
    const xsrf = page.querySelector('input[name=xsrf]')?.getAttribute('value') ?? '';
    await browser.post('/device', { xsrf, user_code: asked.user_code, confirm: 'yes' });
    return asked.device_code;
  }
  const poll = (device_code: string) => errorOf(grant(DEVICE, { device_code }));

  describe.each(MODES)('signed in by $id ($acr)', (mode) => {
    let browser: Browser;
    let tokens: Awaited<ReturnType<typeof client.authorizationCodeGrant>>;
    let refreshToken = '';
    beforeAll(async () => {
      await narrow(mire, ID);
      browser = await signInDirectly(mire, { mode: mode.id, acr: mode.acr });
      const { started, url } = await ask(browser, {});
      tokens = await started.finish(url);
      refreshToken = tokens.refresh_token ?? '';
    });

    test.each(RULES)('%s', async (_, rule) => {
      const may = opens(mode, rule);
      // Given while the rules were wider, and presented under those of now.
      await narrow(mire, ID);
      const early = await ask(browser, {});
      const device = await confirmDevice(browser);
      await narrow(mire, ID, rule);

      const silent = await ask(browser, { prompt: 'none' });
      expect([silent.said, (await ask(browser, {})).said]).toEqual(
        may ? ['a code', 'a code'] : ['unmet_authentication_requirements', 'interaction'],
      );
      for (const id of [mode.id, rule.allowed_modes?.[0] ?? 'login-mdp'])
        expect([id, (await ask(browser, { mode: id })).said]).toEqual([id, may ? 'a code' : 'interaction']);
      const late = await confirmDevice(browser);
      expect(browser.current?.url.pathname.startsWith('/interaction/')).toBe(!may);
      expect(await poll(late)).toBe(may ? 'a token' : 'authorization_pending');
      expect(await poll(device)).toBe(may ? 'a token' : 'invalid_grant');
      expect(await errorOf(early.started.finish(early.url))).toBe(may ? 'a token' : 'invalid_grant');
      expect(await errorOf(grant(TOKEN_EXCHANGE, exchangeOf(mire, tokens.access_token)))).toBe(
        may ? 'a token' : 'invalid_request',
      );
      const info = await fetch(`${mire.issuer}/userinfo`, {
        headers: { authorization: `Bearer ${tokens.access_token}` },
      });
      expect(info.status).toBe(may ? 200 : 401);
      const refreshed = client.refreshTokenGrant(application.configuration, refreshToken);
      if (may) refreshToken = (await refreshed).refresh_token ?? '';
      else expect(await errorOf(refreshed)).toBe('invalid_grant');
    });

    test('and when the rules are wide again, what was refused is good again', async () => {
      await narrow(mire, ID);
      expect(await errorOf(client.refreshTokenGrant(application.configuration, refreshToken))).toBe('a token');
    });
  });

  test.each(RULES)('asked on the desktop: %s', async (_, rule) => {
    await narrow(mire, ID, rule);
    const [desktop] = MODES.filter(({ id }) => id === 'monsisra');
    const asked = client.initiateBackchannelAuthentication(application.configuration, {
      scope: 'openid',
      login_hint: 'mdurand',
    });
    if (desktop && opens(desktop, rule)) {
      const { auth_req_id } = await asked;
      expect(await errorOf(grant(CIBA, { auth_req_id }))).toBe('authorization_pending');
    } else
      expect(await errorOf(asked)).toBe(
        rule.minimum_acr === 'eidas3' && !rule.allowed_modes
          ? 'unmet_authentication_requirements'
          : 'unauthorized_client',
      );
  });
});
