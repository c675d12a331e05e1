import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PACE } from '../../../config/pace.ts';
import { NATIONAL_ID } from '../../../src/accounts/account.ts';
import { nationalId, presentCard } from '../../support/cards/cards.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { messages } from '../../support/sign-in/journeys.ts';
import { vouchFor, WITH_VOUCHING } from '../../support/sign-in/vouching-mode.ts';
import { FORM, signUp, solvedCaptcha, WITH_LOGIN } from '../../support/sign-up/sign-up.ts';

const CARD_OF = '899900009992';

describe('who signs up, and who is known already', () => {
  let mire: RunningMire;
  let application: Application;
  beforeAll(async () => {
    mire = await startMire({
      cards: true,
      env: { CAPTCHA_WORK: '2', RATE_LIMIT_FACTOR: '1000' },
      added: { modes: WITH_VOUCHING, pace: PACE },
    });
    application = await Application.discover(mire.issuer, 'messagerie');
  });
  afterAll(() => mire?.close());

  const accounts = () => mire.sandbox.parts.storage.accounts;
  const claimsAt = async (started: Awaited<ReturnType<Application['start']>>, url: URL) =>
    (await started.finish(url)).claims();
  const inbox = () => mire.sandbox.inbox.list();

  test('one person by card and by Pro Santé Connect is one account, whichever came first; names in capitals are the same names', async () => {
    const first = await application.start();
    const browser = new Browser(mire.issuer);
    await vouchFor(browser, first.url, {
      externalId: CARD_OF,
      statement: { familyName: 'Inconnu0009992', givenName: 'Alix', profession: '10', specialty: 'SM54' },
    });
    const end = await signUp(mire, browser, { ...FORM, email: 'un@x.example', email_confirmation: 'un@x.example' });
    const made = await claimsAt(first, end.url);
    const own = await browser.get(`${mire.issuer}/compte`);
    const [, , profession] = own.page.querySelectorAll('.facts .hint');
    expect(profession?.text).toMatch(/^Répertoire national, par Pro Santé Connect, depuis le /);
    const second = await application.start();
    const byCard = await presentCard(mire, new Browser(mire.issuer), second.url, 'unknown-person');
    expect((await claimsAt(second, byCard.url))?.sub).toBe(made?.sub);
    const account = await accounts().byId(made?.sub ?? '');
    expect([account?.familyName, account?.givenName, account?.specialty]).toEqual(['Inconnu0009992', 'Alix', 'SM54']);
    const facts = await mire.sandbox.parts.storage.facts.of(made?.sub ?? '');
    expect(facts.map(({ source }) => source)).toEqual(['psc', 'cps', 'person']);
  });

  test('an account known by an ADELI number is the one of the RPPS number that the register gives the same person', async () => {
    const adeli = '0691234567';
    const rpps = '899700555550';
    const first = await application.start();
    const browser = new Browser(mire.issuer);
    await vouchFor(browser, first.url, { externalId: adeli });
    const mail = { email: 'adeli@x.example', email_confirmation: 'adeli@x.example' };
    const made = await claimsAt(first, (await signUp(mire, browser, { ...FORM, ...mail, specialty: '' })).url);
    const second = await application.start();
    const again = await vouchFor(new Browser(mire.issuer), second.url, {
      externalId: rpps,
      statement: { otherNationalIds: [adeli] },
    });
    expect((await claimsAt(second, again.url))?.sub).toBe(made?.sub);
    expect(await accounts().identity(made?.sub ?? '', NATIONAL_ID)).toBe(rpps);
    const third = await application.start();
    const later = await vouchFor(new Browser(mire.issuer), third.url, { externalId: rpps });
    expect((await claimsAt(third, later.url))?.sub).toBe(made?.sub);
  });

  test('another number that a structure alone claims joins nothing', async () => {
    const started = await application.start();
    const shown = await vouchFor(new Browser(mire.issuer), started.url, {
      source: 'structure:chu',
      externalId: 'agent-7',
      statement: { source: 'structure:chu', otherNationalIds: [nationalId('mdurand')] },
    });
    expect(shown.url.pathname).toMatch(/\/signup$/);
  });

  test('what a structure does not say is asked: names open where it gives none, the phone once, no password by default', async () => {
    const started = await application.start();
    const browser = new Browser(mire.issuer);
    const statement = { source: 'structure:chu', familyName: 'Roux', email: 'roux@chu.example', profession: '60' };
    const { page } = await vouchFor(browser, started.url, {
      source: 'structure:chu',
      externalId: 'agent-8',
      // Left out of the JSON: the directory gives no first name.
      statement: { ...statement, givenName: undefined },
    });
    expect(page.querySelectorAll('.locked').map((name) => name.text)).toEqual(['Roux']);
    expect(page.querySelector('[name=given_name]')).not.toBeNull();
    expect(page.querySelector('[name=email]')?.getAttribute('value')).toBe('roux@chu.example');
    expect(page.querySelector('.opened [name=phone]')).toBeNull();
    const mail = { email: 'roux@chu.example', email_confirmation: 'roux@chu.example' };
    const fields = { ...FORM, ...mail, profession: '60', specialty: '', phone: '06 39 98 11 22', given_name: 'Anne' };
    const end = await signUp(mire, browser, fields);
    const account = await accounts().byId((await claimsAt(started, end.url))?.sub ?? '');
    expect(account).toMatchObject({ phone: '+33639981122', phoneVerified: true, email: 'roux@chu.example' });
    expect(account?.login).toBeUndefined();
  });

  test('the account works by Code éphémère and Login / Mdp at once', async () => {
    const first = await application.start();
    const browser = new Browser(mire.issuer);
    await vouchFor(browser, first.url, { externalId: '899700999991' });
    const mail = { email: 'tout@x.example', email_confirmation: 'tout@x.example' };
    const form = { ...WITH_LOGIN, ...mail, new_login: 'tout.court', specialty: '', ...(await solvedCaptcha(mire)) };
    const made = await claimsAt(first, (await signUp(mire, browser, form)).url);
    const ror = await Application.discover(mire.issuer, 'ror');
    const byPassword = await ror.start();
    const second = new Browser(mire.issuer);
    await second.get(byPassword.url);
    await second.click('Login / Mdp');
    const back = await second.submit({ login: 'tout.court', password: WITH_LOGIN.new_password });
    expect((await claimsAt(byPassword, back.url))?.sub).toBe(made?.sub);
    const byCode = await application.start();
    const third = new Browser(mire.issuer);
    await third.get(byCode.url);
    if (!third.current?.url.pathname.endsWith('/code-ephemere')) await third.click('Code Éphémère');
    const sent = inbox().length;
    await third.submit({ login: mail.email, password: WITH_LOGIN.new_password });
    await third.submit({ channel: 'sms' });
    const [message] = await messages(mire, sent + 1);
    const end = await third.submit({ code: message?.code ?? '' });
    expect(await claimsAt(byCode, end.url)).toMatchObject({ sub: made?.sub, acr: 'eidas2' });
  });
});
