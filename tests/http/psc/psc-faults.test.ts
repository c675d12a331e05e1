import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { pscTexts } from '../../../interactions/error/psc-texts.ts';
import { translator } from '../../../interactions/layout/texts.ts';
import type { PscFault } from '../../../src/sandbox/psc/faults.ts';
import { nationalId } from '../../support/cards/cards.ts';
import { Application } from '../../support/clients/application.ts';
import type { Visited } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { goToPsc, identify, pscBrowser, pscOf, signInByPsc } from '../../support/psc/psc.ts';
import { signInByPassword } from '../../support/sign-in/journeys.ts';

describe('when Pro Santé Connect fails', () => {
  let mire: RunningMire;
  let messagerie: Application;
  beforeAll(async () => {
    mire = await startMire({ env: { PSC_TIMEOUT: '1' } });
    messagerie = await Application.discover(mire.issuer, 'messagerie');
  });
  afterEach(() => pscOf(mire).faults.clear());
  afterAll(() => mire.close());

  const id = () => nationalId('mdurand');
  const t = translator(pscTexts)('fr');
  const sentence = (code: string) => t(`error.${code}.text`);

  interface AuditRow {
    readonly support_code: string;
    readonly details: Readonly<Record<string, string>>;
  }
  const lastRefusal = async (): Promise<AuditRow | undefined> =>
    (await mire.database.database('audit').where({ event: 'sign-in.psc-refused' }).orderBy('id', 'desc').first()) as
      | AuditRow
      | undefined;

  /** The tab says why, with the code that the audit has; the answer is no longer in the address bar; other ways stand. */
  async function saysWhy(page: Visited, code: string, status: number): Promise<void> {
    expect([page.status, page.page.querySelector('[role=alert]')?.text]).toEqual([
      status,
      expect.stringContaining(sentence(code)),
    ]);
    expect(page.url.pathname + page.url.search).toMatch(/^\/interaction\/[\w-]+\/psc$/);
    const refusal = await lastRefusal();
    expect(`psc-${refusal?.details.refusal}`).toBe(code);
    expect(page.page.text).toContain(refusal?.support_code);
    expect(page.page.querySelectorAll('a.mode').length).toBeGreaterThan(2);
  }

  test.each([
    ['exchange', 'psc-exchange', 502],
    ['issuer', 'psc-answer', 409],
    ['nonce', 'psc-token', 502],
    ['kid', 'psc-token', 502],
    ['signature', 'psc-token', 502],
    ['audience', 'psc-token', 502],
    ['clock', 'psc-clock', 502],
    ['acr', 'psc-level', 502],
    ['no-userinfo', 'psc-userinfo', 502],
    ['subject', 'psc-userinfo', 502],
    ['national-id', 'psc-national-id-changed', 502],
    ['no-national-id', 'psc-national-id', 502],
    ['slow', 'psc-unavailable', 502],
  ] as const satisfies readonly (readonly [PscFault, string, number])[])(
    '%s: the person reads the sentence of %s, and may try again at once',
    async (fault, code, status) => {
      const browser = pscBrowser(mire);
      const started = await messagerie.start();
      // The fault comes while the person is there: the state of the provider at the beginning was good.
      await goToPsc(browser, started.url);
      pscOf(mire).faults.add(fault);
      // Another person's number than the one that `national-id` says.
      const page = await identify(browser, nationalId('kbenali'));
      await saysWhy(page, code, status);

      pscOf(mire).faults.clear();
      const back = await browser.submit({}, '/psc');
      expect((await started.finish(back.url)).claims()).toMatchObject({ mire_mode: 'psc' });
    },
  );

  test('error: its own error is told apart from a refusal of the person', async () => {
    const browser = pscBrowser(mire);
    pscOf(mire).faults.add('error');
    await saysWhy(await goToPsc(browser, (await messagerie.start()).url), 'psc-error', 502);
    expect((await lastRefusal())?.details.reason).toBe('invalid_request');
  });

  test('the person who cancels, on the screen or on the telephone, is told so and no more', async () => {
    for (const after of [0, 1]) {
      const browser = pscBrowser(mire);
      await goToPsc(browser, (await messagerie.start()).url);
      if (after) await browser.submit({ national_id: id(), means: 'MOBILE' });
      await saysWhy(await browser.submit({}, '/annuler'), 'psc-denied', 403);
    }
  });

  test('state: an answer to another question leads to no interaction at all', async () => {
    const browser = pscBrowser(mire);
    await goToPsc(browser, (await messagerie.start()).url);
    pscOf(mire).faults.add('state');
    const page = await identify(browser, id());
    expect([page.status, page.url.pathname]).toEqual([400, '/callback/psc']);
    expect(page.page.text).toContain(sentence('upstream-state'));
  });

  test('stale: an old proof is refused where a fresh one is demanded, and stands with its age elsewhere', async () => {
    pscOf(mire).faults.add('stale');
    const demanding = await messagerie.start({ max_age: '600' });
    await saysWhy(await signInByPsc(pscBrowser(mire), demanding.url, id()), 'psc-stale', 403);
    const started = await messagerie.start();
    const tokens = await started.finish((await signInByPsc(pscBrowser(mire), started.url, id())).url);
    expect(Number(tokens.claims()?.iat) - Number(tokens.claims()?.auth_time)).toBeGreaterThan(3 * 3600 - 60);
  });

  test('no-auth-mode: eidas2 whatever was used, and it is logged', async () => {
    pscOf(mire).faults.add('no-auth-mode');
    const started = await messagerie.start();
    const tokens = await started.finish((await signInByPsc(pscBrowser(mire), started.url, id(), 'CARD')).url);
    expect(tokens.claims()).toMatchObject({ acr: 'eidas2', amr: ['mfa'] });
    expect(mire.logs.some((line) => line.includes('did not say how'))).toBe(true);
  });

  test('restricted: who it is is enough', async () => {
    pscOf(mire).faults.add('restricted');
    const started = await messagerie.start();
    const tokens = await started.finish((await signInByPsc(pscBrowser(mire), started.url, id())).url);
    expect(tokens.claims()).toMatchObject({ mire_mode: 'psc' });
  });

  test('a new signing key is fetched once it is needed', async () => {
    // Known for a minute: a key that came since then is looked for, once.
    const started = await messagerie.start();
    await started.finish((await signInByPsc(pscBrowser(mire), started.url, id())).url);
    pscOf(mire).faults.add('new-key');
    mire.clock.forwardAll(61);
    const next = await messagerie.start();
    const tokens = await next.finish((await signInByPsc(pscBrowser(mire), next.url, id())).url);
    mire.clock.restore();
    expect(tokens.claims()).toMatchObject({ mire_mode: 'psc' });
  });

  test('down: its tab says so, the others work, and it is tried again later', async () => {
    // Seen to answer a while ago: it is asked before anybody is sent there.
    mire.clock.forward(180);
    pscOf(mire).faults.add('down');
    const browser = pscBrowser(mire);
    const ror = await Application.discover(mire.issuer, 'ror');
    const started = await ror.start();
    const page = await goToPsc(browser, started.url);
    expect([page.status, page.url.origin]).toEqual([502, mire.issuer]);
    expect(page.page.querySelector('[role=alert]')?.text).toContain(sentence('psc-unavailable'));
    // Whoever comes now reads it before clicking, on this tab and on any other.
    const other = pscBrowser(mire);
    const chooser = await other.get((await ror.start({ mode: 'login-mdp' })).url);
    const tab = chooser.page.querySelectorAll('a.mode').find((link) => link.getAttribute('href')?.endsWith('/psc'));
    expect(tab?.text).toContain('Ne répond pas');
    await browser.click('Login / Mdp');
    const back = await signInByPassword(browser, started.url);
    expect((await started.finish(back.url)).claims()).toMatchObject({ mire_mode: 'login-mdp' });

    pscOf(mire).faults.clear();
    mire.clock.forward(31);
    const again = await messagerie.start();
    const tokens = await again.finish((await signInByPsc(pscBrowser(mire), again.url, id())).url);
    expect(tokens.claims()).toMatchObject({ mire_mode: 'psc' });
  });
});
