import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Application, CALLBACK } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { form } from '../../support/http/raw-request.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { signedIn } from '../../support/sign-in/steps.ts';

type Fields = Readonly<Record<string, string>>;

const CHALLENGE = { code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' };
const GOOD: Fields = { client_id: 'ror', response_type: 'code', scope: 'openid', redirect_uri: CALLBACK, ...CHALLENGE };

/** Every door of the protocol, and every way it says no; beside each, where that is written. */
describe('the authorization endpoint and its errors', () => {
  let mire: RunningMire;
  let browser: Browser;
  beforeAll(async () => {
    mire = await startMire();
    ({ browser } = await signedIn(mire));
  });
  afterAll(() => mire.close());

  const without = (fields: Fields, ...names: string[]): Fields =>
    Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

  describe('authorization endpoint', () => {
    const errors: readonly [section: string, change: Fields, error: string, drop?: string][] = [
      ['RFC 6749 §4.1.2.1: no response type', {}, 'invalid_request', 'response_type'],
      ['RFC 6749 §4.1.2.1: unknown response type', { response_type: 'nothing' }, 'unsupported_response_type'],
      ['RFC 6749 §4.1.2.1: implicit', { response_type: 'token' }, 'unsupported_response_type'],
      ['Core §3.1.2.1: hybrid', { response_type: 'code id_token' }, 'unsupported_response_type'],
      ['Core §3.1.2.1: prompt none with another', { prompt: 'none login' }, 'invalid_request'],
      ['Core §3.1.2.1: unknown prompt', { prompt: 'dance' }, 'invalid_request'],
      ['Core §3.1.2.1: max_age that is no number', { max_age: 'soon' }, 'invalid_request'],
      ['Core §3.1.2.1: negative max_age', { max_age: '-1' }, 'invalid_request'],
      ['Core §3.1.2.1: a hint that is no token', { id_token_hint: 'nonsense' }, 'invalid_request'],
      ['Core §3.1.2.6: request by reference', { request_uri: 'https://evil.example/r' }, 'request_uri_not_supported'],
      ['Core §3.1.2.6: registration in the request', { registration: '{}' }, 'registration_not_supported'],
      ['Core §5.5: malformed claims', { claims: '{' }, 'invalid_request'],
      [
        'Core §5.5.1.1: an acr that does not exist, essential',
        { claims: '{"id_token":{"acr":{"essential":true,"value":"x"}}}' },
        'unmet_authentication_requirements',
      ],
      ['RFC 7636 §4.4.1: no challenge', {}, 'invalid_request', 'code_challenge'],
      ['RFC 7636 §4.3: plain', { code_challenge_method: 'plain' }, 'invalid_request'],
      ['RFC 7636 §4.2: a challenge too short', { code_challenge: 'short' }, 'invalid_request'],
      ['RFC 8707 §2: unknown resource', { resource: 'https://api.example.org/' }, 'invalid_target'],
      ['RFC 9101 §5: a request object that is none', { request: 'nonsense' }, 'invalid_request_object'],
      [
        'JARM §2.3.1, Multiple Response Types §2.1: unknown mode',
        { response_mode: 'telepathy' },
        'unsupported_response_mode',
      ],
      [
        'RFC 9126 §4: an invented request_uri',
        { request_uri: 'urn:ietf:params:oauth:request_uri:invented' },
        'invalid_request_uri',
      ],
    ];
    test.each(errors)('%s', async (_section, change, error, drop = '') => {
      const url = new URL(`${mire.issuer}/authorize`);
      url.search = form({ ...without(GOOD, drop), state: 'kept', prompt: 'none', ...change });
      const back = await browser.get(url);
      const said = new URLSearchParams(`${back.url.search.slice(1)}&${back.url.hash.slice(1)}`);
      if (back.url.origin === mire.issuer) {
        // Not certain enough of who asks to send the browser anywhere (RFC 6749 §4.1.2.1, RFC 9700 §4.11).
        expect([back.status, back.page.querySelector('.technical')?.text ?? '']).toEqual([
          400,
          expect.stringContaining(error),
        ]);
        return;
      }
      expect([said.get('error'), said.get('state'), said.get('code')]).toEqual([error, 'kept', null]);
      // RFC 9207 §2: errors say who answers too.
      expect(said.get('iss')).toBe(mire.issuer);
    });

    test.each<[section: string, change: Fields, drop?: string]>([
      ['RFC 6749 §3.1.2.4: no client', {}, 'client_id'],
      ['RFC 6749 §3.1.2.4: unknown client', { client_id: 'nobody' }],
      ['Core §3.1.2.1: no redirect_uri', {}, 'redirect_uri'],
      ['RFC 6749 §3.1.2.4: unregistered redirect_uri', { redirect_uri: 'https://evil.example/' }],
    ])('%s: a page, never a redirect, with a support code', async (_section, change, drop = '') => {
      const page = await new Browser(mire.issuer).get(
        new URL(`${mire.issuer}/authorize?${form({ ...without(GOOD, drop), ...change })}`),
      );
      expect([page.url.origin, page.status, page.redirects.length]).toEqual([mire.issuer, 400, 1]);
      expect(page.page.querySelector('.support-code strong')?.text).toMatch(/^[2-9A-Z]{4}-[2-9A-Z]{4}$/);
      expect(page.headers.get('cache-control')).toContain('no-store');
    });

    test('Core §3.1.2.6: nobody is signed in and nobody may be asked', async () => {
      const url = new URL(`${mire.issuer}/authorize?${form({ ...GOOD, prompt: 'none' })}`);
      expect((await new Browser(mire.issuer).get(url)).url.searchParams.get('error')).toBe('login_required');
    });
  });

  test('RFC 9700 §4.4, RFC 9207 §2.4: an answer of another issuer is seen by the application (mix-up)', async () => {
    const ror = await Application.discover(mire.issuer, 'ror');
    const started = await ror.start();
    const { url } = await browser.get(started.url);
    const mixed = new URL(url);
    mixed.searchParams.set('iss', 'https://evil.example');
    await expect(started.finish(mixed)).rejects.toMatchObject({ code: 'OAUTH_INVALID_RESPONSE' });
    mixed.searchParams.delete('iss');
    await expect(started.finish(mixed)).rejects.toMatchObject({ code: 'OAUTH_INVALID_RESPONSE' });
    expect((await started.finish(url)).access_token).toBeTruthy();
  });

  test('RFC 9700 §4.5, §2.1.1: a stolen code, brought into another browser’s sign-in, redeems nothing (code injection)', async () => {
    const ror = await Application.discover(mire.issuer, 'ror');
    const [victim, attacker] = [await ror.start(), await ror.start()];
    const stolen = (await browser.get(victim.url)).url.searchParams.get('code') ?? '';
    const answer = (await browser.get(attacker.url)).url;
    answer.searchParams.set('code', stolen);
    await expect(attacker.finish(answer)).rejects.toMatchObject({ error: 'invalid_grant' });
  });
});
