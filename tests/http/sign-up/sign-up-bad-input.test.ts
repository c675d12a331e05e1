import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { texts as passwordTexts } from '../../../interactions/password/texts.ts';
import { codeTexts } from '../../../interactions/signup/code-texts.ts';
import { texts } from '../../../interactions/signup/texts.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser, type Visited } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { WITHOUT_FLOORS } from '../../support/pace.ts';
import { messages } from '../../support/sign-in/journeys.ts';
import { openSignUp, solvedCaptcha, WITH_LOGIN } from '../../support/sign-up/sign-up.ts';

/** As the page shows them. */
const french = (text: string) => text.replace(/ ([:;?!»])/g, '\u00a0$1').replace(/« /g, '«\u00a0');
const said = (key: string) => french({ ...texts.fr, ...passwordTexts.fr, ...codeTexts.fr }[key as never] as string);

describe('bad input of a sign-up', () => {
  let mire: RunningMire;
  let browser: Browser;
  let application: Application;
  beforeAll(async () => {
    mire = await startMire({
      cards: true,
      env: { CAPTCHA_WORK: '2', RATE_LIMIT_FACTOR: '1000' },
      added: { pace: WITHOUT_FLOORS },
    });
    application = await Application.discover(mire.issuer, 'messagerie');
    browser = new Browser(mire.issuer);
    await openSignUp(mire, browser, (await application.start()).url);
  });
  afterAll(() => mire?.close());

  const errorOf = ({ page }: Visited, field: string) => page.querySelector(`#champ-${field}-erreur`)?.text;
  const send = (fields: Record<string, string>) => browser.submit({ ...WITH_LOGIN, ...fields }, '/signup');

  const long = 'é'.repeat(300);
  const REFUSED: [field: string, value: string, key: string][] = [
    ['title', '', 'signup.title.missing'],
    ['title', 'LORD', 'signup.title.invalid'],
    ['email', '', 'signup.email.missing'],
    ['email', 'alix@', 'signup.email.invalid'],
    ['email', 'alix@саbinet.example', 'signup.email.invalid'],
    ['email', 'al😀ix@cabinet.example', 'signup.email.invalid'],
    ['email', `${'a'.repeat(250)}@b.fr`, 'signup.email.too-long'],
    ['email_confirmation', 'autre@cabinet.example', 'signup.email_confirmation.different'],
    ['email_confirmation', '', 'signup.email_confirmation.missing'],
    ['profession', '999', 'signup.profession.invalid'],
    ['profession', 'constructor', 'signup.profession.invalid'],
    ['specialty', 'SM00', 'signup.specialty.invalid'],
    ['specialty', 'SI08', 'signup.specialty.other-profession'],
    ['new_login', '', 'signup.new_login.missing'],
    ['new_login', 'ab', 'signup.new_login.invalid'],
    ['new_login', 'аlix', 'signup.new_login.invalid'],
    ['new_login', 'alix@cabinet.example', 'signup.new_login.invalid'],
    ['new_login', 'a'.repeat(41), 'signup.new_login.too-long'],
    ['new_login', 'mdurand', 'signup.new_login.taken'],
    ['new_login', 'MDurand', 'signup.new_login.taken'],
    ['new_password', 'court', 'password-rule.too-short'],
    ['new_password', 'x'.repeat(300), 'password-rule.too-long'],
    ['new_password', 'alix.inconnu.alix', 'password-rule.like-you'],
    ['new_password', 'azertyuiop123456', 'password-rule.guessable'],
    ['new_password', '123456789012345', 'password-rule.guessable'],
    ['new_password', 'unbelievable', 'password-rule.leaked'],
    ['new_password_confirmation', 'autre chose que cela', 'signup.new_password_confirmation.different'],
    ['new_password_confirmation', '', 'signup.new_password_confirmation.missing'],
    ['phone', '', 'signup.phone.missing'],
    ['phone', '12', 'signup.phone.invalid'],
    ['phone', '0000612345678', 'signup.phone.invalid'],
    ['phone', '06😀12345678', 'signup.phone.invalid'],
    ['phone', '01 42 34 56 78', 'signup.phone.not-mobile'],
    ['phone', '0'.repeat(41), 'signup.phone.too-long'],
    ['terms', '', 'signup.terms.missing'],
    ['terms', 'no', 'signup.terms.missing'],
  ];

  test.each(REFUSED)('%s %j says %s beside the field, and keeps the rest', async (field, value, key) => {
    const more = field === 'new_login' && key.endsWith('taken') ? await solvedCaptcha(mire) : {};
    const again = field === 'new_password' ? { new_password_confirmation: value } : {};
    const shown = await send({ [field]: value, ...again, ...more });
    expect([shown.status, errorOf(shown, field)]).toEqual([422, said(key)]);
    expect(shown.page.querySelector('#erreur')?.text).toContain(said(key));
    expect(shown.page.querySelector('.support-code strong')?.text).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    if (field !== 'new_login')
      expect(shown.page.querySelector('[name=new_login]')?.getAttribute('value')).toBe(WITH_LOGIN.new_login);
    expect(shown.body).not.toContain(WITH_LOGIN.new_password);
  });

  test('control characters, lone surrogates and a field sent twice are refused and shown to nobody', async () => {
    for (const [field, value] of [
      ['email', 'a\u0000b@cabinet.example'],
      ['new_login', 'al\u0007ix'],
      ['phone', '06\u000012345678'],
    ] as const) {
      const shown = await send({ [field]: value });
      expect([field, shown.status, errorOf(shown, field) !== undefined]).toEqual([field, 422, true]);
    }
    const { page, url } = await browser.get(browser.current?.url.pathname ?? '');
    const csrf = page.querySelector('[name=_csrf]')?.getAttribute('value') ?? '';
    const body = new URLSearchParams({ ...WITH_LOGIN, _csrf: csrf });
    body.append('email', 'autre@cabinet.example');
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await browser.fetch(url, { method: 'POST', body: body.toString(), headers });
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain(said('signup.email.invalid'));
  });

  test('everything wrong at once is said at once, in the order of the page', async () => {
    const shown = await browser.submit({ wants_login: 'yes', family_name: long }, '/signup');
    expect(shown.page.querySelectorAll('#erreur .alert-list a').map((link) => link.getAttribute('href'))).toEqual(
      ['title', 'email', 'new_login', 'new_password', 'phone', 'terms'].map((field) => `#champ-${field}`),
    );
  });

  test('a wrong, an old and a malformed code are said on the page that asks for it', async () => {
    const sent = mire.sandbox.inbox.list().length;
    const asked = await send({ email: 'code@cabinet.example', email_confirmation: 'code@cabinet.example' });
    expect(asked.url.pathname).toMatch(/\/signup\/mail$/);
    const [message] = await messages(mire, sent + 1);
    const code = message?.code ?? '';
    const wrong = await browser.submit({ code: code === '000000' ? '111111' : '000000' }, '/mail');
    expect([wrong.status, errorOf(wrong, 'code')]).toEqual([401, french("Ce code n'est pas le bon.")]);
    expect((await browser.submit({ code: '12' }, '/mail')).status).toBe(422);
    expect((await browser.submit({ code: '' }, '/mail')).status).toBe(422);
    const soon = await browser.submit({}, '/mail/resend');
    expect([soon.status, soon.headers.get('retry-after')]).toEqual([429, expect.any(String)]);
    mire.clock.forward(6 * 60);
    const over = await browser.submit({ code }, '/mail');
    expect(over.status).toBe(409);
    expect(over.page.querySelector('#erreur')?.text).toContain("Ce code n'est plus valable");
    const again = await browser.submit({}, '/mail/resend');
    expect(again.status).toBe(200);
    const [newer] = await messages(mire, sent + 2);
    expect((await browser.submit({ code: newer?.code ?? '' }, '/mail')).url.pathname).toMatch(/\/signup\/phone$/);
  });

  test('a correct mail that is changed afterwards is verified again', async () => {
    await browser.click('Corriger mon numéro');
    const sent = mire.sandbox.inbox.list().length;
    const shown = await send({
      email: 'nouvelle@cabinet.example',
      email_confirmation: 'nouvelle@cabinet.example',
      new_password: '',
      new_password_confirmation: '',
    });
    expect(shown.url.pathname).toMatch(/\/signup\/mail$/);
    expect((await messages(mire, sent + 1))[0]?.to).toBe('nouvelle@cabinet.example');
  });

  test('every form of it wants its token, and leads back to the application', async () => {
    const { pathname } = (await browser.get(`${browser.current?.url.pathname.replace(/\/mail$/, '')}?form`)).url;
    const answer = await browser.post(pathname, { ...WITH_LOGIN, _csrf: 'x' });
    expect(answer.status).toBe(403);
    const { page } = await browser.get(`${pathname}?form`);
    const cancel = page.querySelector('button[formaction]');
    expect(cancel?.text).toBe('Annuler');
    const _csrf = page.querySelector('[name=_csrf]')?.getAttribute('value') ?? '';
    const left = await browser.post(cancel?.getAttribute('formaction') ?? '', { ...WITH_LOGIN, _csrf });
    expect(left.url.searchParams.get('error')).toBe('access_denied');
    expect((await browser.get(`${mire.issuer}${pathname}`)).status).toBe(409);
  });
});
