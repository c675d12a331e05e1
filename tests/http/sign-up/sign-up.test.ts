import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { presentCard } from '../../support/cards/cards.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { FORM, openSignUp, signUp, solvedCaptcha, WITH_LOGIN } from '../../support/sign-up/sign-up.ts';

const CARD_OF = '899900009992';

describe('the first sign-in by a card', () => {
  let mire: RunningMire;
  let application: Application;
  beforeAll(async () => {
    mire = await startMire({ cards: true, env: { CAPTCHA_WORK: '2' } });
    application = await Application.discover(mire.issuer, 'messagerie');
  });
  afterAll(() => mire?.close());
  afterEach(async () => {
    const found = await storage().accounts.byIdentity('national-id', CARD_OF);
    if (found) await mire.database.database('accounts').where({ id: found.id }).delete();
    await mire.database.database('sign_up_drafts').delete();
  });

  const storage = () => mire.sandbox.parts.storage;
  const auditOf = (id: string) =>
    mire.database
      .database('audit')
      .where({ account_id: id })
      .orderBy('id')
      .select<{ event: string; details: object }[]>();

  test('opens the form of the guide, with what the card says', async () => {
    const browser = new Browser(mire.issuer);
    const { page, status, url } = await openSignUp(mire, browser, (await application.start()).url);
    expect([status, url.pathname]).toEqual([200, expect.stringMatching(/\/signup$/)]);
    expect(page.querySelector('h1')?.text).toBe('Inscription');
    const said = page.text.replaceAll('\u00a0', ' ');
    for (const words of [
      'Veuillez compléter les informations requises.',
      'Tous les champs de ce formulaire avec * sont obligatoires.',
      "Si vous ne trouvez pas votre profession dans la liste, veuillez laisser 'Profession non renseignée'.",
      'Votre profession exacte pourra être confirmée ultérieurement.',
      'Souhaitez-vous créer votre identifiant sur le portail régional pour pouvoir vous connecter en dehors de votre structure ?',
    ])
      expect(said).toContain(words);
    expect(page.querySelectorAll('label').map((label) => label.text)).toEqual(
      expect.arrayContaining([
        'Titre *',
        'Email *',
        'Confirmer l’email *',
        'Profession *',
        'Spécialité *',
        'Identifiant *',
      ]),
    );
    expect(page.querySelectorAll('.locked').map((name) => name.text)).toEqual(['INCONNU0009992', 'ALIX']);
    expect(page.querySelector('[name=family_name]')).toBeNull();
    const first = (name: string) => page.querySelector(`[name=${name}] option`)?.text;
    expect([first('profession'), first('specialty')]).toEqual([
      'Profession non renseignée',
      'Spécialité non renseignée',
    ]);
    expect(page.querySelector('[name=profession] option[selected]')?.text).toBe('Médecin');
  });

  test('makes one account with its identity, its facts and its audit lines, and the application gets its answer', async () => {
    const browser = new Browser(mire.issuer);
    const started = await application.start({ scope: 'openid profile email phone identite_ps' });
    await openSignUp(mire, browser, started.url);
    const end = await signUp(mire, browser, { ...WITH_LOGIN, ...(await solvedCaptcha(mire)) });
    const tokens = await started.finish(end.url);
    const claims = tokens.claims();
    expect(claims).toMatchObject({ acr: 'eidas3', mire_mode: 'cps' });
    const info = await fetchUserInfo(tokens.access_token);
    expect(info).toMatchObject({
      family_name: 'INCONNU0009992',
      given_name: 'ALIX',
      email: 'alix@cabinet.example',
      email_verified: true,
      phone_number: '+33639987701',
      phone_number_verified: true,
      national_id: CARD_OF,
      title: 'DR',
      profession: { code: '10', label: 'Médecin' },
      specialty: { code: 'SM54' },
      identity_sources: {
        national_id: { source: 'cps' },
        title: { source: 'person' },
        profession: { source: 'cps' },
        specialty: { source: 'person' },
      },
    });
    const account = await storage().accounts.byIdentity('national-id', CARD_OF);
    expect(account?.id).toBe(claims?.sub);
    const lines = await auditOf(account?.id ?? '');
    expect(lines.map(({ event }) => event)).toEqual(
      expect.arrayContaining([
        'account.created',
        'account.identity-linked',
        'account.terms-accepted',
        'sign-in.succeeded',
      ]),
    );
    expect(JSON.stringify(lines)).not.toMatch(/INCONNU|899900009992|alix/i);
  });

  async function fetchUserInfo(token: string): Promise<Record<string, unknown>> {
    const answer = await fetch(`${mire.issuer}/userinfo`, { headers: { authorization: `Bearer ${token}` } });
    return (await answer.json()) as Record<string, unknown>;
  }

  test('works without JavaScript: nothing but the mail is verified first', async () => {
    const browser = new Browser(mire.issuer);
    const started = await application.start();
    await openSignUp(mire, browser, started.url);
    const end = await signUp(mire, browser, FORM);
    expect((await started.finish(end.url)).claims()).toMatchObject({ acr: 'eidas3' });
    const again = await application.start();
    const second = await presentCard(mire, new Browser(mire.issuer), again.url, 'unknown-person');
    expect((await again.finish(second.url)).claims()?.acr).toBe('eidas3');
  });

  test('names of the register cannot be changed, whatever is sent', async () => {
    const browser = new Browser(mire.issuer);
    const started = await application.start();
    await openSignUp(mire, browser, started.url);
    const end = await signUp(mire, browser, { ...FORM, family_name: 'Autre', given_name: 'Nom' });
    await started.finish(end.url);
    const account = await storage().accounts.byIdentity('national-id', CARD_OF);
    expect([account?.familyName, account?.givenName]).toEqual(['INCONNU0009992', 'ALIX']);
  });
});
